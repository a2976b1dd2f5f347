"""Names and notes of runs, classes and files that would steer a terminal or a page."""

import random
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from app.text import plain
from core.cli.terminal import Terminal
from core.data import folder
from core.recipe import Recipe
from core.runs.store import RunStore
from core.wording import UNPRINTABLE
from tests.decoding.made import png
from tests.fuzz.hostile import WORDS, Words, generator, unseemly

WHATS = ("run", "notes", "tag", "wanted run", "class", "file", "folder")


def case(seed: int, number: int) -> Words:
    draw = generator(seed, number)
    return Words(draw.choice(WHATS), word(draw))


def feed(case: Words) -> None:
    """Give a case as a name, have it shown, and see that it comes back as it was."""
    with TemporaryDirectory() as place:
        if case.what in ("class", "file", "folder"):
            _load(Path(place), case)
        else:
            _describe(RunStore(Path(place)), case)


def _describe(store: RunStore, case: Words) -> None:
    run_id = store.create(Recipe())
    try:
        match case.what:
            case "run":
                store.describe(run_id, name=case.text)
            case "notes":
                store.describe(run_id, notes=case.text)
            case "tag":
                store.describe(run_id, tags=[case.text])
            case _:
                store.find(case.text)
    finally:  # whatever was refused, the store is as good as before
        (run,) = store.runs()
        show(run.name, run.notes, *run.tags, store.find(run.name).id)
    given = {"run": run.name, "notes": run.notes, "tag": "".join(run.tags)}
    assert given.get(case.what, case.text).strip() == case.text.strip()


def _load(place: Path, case: Words) -> None:
    """Pictures in a folder where one name is another."""
    top, label, name = place / "own", "cat", "1.png"
    match case.what:
        case "folder":
            top = place / _file_name(case.text)
        case "class":
            label = _file_name(case.text)
        case _:
            name = _file_name(case.text)
    for class_name in (label, "dog"):
        (top / class_name).mkdir(parents=True, exist_ok=True)
        for file in (name, "2.png", "3.png"):
            (top / class_name / file).write_bytes(PICTURE)
    pictures, _ = folder.load(top)
    show(*pictures.classes, *pictures.skipped)
    for text in (*pictures.classes, *pictures.skipped):
        assert not unseemly(text), text


def _file_name(text: str) -> str:
    """The nearest that a file system takes."""
    name = "".join(letter for letter in text if letter not in "/\0" and letter != "\ud800")
    return name[:60] if name.strip(".") else "x"


def show(*texts: str) -> None:
    """As a terminal and a page would: nothing steers the one, the other reads no Markdown."""
    terminal = Terminal()
    terminal.file = StringIO()
    for text in texts:
        terminal.print(text)
        escaped = plain(text)
        assert "![" not in escaped and "<" not in escaped.replace("\\<", "")
        escaped.encode()
    printed = terminal.file.getvalue()
    assert not UNPRINTABLE.search(printed), printed
    printed.encode()


def word(draw: random.Random) -> str:
    return draw.choice(("", "#", "run ")) + draw.choice(WORDS) * draw.randint(1, 5)


PICTURE = png(4, 4, "RGB")
