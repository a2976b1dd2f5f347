"""Links to the page Train, /train?recipe=..., as nobody would write them."""

import json
import zlib
from base64 import urlsafe_b64encode

from streamlit.testing.v1 import AppTest

from core.models.summary import summarise
from core.recipe import Recipe, presets
from tests.fuzz.hostile import WORDS, Words, generator
from tests.fuzz.recipes import ensure_itself, fields, perhaps_harmed


def case(seed: int, number: int) -> Words:
    draw = generator(seed, number)
    match draw.randrange(4):
        case 0:
            bombs = (b"[" * 10**6, b"0" * 10**7, b'{"name":"' + b"x" * 30_000 + b'"}')
            return Words("bomb", _packed(draw.choice(bombs)))
        case 1:
            return Words("words", draw.choice(WORDS))
        case 2:
            whole = presets()[draw.choice(list(presets()))].to_url()
            return Words("preset", perhaps_harmed(draw, whole))
        case _:
            content = json.dumps(fields(draw)).encode("utf-8", "surrogatepass")
            return Words("changed", _packed(content))


def feed(case: Words) -> None:
    """Have a case fill the form, which then says what the link did."""
    recipe = Recipe.from_url(case.text)
    ensure_itself(recipe)
    summarise(recipe.model, 10)
    test = AppTest.from_function(_form, default_timeout=60, args=(case.text,)).run()
    assert not test.exception, test.exception
    assert test.session_state["made"] == recipe


def _form(link: str) -> None:
    import streamlit as st

    from app.text import plain
    from core.recipe import Recipe
    from pages.train.form import edit_recipe

    start = Recipe.from_url(link)
    st.caption(plain(start.about))
    st.session_state["made"] = edit_recipe(start, key=start.to_url()).recipe


def _packed(content: bytes) -> str:
    return urlsafe_b64encode(zlib.compress(content, 9)).decode().rstrip("=")
