"""The tables of a recipe: every hyperparameter with its bounds, unit and meaning."""

from typing import Annotated, Any, ClassVar, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

IMAGE_SIZE = 32  # pixels, height and width, of what every network sees
Activation = Literal["relu", "leaky_relu", "elu", "gelu", "silu", "tanh"]
Seed = Annotated[int, Field(strict=True, ge=0, le=2**31 - 1)]
Channels = Annotated[int, Field(strict=True, ge=4, le=1024)]
Resolution = Annotated[int, Field(strict=True, ge=12, le=IMAGE_SIZE)]


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


def number(default: Any, low: float, high: float, unit: str = "", log: bool = False) -> Any:
    """A bounded field that takes nothing else for a number, such as true for 1. `unit` and `log` (a
    slider should move by ratios, not by differences) are for whoever draws the form."""
    extra = {"unit": unit, "log": log}
    return Field(default, strict=True, ge=low, le=high, json_schema_extra=extra)


class Data(Part):
    source: Literal["shapes", "cifar10", "folder"] = "shapes"
    """Where the pictures come from: drawn by the program, CIFAR-10, or your own class folders."""
    path: str = Field(default="", max_length=1000)
    """For 'folder': a folder of class folders, or a .zip or .tar archive of one."""
    images: int = number(10_000, 100, 1_000_000, "images", log=True)
    """For 'shapes': how many training pictures are drawn (a fifth as many again for testing)."""
    validation: float = number(0.1, 0.02, 0.5, "of the training images")
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
    crop_padding: int = number(4, 0, 12, "pixels")
    """Pad by reflection, then cut a random 32x32 window: up to this many pixels of shift."""
    flip: bool = True
    """Mirror half of the images left to right."""
    alternating_flip: bool = False
    """Mirror each image in every second epoch, half of them in the first, instead of by chance: two
    epochs then show every image both ways (Jordan 2024, arXiv:2404.00498, section 3.6). A kind of
    'flip', which must be on."""
    cutout: int = number(0, 0, 24, "pixels")
    """Side of a square blanked at a random place (DeVries & Taylor 2017); 0 is off."""
    erasing: float = number(0.0, 0.0, 1.0, "probability")
    """How often a random rectangle is filled with noise (Zhong et al. 2017); 0 is off."""
    zoom: float = number(0.0, 0.0, 1.0)
    """Magnify or shrink each image by up to this share, as photographs show things nearer or
    farther away than the data set does; 0 is off."""
    blur: float = number(0.0, 0.0, 2.0, "pixels")
    """Blur each image by a Gaussian of up to this standard deviation; 0 is off."""
    brightness: float = number(0.0, 0.0, 0.5, "of white")
    """Lighten or darken each image by up to this share; 0 is off."""
    contrast: float = number(0.0, 0.0, 0.9)
    """Strengthen or weaken each image's differences from the data's mean colour by up to this
    share; 0 is off."""

    @model_validator(mode="after")
    def _flips_alternate(self) -> Self:
        if self.alternating_flip and not self.flip:
            raise ValueError("alternating_flip needs flip to be on, or it must be off as well")
        return self


class Architecture(Part):
    """The options of a family of networks: `family`, its name, and a `dropout` are among them."""

    on_imagenet: ClassVar[bool] = False
    """Whether there are weights that torchvision trained on ImageNet."""

    def smallest_resolution(self) -> int:
        """Side in pixels of the smallest images that it can be trained on; those of networks whose
        dense layers see every place are of one size."""
        return IMAGE_SIZE


