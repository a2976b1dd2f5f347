"""A recipe: every hyperparameter of a run, in one validated, immutable object.

The same object fills the sliders, is stored with the run, names the preset file and travels in a
link. Bounds, units and meanings live in the fields, so the form cannot drift from the validation.
"""

import base64
import binascii
import json
import tomllib
import zlib
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import tomli_w
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from core.errors import ConvscopeError
from core.files import PROJECT

RECIPES = PROJECT / "core" / "recipes"
MAX_URL_RECIPE_BYTES = 20_000

Activation = Literal["relu", "leaky_relu", "elu", "gelu", "silu", "tanh"]
Seed = Annotated[int, Field(ge=0, le=2**31 - 1)]
Channels = Annotated[int, Field(ge=4, le=1024)]


class RecipeError(ConvscopeError):
    """A recipe that cannot be used; the message names the field."""


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


def _number(default: Any, low: float, high: float, unit: str = "", log: bool = False) -> Any:
    """A bounded field. `unit` and `log` (a slider should move by ratios, not by differences) are
    for whoever draws the form."""
    return Field(default, ge=low, le=high, json_schema_extra={"unit": unit, "log": log})


class Data(Part):
    source: Literal["shapes", "cifar10", "folder"] = "shapes"
    """Where the pictures come from: drawn by the program, CIFAR-10, or your own class folders."""
    path: str = ""
    """For 'folder': a folder of class folders, or a .zip or .tar archive of one."""
    images: int = _number(10_000, 100, 1_000_000, "images", log=True)
    """For 'shapes': how many training pictures are drawn (a fifth as many again for testing)."""
    validation: float = _number(0.1, 0.02, 0.5, "of the training images")
    """The share held back from training to choose the best weights and the stopping time."""
    split_seed: Seed = 0
    """Which images are held back; runs with the same split seed can be compared."""

    @model_validator(mode="after")
    def _folder_has_path(self) -> Self:
        if self.source == "folder" and not self.path:
            raise ValueError("path is missing; it names the folder or archive of your pictures")
        if self.source != "folder" and self.path:
            raise ValueError("path must be empty unless data.source is 'folder'")
        return self


class Augmentation(Part):
    crop_padding: int = _number(4, 0, 12, "pixels")
    """Pad by reflection, then cut a random 32x32 window: up to this many pixels of shift."""
    flip: bool = True
    """Mirror half of the images left to right."""
    cutout: int = _number(0, 0, 24, "pixels")
    """Side of a square blanked at a random place (DeVries & Taylor 2017); 0 is off."""
    erasing: float = _number(0.0, 0.0, 1.0, "probability")
    """How often a random rectangle is filled with noise (Zhong et al. 2017); 0 is off."""


class ConvNet(Part):
    family: Literal["convnet"] = "convnet"
    channels: tuple[Channels, ...] = Field(default=(32, 64, 128), min_length=1, max_length=5)
    """Channels of each stage; every stage ends by halving height and width."""
    depth: int = _number(2, 1, 4, "convolutions per stage")
    """3x3 convolutions in each stage."""
    pooling: Literal["max", "average", "stride"] = "max"
    """How a stage halves the picture: pooling, or a stride in its last convolution."""
    head: Literal["flatten", "average"] = "flatten"
    """What the dense layers see: every place of the last map, or its average over places."""
    dense: tuple[Channels, ...] = Field(default=(), max_length=3)
    """Widths of hidden dense layers before the class scores."""
    batch_norm: bool = True
    """Normalise each channel over the batch after every convolution (Ioffe & Szegedy 2015)."""
    activation: Activation = "relu"
    """The non-linearity after every layer."""
    dropout: float = _number(0.0, 0.0, 0.9, "probability")
    """Share of features zeroed before each dense layer while training."""


class VGG(Part):
    family: Literal["vgg"] = "vgg"
    layers: Literal[11, 13, 16, 19] = 11
    """Weight layers in the original's counting (Simonyan & Zisserman 2014, table 1)."""
    width: float = _number(0.5, 0.125, 1.0, "of the original's channels")
    """Scales every channel count; 1 is the original's 64 to 512."""
    dense: tuple[Channels, ...] = Field(default=(256,), max_length=3)
    """Widths of hidden dense layers before the class scores."""
    batch_norm: bool = True
    """Normalise each channel over the batch after every convolution."""
    activation: Activation = "relu"
    """The non-linearity after every layer."""
    dropout: float = _number(0.3, 0.0, 0.9, "probability")
    """Share of features zeroed before each dense layer while training."""


