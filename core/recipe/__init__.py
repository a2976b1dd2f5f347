"""A recipe: every hyperparameter of a run, in one validated, immutable object.

The same object fills the sliders, is stored with the run, names the preset file and travels in a
link. Bounds, units and meanings live in the fields, so the form cannot drift from the validation.
"""

import base64
import binascii
import json
import tomllib
import zlib
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import tomli_w
from pydantic import Field, StringConstraints, ValidationError, model_validator

from core.files import PROJECT, is_file
from core.recipe.mistakes import RecipeError, sentence
from core.recipe.parts import (
    FALLING,
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
    Part,
    Published,
    ResNet,
    Schedule,
    Seed,
    Start,
    TwoConv,
    number,
)

__all__ = [
    "FAMILIES",
    "VGG",
    "Activation",
    "Augmentation",
    "ConvNet",
    "Data",
    "EarlyStopping",
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

RECIPES = PROJECT / "core" / "recipes"
MAX_URL_RECIPE_BYTES = 20_000
IMAGENET_FAMILIES = ("resnet18", "mobilenetv2")


class Recipe(Part):
    name: Annotated[str, StringConstraints(strip_whitespace=True)] = Field(
        default="Untitled", min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]+$"
    )
    """What people call it; only display text."""
    about: str = Field(default="", max_length=1000)
    """What it is for, and what it reached."""
    seed: Seed = 0
    """Decides the initial weights, the order of the images, every augmentation and dropout."""
    epochs: int = number(10, 1, 1000, "epochs", log=True)
    """How often each training image is seen."""
    batch_size: int = number(128, 8, 4096, "images", log=True)
    """Images per step."""
    label_smoothing: float = number(0.0, 0.0, 0.5)
    """Share of the target spread over all classes in the cross-entropy loss."""
    weight_averaging: float = number(0.0, 0.0, 0.9999, "decay per step")
    """Keep an exponential average of the weights and judge that one; 0 is off."""
    lookahead: int = number(0, 0, 50, "steps")
    """Every so many steps, go back half the way to where this last happened (Zhang et al. 2019,
    arXiv:1907.08610); 0 is off."""
    filtering: float = number(1.0, 0.6, 1.0, "of the training images")
    """Share of the images seen in an epoch. The easier half, by their loss when last seen, gives up
    the rest, by lot (after Qin et al. 2023, InfoBatch, arXiv:2303.04947)."""
    precision: Literal["auto", "fp32", "bf16"] = "auto"
    """Number format of convolutions and matrix products; 'auto' takes what is faster here."""
    compile: bool = False
    """Let torch.compile fuse the network's operations, on a GPU into CUDA graphs as well. This can
    take a minute before the first step, so it pays in long runs."""
    data: Data = Data()
    augmentation: Augmentation = Augmentation()
    model: Model = ConvNet()
    optimizer: Optimizer = Optimizer()
    schedule: Schedule = Schedule()
    early_stopping: EarlyStopping = EarlyStopping()
    start: Start = Start()
    published: Published = Published()

    @model_validator(mode="after")
    def _combinations(self) -> Self:
        if self.schedule.name == "plateau" and self.schedule.every >= self.epochs:
            raise ValueError("schedule.every must be smaller than epochs, or the rate never drops")
        if self.schedule.restart >= self.epochs:
            raise ValueError("schedule.restart must be smaller than epochs, or 0")
        if self.schedule.restart and self.schedule.name not in FALLING:
            raise ValueError(f"schedule.restart is for the schedules {', '.join(FALLING)}")
        if self.schedule.restart and self.weight_averaging:
            raise ValueError("schedule.restart averages weights itself; weight_averaging must be 0")
        if self.early_stopping.patience >= self.epochs:
            raise ValueError("early_stopping.patience must be smaller than epochs, or 0")
        if self.optimizer.decoupled and self.optimizer.name != "sgd":
            raise ValueError("optimizer.decoupled is for sgd; adamw and muon always are")
        if self.start.source == "imagenet" and self.model.family not in IMAGENET_FAMILIES:
            raise ValueError("start.source 'imagenet' is for the families resnet18 and mobilenetv2")
        return self

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
        return tomli_w.dumps(self.model_dump(mode="json"))

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
