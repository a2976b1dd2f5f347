import re


def assert_readable(printed: str, *words: str) -> None:
    """In a terminal of 80 columns, and with none of these words broken."""
    assert max(map(len, printed.splitlines())) <= 80
    for word in words:
        assert re.search(rf"(?<!\S){re.escape(word)}(?!\S)", printed), f"{word} in\n{printed}"
