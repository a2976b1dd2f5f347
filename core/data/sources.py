"""Where pictures come from: what a source has to offer, and which there are."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.data import cifar10, folder, shapes
from core.data.dataset import Normalisation
from core.data.pictures import Pictures, Report
from core.recipe import Data


@dataclass(frozen=True)
class Source:
    """What `load_dataset`, the pages and the benchmarks ask of a source, with the options of a
    recipe for it.

    title, about: for people; what it is, and a sentence on its pictures
    name: what the data set is called
    load: the pictures, and hex digits that stand for every byte of them; hears the Report. Raises
        ConvscopeError when they are not to be had
    counts: training pictures, those held back included, and test pictures; None where only loading
        them tells
    stamp: changes when the files that `load` would read do; told without opening any. Raises
        ConvscopeError when they are gone
    download: what has to be downloaded first, with its size; nothing once it is here
    normalisation: as published; else it is computed from the training images
    own: pictures of the user's own, which data.path names, and which may change
    drawn: by the program, which may draw others in another version
    """

    title: str
    about: str
    name: Callable[[Data], str]
    load: Callable[[Data, Report], tuple[Pictures, str]]
    counts: Callable[[Data], tuple[int, int] | None]
    stamp: Callable[[Data], str] = lambda _options: ""
    download: Callable[[], str] = lambda: ""
    normalisation: Normalisation | None = None
    own: bool = False
    drawn: bool = False


def _name_of_folder(options: Data) -> str:
    path = Path(options.path)
    return path.name if path.name not in ("", "..") else path.resolve().name


SOURCES: dict[str, Source] = {
    "shapes": Source(
        title="Shapes",
        about="Drawn on the spot: ten classes, as many pictures as you like.",
        name=lambda _options: "Shapes",
        load=lambda options, report: shapes.load(options.images, report),
        counts=lambda options: (options.images, options.images // 5),
        drawn=True,
    ),
    "cifar10": Source(
        title="CIFAR-10",
        about="60,000 small photographs in ten classes.",
        name=lambda _options: "CIFAR-10",
        load=lambda _options, report: cifar10.load(report),
        counts=lambda _options: (cifar10.TRAINING_IMAGES, cifar10.TEST_IMAGES),
        download=lambda: "" if cifar10.cifar10_available() else "CIFAR-10 (170 MB)",
        normalisation=cifar10.NORMALISATION,
    ),
    "folder": Source(
        title="Your own",
        about="A folder of class folders, or a .zip or .tar of one.",
        name=_name_of_folder,
        load=lambda options, report: folder.load(Path(options.path), report),
        counts=lambda _options: None,
        stamp=lambda options: folder.stamp(Path(options.path)),
        own=True,
    ),
}
