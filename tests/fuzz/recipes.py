"""Recipes and changes of them as nobody would type them."""

import json
import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import tomli_w

from core.cli.train import changed
from core.recipe import Recipe, load_recipe, presets
from tests.fuzz import hostile
from tests.fuzz.hostile import Words, generator
from tests.fuzz.names import show, word

DEEP = 3000


def case(seed: int, number: int) -> Words:
    draw = generator(seed, number)
    what = draw.choice(list(MAKERS))
    return Words(what, MAKERS[what](draw))


def feed(case: Words) -> None:
    ensure_itself(READERS[case.what](case.text))


def ensure_itself(recipe: Recipe) -> None:
    """Whatever way it travels, it comes back the same."""
    assert Recipe.from_toml(recipe.to_toml()) == recipe
    assert Recipe.from_json(recipe.to_json()) == recipe
    assert Recipe.from_url(recipe.to_url()) == recipe
    show(recipe.name, recipe.about)


def fields(draw: random.Random) -> Any:
    tree = presets()[draw.choice(list(presets()))].model_dump(mode="json")
    for _ in range(draw.randrange(3)):
        tree = hostile.changed(draw, tree)
    return tree


def perhaps_harmed(draw: random.Random, text: str) -> str:
    if draw.random() < 0.6:
        return text
    return hostile.mutated(draw, text.encode("utf-8", "replace")).decode("utf-8", "replace")


def _nested(draw: random.Random) -> str:
    return draw.choice(("[" * DEEP, "{a=" * DEEP, ".".join("a" * DEEP) + "=1", '{"a":' * DEEP))


def _toml(draw: random.Random) -> str:
    if draw.random() < 0.1:
        return draw.choice(("model.channels=", "seed=", "")) + _nested(draw)
    with suppress(
        TypeError, AttributeError, ValueError
    ):  # TOML has no null, and only tables on top
        return perhaps_harmed(draw, tomli_w.dumps(fields(draw)))
    return perhaps_harmed(draw, presets()["best"].to_toml())


def _json(draw: random.Random) -> str:
    if draw.random() < 0.1:
        return draw.choice((_nested(draw), '{"seed":' + "9" * 5000 + "}", "[]", "7", '"x"'))
    return perhaps_harmed(draw, json.dumps(fields(draw)))


def _set(draw: random.Random) -> str:
    paths = ("seed", "name", "model", "model.family", "model.channels", "data.path", "optimizer.x")
    path = draw.choice((*paths, *hostile.WORDS, ".".join("a" * DEEP)))
    values = (_nested(draw), "9" * 5000, "0x" + "f" * 5000, "1979-05-27", "{}", "vgg", "[8, 16]")
    given = draw.choice((*values, *hostile.WORDS, str(hostile.value(draw))))
    return draw.choice((f"{path}={given}", f"{path} = '{given}'", path))


MAKERS: dict[str, Callable[[random.Random], str]] = {
    "TOML": _toml,
    "JSON": _json,
    "--set": _set,
    "name": lambda draw: word(draw) + draw.choice(("", ".toml")),
}
READERS: dict[str, Callable[[str], Recipe]] = {
    "TOML": Recipe.from_toml,
    "JSON": Recipe.from_json,
    "--set": lambda text: changed(presets()["shapes-quick"], [text]),
    "name": load_recipe,
}
