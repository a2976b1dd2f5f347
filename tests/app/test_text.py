"""Marks of Markdown in other people's words."""

import pytest

from app.text import plain


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("cats & dogs, 50 % sure (test)", r"cats \& dogs, 50 % sure (test)"),
        ("There is no run 'gone'.", "There is no run 'gone'."),
        ("![i](https://x.y)", "!\\[i\\](https\\:\u2060//x.y)"),
        ("<b>*_`~$|", r"\<b\>\*\_\`\~\$\|"),
        (":material/home: :smile:", "\\:\u2060material/home\\: \\:\u2060smile\\:"),
        ("at 04:56, a:b", r"at 04\:56, a\:b"),
        ("www.x.example me@x.example", "www\u2060.x.example me@\u2060x.example"),
        ("# title", r"\# title"),
        ("1. first", r"1\. first"),
        ("- item", r"\- item"),
        ("one\n===\n    two", "one  \n\\===  \ntwo"),
        ("1.5 and 7) and -3", "1\\.5 and 7) and -3"),
        ("\x1b[31mred\u202e", "?\\[31mred?"),
    ],
)
def test_marks_of_markdown_stand_for_themselves(text: str, escaped: str) -> None:
    assert plain(text) == escaped
