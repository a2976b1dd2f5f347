"""The part of a recipe that decides the weights."""

from itertools import accumulate
from typing import Literal, Self

from pydantic import Field, model_validator

from core.recipe.parts import (
    FALLING,
    FAMILIES,
    IMAGE_SIZE,
    Augmentation,
    ConvNet,
    Data,
    EarlyStopping,
    Model,
    Optimizer,
    Part,
    Resolution,
    Schedule,
    Seed,
    Start,
    number,
)


class Hyperparameters(Part):
    seed: Seed = 0
    """Decides the initial weights, the order of the images, every augmentation and dropout."""
    epochs: int = number(10, 1, 1000, "epochs", log=True)
    """How often each training image is seen."""
    batch_size: int = number(128, 8, 4096, "images", log=True)
    """Images per step."""
    resolutions: tuple[Resolution, ...] = Field(default=(IMAGE_SIZE,), min_length=1, max_length=100)
    """Height and width in pixels that the images are shrunk to while training, from the first epoch
    to the last: the list is spread evenly over the epochs. A network learns the coarse things from
    small images, in less time (progressive resizing); 32 is their own size."""
    label_smoothing: float = number(0.0, 0.0, 0.5)
    """Share of the target spread over all classes in the cross-entropy loss."""
    weight_averaging: float = number(0.0, 0.0, 0.9999, "decay per step")
    """Keep an exponential average of the weights and evaluate that one; 0 is off."""
    lookahead: int = number(0, 0, 50, "steps")
    """Every so many steps, go back half the way to where this last happened (Zhang et al. 2019,
    arXiv:1907.08610); 0 is off."""
    filtering: float = number(1.0, 0.6, 1.0, "of the training images")
    """Share of the images seen in an epoch: dynamic data pruning. The easier half, by their loss
    when last seen, gives up the rest, by lot (after Qin et al. 2023, InfoBatch,
    arXiv:2303.04947)."""
    precision: Literal["auto", "fp32", "bf16"] = "auto"
    """Number format of convolutions and matrix products; 'auto' takes what is faster here."""
    compile: bool = False
    """Let torch.compile fuse the network's operations, and on an NVIDIA GPU repeat whole steps as
    CUDA graphs. This can take a minute before the first step, so it pays in long runs."""
    data: Data = Data()
    augmentation: Augmentation = Augmentation()
    model: Model = ConvNet()
    optimizer: Optimizer = Optimizer()
    schedule: Schedule = Schedule()
    early_stopping: EarlyStopping = EarlyStopping()
    start: Start = Start()

    def resolution(self, epoch: int) -> int:
        """Height and width in pixels of the images of an epoch, counted from 0."""
        return self.resolutions[-(-(epoch + 1) * len(self.resolutions) // self.epochs) - 1]

    def efforts(self) -> list[float]:
        """What the first 0, 1, 2 ... epochs cost, in epochs of images of full size: the work of
        convolutions goes with the number of pixels."""
        sides = map(self.resolution, range(self.epochs))
        return list(accumulate(((side / IMAGE_SIZE) ** 2 for side in sides), initial=0.0))

    def effort(self, epochs: float) -> float:
        """The same of so many epochs, from 0 to the run's, the last of which need not be whole."""
        efforts, whole = self.efforts(), int(epochs)
        after = efforts[min(whole + 1, self.epochs)]
        return efforts[whole] + (epochs - whole) * (after - efforts[whole])

    @model_validator(mode="after")
    def _combinations(self) -> Self:
        smallest = self.model.smallest_resolution()
        if min(self.resolutions) < smallest == IMAGE_SIZE:
            raise ValueError(
                f"resolutions must be {IMAGE_SIZE} alone for this model, whose dense layers see "
                "every place of its last maps"
            )
        if min(self.resolutions) < smallest:
            raise ValueError(
                f"resolutions must be at least {smallest} for this model, or nothing is left of "
                "the images to halve"
            )
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
        if self.start.source == "imagenet" and not self.model.on_imagenet:
            trained = [name for name, family in FAMILIES.items() if family.on_imagenet]
            raise ValueError(f"start.source 'imagenet' is for the families {' and '.join(trained)}")
        return self
