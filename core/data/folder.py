"""Your own pictures: a folder, or an archive, of class folders."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import numpy as np
import torch

from core.data import archive, listing
from core.data.archive import Member
from core.data.cache import cached
from core.data.dataset import IMAGE_SIZE, Split
from core.data.pictures import Pictures, Report, silent
from core.data.split import hold_back
from core.decoding import MAX_FILE_BYTES, READABLE, SUFFIXES, framed, read_picture
from core.errors import ConvscopeError
from core.wording import shown

VERSION = 2  # to be raised when the same files give other pictures
TEST_SHARE = 0.2  # of the pictures, where there is no test folder
TEST_SEED = 0  # the same for every recipe, so that the test pictures never change
TOGETHER = 256  # files in hand at a time, at most
BYTES_TOGETHER = 64 * 2**20  # in these files; one more is read meanwhile
MAX_CLASS_NAME = 100  # characters
NAMED = 10  # classes in a sentence, at most

Decoded = np.ndarray | str
"""A picture, uint8 [32, 32, 3], or a sentence why there is none."""


def load(path: Path, report: Report = silent) -> tuple[Pictures, str]:
    """The pictures of a folder of class folders or of an archive of one, with their fingerprint.

    ``train`` and ``test`` folders at the top are taken for the two splits; else a fifth of every
    class, always the same one, becomes the test split. One folder around everything is looked
    through. Files that cannot be read as pictures are listed in `skipped`.

    Raises ConvscopeError when there is no such path, when it holds no usable classes, or when the
    archive is damaged or unsafe.
    """
    path = _existing(path)
    if path.is_dir():
        files, closed = listing.files(path)
        key = listing.stamp(files, closed)
        members = listing.members(path, files)
    else:
        key, closed = archive.checksum(path), []
        members = archive.members(path)
    reading = _Reading()
    for name in closed:
        if not _is_hidden(PurePosixPath(name)):
            reading.skip(name, "cannot be looked into")
    return cached(f"folder {VERSION} {key}", lambda: _pictures(path.name, members, reading, report))


def stamp(path: Path) -> str:
    """Hex digits that follow the names, sizes and times of the files in a folder, or the size and
    time of an archive. Raises ConvscopeError when there is no such path."""
    path = _existing(path)
    if path.is_dir():
        return listing.stamp(*listing.files(path))
    return listing.stamp({path.name: path.stat()})


def _existing(path: Path) -> Path:
    """A folder or a file, `~` spelled out. Raises ConvscopeError when there is none."""
    reason = ""
    try:
        path = path.expanduser()
        if path.is_dir() or path.is_file():
            return path
    except OSError as error:  # too long, or in a folder that may not be looked into
        reason = f" ({error.strerror})"
    except RuntimeError:
        reason = " (there is no such user)"
    raise ConvscopeError(
        f"There is no folder or archive at {shown(str(path))}{reason}. Check the path."
    )


@dataclass
class _Reading:
    """Pictures by path as they come in, and a sentence for each file that gave none."""

    pictures: dict[PurePosixPath, np.ndarray] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)

    def skip(self, name: str | PurePosixPath, reason: str) -> None:
        self.skipped.append(f"{shown(str(name))} {reason}.")

    def first_skipped(self) -> str:
        """What may be why something is missing, to be put behind a sentence."""
        match len(self.skipped):
            case 0:
                return ""
            case 1:
                return f" One file was skipped: {self.skipped[0]}"
            case count:
                return f" {count:,} files were skipped: {self.skipped[0]}"


def _pictures(name: str, members: Iterator[Member], reading: _Reading, report: Report) -> Pictures:
    for path, picture in _decoded(_contents(members, reading, report)):
        if isinstance(picture, str):
            reading.skipped.append(picture)
        else:
            reading.pictures[path] = picture
    return _sorted_into_splits(shown(name), reading)


def _decoded(
    contents: Iterator[tuple[PurePosixPath, bytes]],
) -> Iterator[tuple[PurePosixPath, Decoded]]:
    """Every file decoded, in threads but in order, few enough in hand to fit into memory."""
    waiting: deque[tuple[PurePosixPath, int, Future[Decoded]]] = deque()
    in_hand = 0
    with ThreadPoolExecutor() as pool:  # Pillow decodes outside the interpreter's lock
        for path, content in contents:
            in_hand += len(content)
            while waiting and (len(waiting) == TOGETHER or in_hand > BYTES_TOGETHER):
                first, size, picture = waiting.popleft()
                yield first, picture.result()
                in_hand -= size
            waiting.append((path, len(content), pool.submit(_decode, path, content)))
        for first, _, picture in waiting:
            yield first, picture.result()


def _decode(path: PurePosixPath, content: bytes) -> Decoded:
    """The middle square, as a photo's is shown to a network by default."""
    try:
        return np.asarray(framed(read_picture(content, str(path)), "crop", IMAGE_SIZE))
    except ConvscopeError as error:
        return str(error)


