"""Other people's words on a page: names, notes, messages and errors, shown letter by letter."""

import re

from core.wording import printable

MARKS = re.compile(r"[\\`*_\[\]<>~$:&|]")
LINE_STARTS = re.compile(r"^(\d*)([-+=#]|(?<=\d)[.)])")  # of lists and headings
# Streamlit finds icons, emoji and addresses in what is left of a text when Markdown has been read,
# so a backslash does not keep them from it; an invisible mark in their midst does.
FOUND_LATER = re.compile(r"(?<=:)(?=[\w+-]+(/\w+)?:|//)|(?<=@)(?=\S)|(?<=www)(?=\.)", re.IGNORECASE)
WORD_JOINER = "\u2060"


def plain(text: str) -> str:
    """What makes Streamlit show `text` as it is wherever it reads Markdown: no picture, link, icon,
    colour or formula comes of it. Lines stay lines."""
    return "  \n".join(_plain_line(line.strip()) for line in printable(text).splitlines())


def _plain_line(line: str) -> str:
    parted = FOUND_LATER.sub(WORD_JOINER, line)
    return LINE_STARTS.sub(r"\1\\\2", MARKS.sub(r"\\\g<0>", parted))