class ResNet(Part):
    family: Literal["resnet18"] = "resnet18"
    dropout: float = _number(0.0, 0.0, 0.9, "probability")
    """Share of features zeroed before the class scores while training."""


class MobileNet(Part):
    family: Literal["mobilenetv2"] = "mobilenetv2"
    width: float = _number(1.0, 0.25, 1.5, "of the original's channels")
    """Scales every channel count (Sandler et al. 2018, width multiplier)."""
    dropout: float = _number(0.2, 0.0, 0.9, "probability")
    """Share of features zeroed before the class scores while training."""


Model = Annotated[ConvNet | VGG | ResNet | MobileNet, Field(discriminator="family")]


class Optimizer(Part):
    name: Literal["sgd", "adam", "adamw"] = "sgd"
    """How gradients become steps."""
    learning_rate: float = _number(0.05, 1e-5, 5.0, log=True)
    """The peak step size; the schedule scales it."""
    momentum: float = _number(0.9, 0.0, 0.999)
    """Nesterov momentum for SGD, the first beta for Adam and AdamW."""
    weight_decay: float = _number(5e-4, 0.0, 1.0, log=True)
    """Pull towards zero on convolution and dense weights (never on biases or batch norm)."""


class Schedule(Part):
    name: Literal["constant", "step", "cosine", "linear", "one_cycle", "plateau"] = "one_cycle"
    """How the learning rate moves: up over the warm-up, then as named."""
    warmup: float = _number(0.2, 0.0, 0.9, "of the run")
    """Share of the steps in which the rate climbs to its peak."""
    factor: float = _number(0.1, 0.01, 0.9, "times")
    """For 'step' and 'plateau': what the rate is multiplied by."""
    every: int = _number(10, 1, 500, "epochs")
    """For 'step': epochs between two drops. For 'plateau': epochs without progress before one."""


class EarlyStopping(Part):
    patience: int = _number(0, 0, 200, "epochs")
    """Stop after this many epochs without a better value; 0 never stops early."""
    metric: Literal["accuracy", "loss"] = "accuracy"
    """What is watched on the validation images, also to choose the best weights."""


class Recipe(Part):
    name: str = Field(
        default="Untitled", min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]+$"
    )
    """What people call it; only display text."""
    about: str = Field(default="", max_length=1000)
    """What it is for, and what it reached."""
    seed: Seed = 0
    """Decides the initial weights, the order of the images and every augmentation."""
    epochs: int = _number(10, 1, 1000, "epochs", log=True)
    """How often each training image is seen."""
    batch_size: int = _number(128, 8, 4096, "images", log=True)
    """Images per step."""
    label_smoothing: float = _number(0.0, 0.0, 0.5)
    """Share of the target spread over all classes in the cross-entropy loss."""
    weight_averaging: float = _number(0.0, 0.0, 0.9999, "decay per step")
    """Keep an exponential average of the weights and judge that one; 0 is off."""
    precision: Literal["auto", "fp32", "bf16"] = "auto"
    """Number format of convolutions and matrix products; 'auto' takes what is faster here."""
    data: Data = Data()
    augmentation: Augmentation = Augmentation()
    model: Model = ConvNet()
    optimizer: Optimizer = Optimizer()
    schedule: Schedule = Schedule()
    early_stopping: EarlyStopping = EarlyStopping()

    @model_validator(mode="after")
    def _combinations(self) -> Self:
        if self.schedule.name == "plateau" and self.schedule.every >= self.epochs:
            raise ValueError("schedule.every must be smaller than epochs, or the rate never drops")
        if self.early_stopping.patience >= self.epochs:
            raise ValueError("early_stopping.patience must be smaller than epochs, or 0")
        return self

    @classmethod
    def parse(cls, fields: Any) -> Self:
        """A recipe from nested dictionaries. Raises RecipeError naming the field at fault."""
        if not isinstance(fields, dict):
            raise RecipeError("A recipe is a table of named fields; this is something else.")
        try:
            return cls.model_validate(fields)
        except ValidationError as error:
            raise RecipeError(_sentence(error.errors()[0])) from error

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