def _contents(
    members: Iterator[Member], reading: _Reading, report: Report
) -> Iterator[tuple[PurePosixPath, bytes]]:
    """The content of every file that may be a picture; hidden files are passed over."""
    for member in members:
        path = PurePosixPath(member.name)
        if _is_hidden(path):
            continue
        report("Reading pictures", member.done)
        if path.suffix.lower() not in SUFFIXES:
            reading.skip(path, "is not a kind of picture that can be read")
        elif member.size > MAX_FILE_BYTES:
            reading.skip(path, f"is larger than {MAX_FILE_BYTES // 2**20} MiB")
        else:
            try:
                yield path, member.read()
            except archive.READ_ERRORS:
                reading.skip(path, "is damaged or may not be read")


def _is_hidden(path: PurePosixPath) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in path.parts)


def _sorted_into_splits(name: str, reading: _Reading) -> Pictures:
    tree = _without_wrapping_folder(reading.pictures)
    tops = {path.parts[0] for path in tree if len(path.parts) > 2}
    if "train" in tops and "test" not in tops and len(tops) > 1:
        others = _list(tops - {"train"})
        raise ConvscopeError(
            f"{name} has a folder 'train' but none called 'test', only {others}. "
            "Rename the one to test on to 'test'."
        )
    if not {"train", "test"} <= tops:
        classes, everything = _split(name, tree, reading)
        train, test = hold_back(everything, TEST_SHARE, TEST_SEED, classes, "testing")
        return Pictures(classes, train, test, tuple(reading.skipped))
    parts: dict[str, dict[PurePosixPath, np.ndarray]] = {"train": {}, "test": {}}
    for path, picture in tree.items():
        if path.parts[0] in parts:
            parts[path.parts[0]][PurePosixPath(*path.parts[1:])] = picture
        else:
            reading.skip(path, "lies outside the folders train and test")
    classes, train = _split(f"{name}/train", parts["train"], reading)
    test_classes, test = _split(f"{name}/test", parts["test"], reading)
    if classes != test_classes:
        different = _list(set(classes) ^ set(test_classes))
        raise ConvscopeError(
            f"The folders train and test of {name} must have the same classes with pictures, but "
            f"only one of them has {different}."
        )
    return Pictures(classes, train, test, tuple(reading.skipped))


def _without_wrapping_folder(
    pictures: dict[PurePosixPath, np.ndarray],
) -> dict[PurePosixPath, np.ndarray]:
    tops = {path.parts[0] for path in pictures}
    if len(tops) == 1 and any(len(path.parts) > 2 for path in pictures):
        return {PurePosixPath(*path.parts[1:]): picture for path, picture in pictures.items()}
    return pictures


def _split(
    name: str, tree: dict[PurePosixPath, np.ndarray], reading: _Reading
) -> tuple[tuple[str, ...], Split]:
    """The classes, sorted by name, and their pictures, sorted by path."""
    for path in [path for path in tree if len(path.parts) < 2]:
        reading.skip(path, "lies outside the class folders")
    paths = sorted(path for path in tree if len(path.parts) > 1)
    classes = tuple(sorted({path.parts[0] for path in paths}))
    for label in classes:
        if label != shown(label, MAX_CLASS_NAME):
            raise ConvscopeError(
                f"{name} has a class folder '{shown(label)}', but the name of a class must be "
                f"printable and no longer than {MAX_CLASS_NAME} characters. Rename the folder."
            )
    if len(classes) < 2:
        found = f"only the class '{classes[0]}'" if classes else "no pictures in class folders"
        raise ConvscopeError(
            f"{name} holds {found}. It should hold a folder for each class, two or more, with that "
            f"class's pictures in it ({READABLE}).{reading.first_skipped()}"
        )
    numbers = {label: number for number, label in enumerate(classes)}
    images = torch.from_numpy(np.stack([tree[path] for path in paths]))
    return classes, Split(images, torch.tensor([numbers[path.parts[0]] for path in paths]))


def _list(names: set[str]) -> str:
    first = ", ".join(shown(name) for name in sorted(names)[:NAMED])
    return first if len(names) <= NAMED else f"{first} and {len(names) - NAMED:,} more"