class ConvNet(Architecture):
    family: Literal["convnet"] = "convnet"
    channels: tuple[Channels, ...] = Field(default=(32, 64, 128), min_length=1, max_length=5)
    """Channels of each stage; every stage ends by halving height and width."""
    depth: int = number(2, 1, 4, "convolutions per stage")
    """3x3 convolutions in each stage."""
    pooling: Literal["max", "average", "stride"] = "max"
    """How a stage halves the picture: pooling, or a stride in its last convolution."""
    pool_early: bool = False
    """Pool right after a stage's first convolution, not at its end: the rest of the stage works on
    a quarter of the places, and so can be wider."""
    residual: bool = False
    """Add what a stage's first convolution makes to what its last one makes, so that the others
    learn a difference (He et al. 2015, arXiv:1512.03385)."""
    whitening: int = number(0, 0, 3, "pixels")
    """Side of the patches whose pixels a fixed first layer makes uncorrelated, as computed from the
    training images (Jordan 2024, section 3.2); 0 is off."""
    head: Literal["flatten", "average", "max"] = "flatten"
    """What the dense layers see: every place of the last map, or its average or maximum over
    places."""
    dense: tuple[Channels, ...] = Field(default=(), max_length=3)
    """Widths of hidden dense layers before the class scores."""
    batch_norm: bool = True
    """Normalise each channel over the batch after every convolution (Ioffe & Szegedy 2015)."""
    norm_first: bool = True
    """Normalise before the activation, as its authors do; off: after it."""
    norm_scale: bool = True
    """Let batch norm learn a scale for each channel, not only a shift."""
    norm_momentum: float = number(0.1, 0.01, 1.0, "per step")
    """How fast the statistics that batch norm uses after training follow the batches; short runs
    need more."""
    initialisation: Literal["default", "dirac"] = "default"
    """'dirac' starts every convolution by passing its input on unchanged where it has as many
    channels, and the class scores near zero (Jordan 2024, section 3.3)."""
    activation: Activation = "relu"
    """The non-linearity after every layer."""
    dropout: float = number(0.0, 0.0, 0.9, "probability")
    """Share of features zeroed while training after each hidden dense layer, or before the class
    scores where there is none."""

    def sides(self) -> list[int]:
        """Height and width of the maps, in places: what the first stage takes, then what each
        stage puts out."""
        sides = [IMAGE_SIZE - max(0, self.whitening - 1)]
        for _ in self.channels:
            rounded_up = self.pooling == "stride"
            sides.append((sides[-1] + rounded_up) // 2)
        return sides

    def smallest_resolution(self) -> int:
        if self.head == "flatten":
            return IMAGE_SIZE
        halved = 1 if self.pooling == "stride" else 2 ** len(self.channels)
        return halved + max(0, self.whitening - 1)

    @model_validator(mode="after")
    def _picture_lasts(self) -> Self:
        if 0 in self.sides():
            most = self.sides().index(0) - 1
            raise ValueError(
                f"channels must not have more than {most} stages where whitening is "
                f"{self.whitening} and pooling '{self.pooling}', for nothing is left to halve then"
            )
        return self

    @model_validator(mode="after")
    def _residual_fits(self) -> Self:
        if self.residual and self.depth == 1:
            raise ValueError("residual needs a depth of 2 or more; a stage of one has no others")
        if self.residual and self.pooling == "stride" and not self.pool_early:
            raise ValueError("residual needs pool_early where pooling is 'stride'; sizes differ")
        return self


class VGG(Architecture):
    family: Literal["vgg"] = "vgg"
    layers: Literal[11, 13, 16, 19] = 11
    """Weight layers in the original's counting (Simonyan & Zisserman 2014, table 1)."""
    width: float = number(0.5, 0.125, 1.0, "of the original's channels")
    """Scales every channel count; 1 is the original's 64 to 512."""
    dense: tuple[Channels, ...] = Field(default=(256,), max_length=3)
    """Widths of hidden dense layers before the class scores."""
    batch_norm: bool = True
    """Normalise each channel over the batch after every convolution."""
    activation: Activation = "relu"
    """The non-linearity after every layer."""
    dropout: float = number(0.3, 0.0, 0.9, "probability")
    """Share of features zeroed while training after each hidden dense layer, or before the class
    scores where there is none."""


class TwoConv(Architecture):
    family: Literal["two_conv"] = "two_conv"
    dropout: float = number(0.5, 0.0, 0.9, "probability")
    """Share of features zeroed after the hidden dense layer while training."""


class ResNet(Architecture):
    on_imagenet: ClassVar[bool] = True
    family: Literal["resnet18"] = "resnet18"
    dropout: float = number(0.0, 0.0, 0.9, "probability")
    """Share of features zeroed before the class scores while training."""

    def smallest_resolution(self) -> int:
        return 1  # it takes the mean over places, however few are left


class MobileNet(Architecture):
    on_imagenet: ClassVar[bool] = True
    family: Literal["mobilenetv2"] = "mobilenetv2"
    width: float = number(1.0, 0.25, 1.5, "of the original's channels")
    """Scales every channel count (Sandler et al. 2018, width multiplier)."""
    dropout: float = number(0.2, 0.0, 0.9, "probability")
    """Share of features zeroed before the class scores while training."""

    def smallest_resolution(self) -> int:
        return 1  # it takes the mean over places, however few are left


Model = Annotated[ConvNet | VGG | TwoConv | ResNet | MobileNet, Field(discriminator="family")]


class Optimizer(Part):
    name: Literal["sgd", "adam", "adamw", "muon"] = "sgd"
    """How gradients become steps. Muon turns each convolution's step into the nearest matrix that
    changes all directions equally, and takes SGD's for the rest (Jordan et al. 2024)."""
    learning_rate: float = number(0.05, 1e-5, 5.0, log=True)
    """The peak step size; the schedule scales it."""
    momentum: float = number(0.9, 0.0, 0.999)
    """Nesterov momentum for SGD and Muon, the first beta for Adam and AdamW."""
    weight_decay: float = number(5e-4, 0.0, 1.0, log=True)
    """Pull towards zero on convolution and dense weights (never on biases or batch norm). Muon
    decays the class scores' weights alone: it keeps the length of each convolution's."""
    decoupled: bool = False
    """For SGD: weight decay is the share taken off the weights in a step at the peak rate, not a
    part of the gradient (Loshchilov & Hutter 2017, SGDW), so the two can be tuned apart."""
    bias_rate: float = number(1.0, 0.01, 1000.0, "times the learning rate", log=True)
    """Biases and batch norm's shifts learn this much faster than convolutions."""
    head_rate: float = number(1.0, 0.001, 100.0, "times the learning rate", log=True)
    """The layer that makes the class scores learns this much faster than convolutions."""


class Schedule(Part):
    name: Literal["constant", "step", "cosine", "linear", "one_cycle", "plateau", "range"] = (
        "one_cycle"
    )
    """How the learning rate moves: up over the warm-up, then as named. 'linear' with a warm-up is
    the triangular schedule. 'range' only climbs, by equal ratios, from a thousandth of the rate to
    it: it finds out which rate suits (Smith 2017, arXiv:1506.01186, section 3.3)."""
    warmup: float = number(0.2, 0.0, 0.9, "of the run")
    """Share of the steps in which the rate climbs to its peak."""
    factor: float = number(0.1, 0.01, 0.9, "times")
    """For 'step' and 'plateau': what the rate is multiplied by."""
    every: int = number(10, 1, 500, "epochs")
    """For 'step': epochs between two drops. For 'plateau': epochs without progress before one."""
    restart: int = number(0, 0, 999, "epochs")
    """When the rate falls anew, from half its peak. The network of the run is then the mean of the
    two that its descents end in (after Izmailov et al. 2018, SWA, arXiv:1803.05407); 0 is never."""
    freezing: float = number(1.0, 0.1, 1.0, "of the run")
    """When the first layer stops learning; the others follow one by one, the last at the end, and
    what is frozen costs no more gradients (Brock et al. 2017, FreezeOut); 1 is never."""
    whitening_freezing: float = number(1.0, 0.05, 1.0, "of the run")
    """When the bias of a whitening layer stops learning, so that no gradient need come so far
    (Jordan 2024, section 3.2, where it learns for three epochs); 1 is never."""


class Start(Part):
    source: Literal["fresh", "checkpoint", "imagenet"] = "fresh"
    """Where the weights come from: drawn anew, from a trained network, or from torchvision's
    training on ImageNet (for resnet18 and mobilenetv2)."""
    path: str = Field(default="", max_length=1000)
    """For 'checkpoint': a .safetensors file, a run's id or name, or a network that ships."""
    frozen: int = number(0, 0, 60, "layers")
    """So many convolutions and dense layers, from the first on, keep the weights they came with; 0
    lets all of them learn."""

    @model_validator(mode="after")
    def _checkpoint_has_path(self) -> Self:
        if self.source == "checkpoint" and not self.path:
            raise ValueError("path is missing; it names the network to start from")
        if self.source != "checkpoint" and self.path:
            raise ValueError("path must be empty unless start.source is 'checkpoint'")
        if self.source == "fresh" and self.frozen:
            raise ValueError("frozen must be 0 for fresh weights; they have learned nothing yet")
        return self


class EarlyStopping(Part):
    patience: int = number(0, 0, 200, "epochs")
    """Stop after this many epochs without a better value; 0 never stops early."""
    metric: Literal["accuracy", "loss"] = "accuracy"
    """What is watched on the validation images, also to choose the best weights."""


FALLING = ("linear", "cosine", "one_cycle")
"""The schedules whose rate reaches 0 at their end."""

FAMILIES: dict[str, type[Architecture]] = {
    family.model_fields["family"].default: family for family in get_args(get_args(Model)[0])
}
PARTS: dict[str, type[Part]] = {
    "data": Data,
    "augmentation": Augmentation,
    "optimizer": Optimizer,
    "schedule": Schedule,
    "early_stopping": EarlyStopping,
    "start": Start,
}
