"""Recipes, changes, links and names as nobody would type them."""

import json
import random
import zlib
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import tomli_w

from app.text import plain
from core.cli.terminal import Terminal
from core.cli.train import changed
from core.errors import ConvscopeError
from core.recipe import Recipe, load_recipe, presets
from core.runs.store import RunStore
from core.wording import UNPRINTABLE
from tests.fuzz import hostile

Kind = Literal["toml", "json", "link", "set", "recipe name", "name", "notes", "tag", "run"]
LONGEST_SENTENCE = 2000  # characters
DEEP = 3000


@dataclass(frozen=True)
class Case:
    """text: what is given where something of this kind is asked for"""

    kind: Kind
    text: str


def cases(seed: int, count: int) -> Iterator[Case]:
    """The same texts for the same seed."""
    draw = random.Random(seed)
    for _ in range(count):
        kind = draw.choice(list(MAKERS))
        yield Case(kind, MAKERS[kind](draw))


def feed(case: Case) -> str:
    """What the code says of a case: a sentence, or that it took it. Raises whatever else comes."""
    try:
        _give(case)
    except ConvscopeError as error:
        assert len(str(error)) <= LONGEST_SENTENCE, f"{len(str(error))} characters"
        _show(str(error))
        return str(error)
    return "taken"


def _give(case: Case) -> None:
    match case.kind:
        case "toml":
            _ensure_itself(Recipe.from_toml(case.text))
        case "json":
            _ensure_itself(Recipe.from_json(case.text))
        case "link":
            _ensure_itself(Recipe.from_url(case.text))
        case "set":
            _ensure_itself(changed(presets()["shapes-quick"], [case.text]))
        case "recipe name":
            _ensure_itself(load_recipe(case.text))
        case _:
            _describe(case)


def _ensure_itself(recipe: Recipe) -> None:
    """Whatever way it travels, it comes back the same."""
    assert Recipe.from_toml(recipe.to_toml()) == recipe
    assert Recipe.from_json(recipe.to_json()) == recipe
    assert Recipe.from_url(recipe.to_url()) == recipe
    _show(recipe.name, recipe.about)


def _describe(case: Case) -> None:
    with TemporaryDirectory() as folder:
        store = RunStore(Path(folder))
        run_id = store.create(Recipe())
        try:
            match case.kind:
                case "name":
                    store.rename(run_id, case.text)
                case "notes":
                    store.annotate(run_id, case.text, [])
                case "tag":
                    store.annotate(run_id, "", [case.text])
                case _:
                    store.find(case.text)
        finally:  # whatever was refused, the store is as good as before
            (run,) = store.runs()
            _show(run.name, run.notes, *run.tags, store.find(run.name).id)


def _show(*texts: str) -> None:
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


def _fields(draw: random.Random) -> Any:
    fields = presets()[draw.choice(list(presets()))].model_dump(mode="json")
    for _ in range(draw.randrange(1, 3)):
        fields = hostile.changed(draw, fields)
    return fields


def _scrambled(draw: random.Random, text: str) -> str:
    if draw.random() < 0.6:
        return text
    return hostile.scrambled(draw, text.encode("utf-8", "replace")).decode("utf-8", "replace")


def _nested(draw: random.Random) -> str:
    return draw.choice(("[" * DEEP, "{a=" * DEEP, ".".join("a" * DEEP) + "=1", '{"a":' * DEEP))


def _toml(draw: random.Random) -> str:
    if draw.random() < 0.1:
        return draw.choice(("model.channels=", "seed=", "")) + _nested(draw)
    with suppress(
        TypeError, AttributeError, ValueError
    ):  # TOML has no null, and only tables on top
        return _scrambled(draw, tomli_w.dumps(_fields(draw)))
    return _scrambled(draw, presets()["best"].to_toml())


def _json(draw: random.Random) -> str:
    if draw.random() < 0.1:
        return draw.choice((_nested(draw), '{"seed":' + "9" * 5000 + "}", "[]", "7", '"x"'))
    return _scrambled(draw, json.dumps(_fields(draw)))


def _link(draw: random.Random) -> str:
    match draw.randrange(4):
        case 0:
            content = draw.choice(
                (b"[" * 10**6, b"0" * 10**7, b'{"name":"' + b"x" * 30_000 + b'"}')
            )
        case 1:
            return draw.choice(hostile.WORDS)
        case 2:
            return _scrambled(draw, presets()[draw.choice(list(presets()))].to_url())
        case _:
            content = json.dumps(_fields(draw)).encode("utf-8", "surrogatepass")
    return urlsafe_b64encode(zlib.compress(content, 9)).decode().rstrip("=")


def _set(draw: random.Random) -> str:
    paths = ("seed", "name", "model", "model.family", "model.channels", "data.path", "optimizer.x")
    path = draw.choice((*paths, *hostile.WORDS, ".".join("a" * DEEP)))
    values = (_nested(draw), "9" * 5000, "0x" + "f" * 5000, "1979-05-27", "{}", "vgg", "[8, 16]")
    given = draw.choice((*values, *hostile.WORDS, str(hostile.value(draw))))
    return draw.choice((f"{path}={given}", f"{path} = '{given}'", path))


def _word(draw: random.Random) -> str:
    return draw.choice(("", "#", "run ")) + draw.choice(hostile.WORDS) * draw.randint(1, 5)


MAKERS: dict[Kind, Callable[[random.Random], str]] = {
    "toml": _toml,
    "json": _json,
    "link": _link,
    "set": _set,
    "recipe name": lambda draw: _word(draw) + draw.choice(("", ".toml")),
    "name": _word,
    "notes": _word,
    "tag": _word,
    "run": _word,
}
