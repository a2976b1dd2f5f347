"""A recipe: every hyperparameter of a run and its description, in one validated, immutable object.

The same object fills the sliders, is stored with the run, names the preset file and travels in a
link. Bounds, units and meanings live in the fields, so the form cannot drift from the validation.
"""

import base64
import binascii
import hashlib
import json
import tomllib
import zlib
from functools import cache
from pathlib import Path
from typing import Any, Self

import tomli_w
from pydantic import ValidationError

from core.files import PROJECT, is_file
from core.recipe.description import Description, Published
from core.recipe.hyperparameters import Hyperparameters
from core.recipe.mistakes import RecipeError, sentence
from core.recipe.parts import (
    FAMILIES,
    VGG,
    Activation,
    Augmentation,
    ConvNet,
    Data,
    EarlyStopping,
    MobileNet,
    Model,
    Optimizer,
    ResNet,
    Schedule,
    Start,
    TwoConv,
)

__all__ = [
    "FAMILIES",
    "FIRST_PRESET",
    "VGG",
    "Activation",
    "Augmentation",
    "ConvNet",
    "Data",
    "Description",
    "EarlyStopping",
    "Hyperparameters",
    "MobileNet",
    "Model",
    "Optimizer",
    "Published",
    "Recipe",
    "RecipeError",
    "ResNet",
    "Schedule",
    "Start",
    "TwoConv",
    "load_recipe",
    "presets",
    "read_recipe",
]

FIRST_PRESET = "shapes-quick"  # where nobody has chosen: needs no download, and takes seconds
RECIPES = PROJECT / "core" / "recipes"
MAX_URL_RECIPE_BYTES = 20_000


class Recipe(Hyperparameters, Description):
    """The fields of both parts beside each other, as they stand in a file and in a link."""

    @property
    def identity(self) -> str:
        """Names what is trained, to tell whether two runs are of the same: the SHA-256 of all that
        decides the weights, as hex digits, whatever describes the recipe.

        Recipes that differ in nothing but their seed have identities of their own. It is not to be
        stored: a version with more hyperparameters has another one for each recipe.
        """
        fields = self.model_dump(mode="json", include=set(Hyperparameters.model_fields))
        canonical = json.dumps(fields, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()

    @classmethod
    def parse(cls, fields: Any) -> Self:
        """A recipe from nested dictionaries. Raises RecipeError naming the field at fault."""
        if not isinstance(fields, dict):
            raise RecipeError("A recipe is a table of named fields; this is something else.")
        try:
            return cls.model_validate(fields)
        except ValidationError as error:
            raise RecipeError(sentence(error.errors()[0], cls)) from error

    @classmethod
    def from_toml(cls, text: str) -> Self:
        """Raises RecipeError when the text is not TOML or not a recipe."""
        try:
            return cls.parse(tomllib.loads(text))
        except RecursionError as error:
            raise RecipeError("This recipe is nested too deeply to be one.") from error
        except ValueError as error:
            raise RecipeError(f"This recipe is not valid TOML: {error}.") from error

    def to_toml(self) -> str:
        fields = self.model_dump(mode="json")
        fields["published"] = fields.pop("published")  # last, below what is trained
        return tomli_w.dumps(fields)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Raises RecipeError when the text is not JSON or not a recipe."""
        try:
            return cls.parse(json.loads(text))
        except RecursionError as error:
            raise RecipeError("This recipe is nested too deeply to be one.") from error
        except ValueError as error:
            raise RecipeError(f"This recipe is not valid JSON: {error}.") from error

    def to_json(self) -> str:
        return self.model_dump_json()

    @classmethod
    def from_url(cls, value: str) -> Self:
        """A recipe from a link's query value. Raises RecipeError when it is not one."""
        try:
            packed = base64.urlsafe_b64decode(value.encode() + b"=" * (-len(value) % 4))
            unpacker = zlib.decompressobj()
            text = unpacker.decompress(packed, MAX_URL_RECIPE_BYTES).decode()
            if not unpacker.eof:
                raise zlib.error("cut short, or longer than any recipe")
        except (binascii.Error, zlib.error, UnicodeError) as error:
            raise RecipeError(
                "The recipe in this link is damaged; ask for the link again."
            ) from error
        return cls.from_json(text)

    def to_url(self) -> str:
        """A short text for a link's query: what differs from the defaults, deflated."""
        text = self.model_dump_json(exclude_defaults=True)
        fields = json.loads(text)
        if "model" in fields:
            fields["model"]["family"] = self.model.family
        return (
            base64.urlsafe_b64encode(zlib.compress(json.dumps(fields).encode(), 9))
            .decode()
            .rstrip("=")
        )


def read_recipe(path: Path) -> Recipe:
    """The recipe in a TOML file. Raises RecipeError, naming the file, when it holds none."""
    try:
        return Recipe.from_toml(path.read_text())
    except (OSError, UnicodeError) as error:
        raise RecipeError(
            f"{path.name} cannot be read as text; a recipe is a TOML file."
        ) from error
    except RecipeError as error:
        raise RecipeError(f"In {path.name}: {error}") from error


@cache
def presets() -> dict[str, Recipe]:
    """The recipes that come with the project, by file stem, in the files' order."""
    return {path.stem: read_recipe(path) for path in sorted(RECIPES.glob("*.toml"))}


def load_recipe(name: str) -> Recipe:
    """A preset by name, or the recipe in a TOML file.

    Raises RecipeError when there is neither, or when the file is not a recipe.
    """
    if name in presets():
        return presets()[name]
    path = Path(name)
    if path.suffix != ".toml" or not is_file(path):
        raise RecipeError(
            f"'{name[:300]}' is neither a preset nor a .toml file. "
            f"The presets are {', '.join(presets())}."
        )
    return read_recipe(path)
