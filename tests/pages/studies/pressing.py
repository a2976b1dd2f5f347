"""What visitors of the page Studies do, and read."""

from typing import Any

from streamlit.testing.v1 import AppTest


def press(test: AppTest, label: str) -> AppTest:
    return next(button for button in test.button if button.label == label).click().run()


def field(test: AppTest, label: str) -> Any:
    inputs = [*test.text_input, *test.number_input, *test.selectbox, *test.multiselect]
    return next(each for each in inputs if each.label.startswith(label))


def captions(test: AppTest) -> str:
    return " ".join(str(caption.value) for caption in test.caption)