@cache
def presets() -> dict[str, Recipe]:
    """The recipes that come with the project, by file stem, in the files' order."""
    return {
        path.stem: Recipe.from_toml(path.read_text()) for path in sorted(RECIPES.glob("*.toml"))
    }


def load_recipe(name: str) -> Recipe:
    """A preset by name, or the recipe in a TOML file.

    Raises RecipeError when there is neither, or when the file is not a recipe.
    """
    if name in presets():
        return presets()[name]
    path = Path(name)
    if path.suffix != ".toml" or not path.is_file():
        raise RecipeError(
            f"'{name}' is neither a preset nor a .toml file. "
            f"The presets are {', '.join(presets())}."
        )
    try:
        return Recipe.from_toml(path.read_text())
    except (OSError, UnicodeError) as error:
        raise RecipeError(
            f"{path.name} cannot be read as text; a recipe is a TOML file."
        ) from error


FAMILIES: dict[str, type[Part]] = {
    "convnet": ConvNet,
    "vgg": VGG,
    "resnet18": ResNet,
    "mobilenetv2": MobileNet,
}
PARTS: dict[str, type[Part]] = {
    "data": Data,
    "augmentation": Augmentation,
    "optimizer": Optimizer,
    "schedule": Schedule,
    "early_stopping": EarlyStopping,
}
KINDS = {
    "int": "a whole number",
    "float": "a number",
    "finite": "a finite number",
    "bool": "true or false",
    "string": "text",
    "tuple": "a list",
    "model": "a table of named fields",
}


def _sentence(problem: ErrorDetails) -> str:
    """One sentence from pydantic's first complaint."""
    path = [str(step) for step in problem["loc"] if step not in FAMILIES]
    where = ".".join(path)[:80]
    given, context = str(problem["input"])[:80], problem.get("ctx", {})
    match problem["type"]:
        case "extra_forbidden":
            return _unknown_field([str(step) for step in problem["loc"]], where)
        case "greater_than_equal" | "less_than_equal":
            bound = context.get("ge", context.get("le"))
            side = "at least" if "ge" in context else "at most"
            return f"{where} must be {side} {bound}, but is {given}."
        case "string_too_long":
            return f"{where} must not be longer than {context['max_length']} characters."
        case "too_long":
            return f"{where} must not have more than {context['max_length']} values."
        case "string_too_short" | "too_short":
            return f"{where} must not be empty."
        case "string_pattern_mismatch":
            return f"{where} must be one line of text without control characters."
        case "literal_error":
            return f"{where} must be one of {context['expected']}, but is '{given}'."
        case "union_tag_invalid":
            options, wanted = context["expected_tags"], context["tag"]
            return f"{where}.family must be one of {options}, but is '{wanted[:80]}'."
        case "union_tag_not_found":
            return f"{where}.family is missing; it is one of {', '.join(FAMILIES)}."
        case "value_error":  # raised by the validators above, whose texts begin with a field
            return ".".join([*path, f"{context['error']}."])
        case other:
            kind = KINDS.get(other.split("_")[0], "something else")
            return f"{where} must be {kind}, but is {given!r}."


def _unknown_field(loc: list[str], where: str) -> str:
    """Says so, with the nearest field beside it; else, at the top, the nearest one inside a part"""
    *parents, wrong = loc
    part = (PARTS | FAMILIES).get(parents[-1], Recipe) if parents else Recipe
    nearest = get_close_matches(wrong, part.model_fields, n=1)
    prefix = where.removesuffix(wrong)
    if not (nearest or parents):
        homes = {name: f"{place}." for place, part in PARTS.items() for name in part.model_fields}
        nearest = get_close_matches(wrong, homes, n=1)
        prefix = homes[nearest[0]] if nearest else ""
    whole = f"the {parents[-1]} family" if parents and parents[-1] in FAMILIES else "a recipe"
    hint = f" Did you mean '{prefix}{nearest[0]}'?" if nearest else ""
    return f"{where} is not a field of {whole}.{hint}"
