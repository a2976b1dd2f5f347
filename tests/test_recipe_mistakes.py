"""Every mistake in a recipe gets a sentence with its field, however the recipe comes."""

import base64
import json
import zlib
from contextlib import suppress
from pathlib import Path

import pytest

from core.recipe import (
    FAMILIES,
    MAX_URL_RECIPE_BYTES,
    Recipe,
    RecipeError,
    load_recipe,
    presets,
    read_recipe,
)
from core.recipe.parts import PARTS

MISTAKES = {
    "lerning_rate = 1": (
        "lerning_rate is not a field of a recipe. Did you mean 'optimizer.learning_rate'?"
    ),
    "[optimizer]\nlerning_rate = 1": (
        "optimizer.lerning_rate is not a field of a recipe. Did you mean 'optimizer.learning_rate'?"
    ),
    "[shedule]\nname = 'cosine'": ("shedule is not a field of a recipe. Did you mean 'schedule'?"),
    "[data]\nzzz = 1": "data.zzz is not a field of a recipe.",
    "[model]\nfamily = 'vgg'\nchannels = [8]": ("model.channels is not a field of the vgg family."),
    "[model]\nfamily = 'convnet'\nchanels = [8]": (
        "model.chanels is not a field of the convnet family. Did you mean 'model.channels'?"
    ),
    "[optimizer]\nlearning_rate = 50": "optimizer.learning_rate must be at most 5.0, but is 50.",
    "[optimizer]\nlearning_rate = nan": "optimizer.learning_rate must be at most 5.0, but is nan.",
    "epochs = 0": "epochs must be at least 1, but is 0.",
    "epochs = 'many'": "epochs must be a whole number, but is 'many'.",
    "epochs = 1.5": "epochs must be a whole number, but is '1.5'.",
    "epochs = true": "epochs must be a whole number, but is 'true'.",
    "epochs = '8'": "epochs must be a whole number, but is '8'.",
    "seed = true": "seed must be a whole number, but is 'true'.",
    "label_smoothing = false": "label_smoothing must be a number, but is 'false'.",
    "[model]\nfamily = 'vgg'\ndense = [true]": (
        "model.dense.0 must be a whole number, but is 'true'."
    ),
    "label_smoothing = 'some'": "label_smoothing must be a number, but is 'some'.",
    "precision = 'fp16'": "precision must be one of 'auto', 'fp32' or 'bf16', but is 'fp16'.",
    "[augmentation]\nflip = 'maybe'": "augmentation.flip must be true or false, but is 'maybe'.",
    'name = "two\\nlines"': "name must be one line of text without control characters.",
    "name = ''": "name must not be empty.",
    f"name = '{'x' * 81}'": "name must not be longer than 80 characters.",
    "name = 3": "name must be text, but is '3'.",
    "model = 'vgg'": "model must be a table of named fields, but is 'vgg'.",
    "[model]\nchannels = [8]": (f"model.family is missing; it is one of {', '.join(FAMILIES)}."),
    "[model]\nfamily = 'vg'": (
        f"model.family must be one of {', '.join(map(repr, FAMILIES))}, but is 'vg'."
    ),
    "[model]\nfamily = 'vgg'\nlayers = 12": (
        "model.layers must be one of 11, 13, 16 or 19, but is '12'."
    ),
    "[model]\nfamily = 'convnet'\nchannels = []": "model.channels must not be empty.",
    "[model]\nfamily = 'convnet'\nchannels = [8, 2]": (
        "model.channels.1 must be at least 4, but is 2."
    ),
    "[model]\nfamily = 'convnet'\nchannels = [8, 8, 8, 8, 8, 8]": (
        "model.channels must not have more than 5 values."
    ),
    "resolutions = [24, 40]": "resolutions.1 must be at most 32, but is 40.",
    "resolutions = []": "resolutions must not be empty.",
    "resolutions = [24, 32]\n[model]\nfamily = 'vgg'": (
        "resolutions must be 32 alone for this model, whose dense layers see every place of its "
        "last maps."
    ),
    "resolutions = [16]\n[model]\nfamily = 'convnet'\nhead = 'max'\n"
    "channels = [8, 8, 8, 8]\nwhitening = 3": (
        "resolutions must be at least 18 for this model, or nothing is left of the images to halve."
    ),
    "[data]\nsource = 'folder'": (
        "data.path is missing; it names the folder or archive of your pictures."
    ),
    f"[data]\nsource = 'folder'\npath = '{'x' * 1001}'": (
        "data.path must not be longer than 1000 characters."
    ),
    "[data]\npath = '/x'": "data.path must be empty unless data.source is 'folder'.",
    "epochs = 5\n[schedule]\nname = 'plateau'\nevery = 5": (
        "schedule.every must be smaller than epochs, or the rate never drops."
    ),
    "epochs = 5\n[early_stopping]\npatience = 5": (
        "early_stopping.patience must be smaller than epochs, or 0."
    ),
    "epochs = 5\n[schedule]\nrestart = 5": "schedule.restart must be smaller than epochs, or 0.",
    "[schedule]\nname = 'constant'\nrestart = 5": (
        "schedule.restart is for the schedules linear, cosine, one_cycle."
    ),
    "[augmentation]\nflip = false\nalternating_flip = true": (
        "augmentation.alternating_flip needs flip to be on, or it must be off as well."
    ),
    "[model]\nfamily = 'convnet'\nchannels = [4, 4, 4, 4, 4]\nwhitening = 2": (
        "model.channels must not have more than 4 stages where whitening is 2 and pooling 'max', "
        "for nothing is left to halve then."
    ),
    "weight_averaging = 0.9\n[schedule]\nrestart = 5": (
        "schedule.restart averages weights itself; weight_averaging must be 0."
    ),
}


@pytest.mark.parametrize(("text", "sentence"), MISTAKES.items())
def test_a_mistake_gets_a_sentence_that_names_the_field(text: str, sentence: str) -> None:
    with pytest.raises(RecipeError) as caught:
        Recipe.from_toml(text)
    assert str(caught.value) == sentence


def test_every_number_is_one() -> None:
    """A bool is none, nor is a text of digits; whole numbers are also taken for others."""
    names = (*PARTS, "model", "published")
    tables = {"": Recipe(), **{name: getattr(Recipe(), name) for name in names}}
    numbers = 0
    for place, table in tables.items():
        for name, value in table:
            if type(value) in (int, float):
                numbers += 1
                for wrong in (True, False, "1"):
                    with pytest.raises(RecipeError, match="number"):
                        Recipe.parse(_with(place, name, wrong))
            if type(value) is float:
                with suppress(RecipeError):  # out of bounds, or not with the rest
                    taken = getattr(Recipe.parse(_with(place, name, 1)), place or name)
                    assert type(getattr(taken, name) if place else taken) is float
    assert numbers > 25


def _with(place: str, name: str, value: object) -> dict[str, object]:
    family = {"family": "convnet"} if place == "model" else {}
    return {place: {**family, name: value}} if place else {name: value}


def test_a_path_that_is_not_in_utf_8_is_said_to_be_none() -> None:
    with pytest.raises(RecipeError) as caught:
        Recipe.parse({"data": {"source": "folder", "path": "/caf\udce9"}})
    assert str(caught.value) == "data.path must be text in UTF-8, which '/caf?' is not."


@pytest.mark.parametrize("text", ["epochs =", "epochs = " + "1" * 5000, "\0", "epochs: 3"])
def test_what_is_not_toml_is_said_to_be_none(text: str) -> None:
    with pytest.raises(RecipeError, match=r"^This recipe is not valid TOML: "):
        Recipe.from_toml(text)


@pytest.mark.parametrize("text", ["", "{", "{'epochs': 3}", "1" * 5000])
def test_what_is_not_json_is_said_to_be_none(text: str) -> None:
    with pytest.raises(RecipeError, match=r"^This recipe is not valid JSON: "):
        Recipe.from_json(text)


@pytest.mark.parametrize("text", ["[]", "null", "3", '"shapes-quick"'])
def test_json_that_is_no_table_is_refused(text: str) -> None:
    with pytest.raises(RecipeError, match=r"^A recipe is a table of named fields"):
        Recipe.from_json(text)


def test_endless_nesting_is_refused() -> None:
    with pytest.raises(RecipeError, match="nested too deeply"):
        Recipe.from_json("[" * 100_000)
    with pytest.raises(RecipeError, match=r"nested too deeply|not valid TOML"):
        Recipe.from_toml("x = " + "[" * 100_000)


def _link(content: bytes) -> str:
    return base64.urlsafe_b64encode(zlib.compress(content, 9)).decode().rstrip("=")


def test_a_damaged_link_says_so() -> None:
    whole = presets()["best"].to_url()
    flipped = whole[:20] + ("A" if whole[20] != "A" else "B") + whole[21:]
    for link in ("", "!", "é", "\ud800", "x" * 500, whole[:-8], whole[:5], flipped):
        with pytest.raises(RecipeError, match=r"^The recipe in this link is damaged"):
            Recipe.from_url(link)


def test_a_link_that_would_unpack_to_gigabytes_is_refused_at_once() -> None:
    bomb = _link(json.dumps({"about": "x" * 30_000_000}).encode())
    assert len(bomb) < 50_000
    with pytest.raises(RecipeError, match="damaged"):
        Recipe.from_url(bomb)
    at_the_limit = b"{" + b" " * (MAX_URL_RECIPE_BYTES - 2) + b"}"
    assert Recipe.from_url(_link(at_the_limit)) == Recipe()


def test_a_link_is_checked_like_any_recipe() -> None:
    with pytest.raises(RecipeError, match=r"^epochs must be at most 1000, but is 9999\.$"):
        Recipe.from_url(_link(b'{"epochs": 9999}'))


def test_what_is_neither_preset_nor_recipe_file_gets_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"'shapes-quik' is neither a preset nor a \.toml file"):
        load_recipe("shapes-quik")
    with pytest.raises(RecipeError, match=r"neither a preset nor a \.toml file"):
        load_recipe(str(tmp_path / "missing.toml"))
    picture = tmp_path / "picture.toml"
    picture.write_bytes(b"\x89PNG\xff\xfe")
    with pytest.raises(RecipeError, match=r"^picture\.toml cannot be read as text"):
        load_recipe(str(picture))


def test_a_preset_edited_into_nonsense_is_named(tmp_path: Path) -> None:
    edited = tmp_path / "best.toml"
    edited.write_text(presets()["best"].to_toml().replace("epochs = ", "epochs = -"))
    with pytest.raises(RecipeError, match=r"^In best\.toml: epochs must be at least 1, but is -36"):
        read_recipe(edited)
    edited.write_text("epochs = = 3")
    with pytest.raises(RecipeError, match=r"^In best\.toml: This recipe is not valid TOML"):
        read_recipe(edited)
