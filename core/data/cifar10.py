"""CIFAR-10 (Krizhevsky 2009): 50,000 training and 10,000 test photos of ten classes."""

import hashlib
import http.client
import os
import shutil
import ssl
import tarfile
import tempfile
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from core.data.cache import cached
from core.data.dataset import Normalisation, Split
from core.data.pictures import Pictures, Report, silent
from core.errors import ConvscopeError
from core.files import expanded, home

NORMALISATION = Normalisation(mean=(0.4914, 0.4822, 0.4465), std=(0.2470, 0.2435, 0.2616))
URL = "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz"
ARCHIVE, ARCHIVE_MD5 = "cifar-10-python.tar.gz", "c58f30108f718f92721af3b95e74349a"
FOLDER = "cifar-10-batches-py"  # in the archive
CHECKSUMS = {  # published; MD5
    "data_batch_1": "c99cafc152244af753f735de768cd75f",
    "data_batch_2": "d4bba439e000b95fd0a9bffe97cbabec",
    "data_batch_3": "54ebc095f3ab1f0389bbae665268c751",
    "data_batch_4": "634d18415352ddfa80567beed471001a",
    "data_batch_5": "482c414d41f54cd18b22e5b47cb7c3cb",
    "test_batch": "40351d587109b95175f43aff81a1287e",
    "batches.meta": "5ff9c542aee3614f3951f8cda6e48888",
}
TRAINING_IMAGES, TEST_IMAGES = 50_000, 10_000
TIMEOUT = 20.0  # seconds without an answer before the network counts as absent
BLOCK = 2**20  # bytes read at a time, at most
NETWORK_ERRORS = (
    urllib.error.URLError,
    TimeoutError,
    ConnectionError,
    ssl.SSLError,
    http.client.HTTPException,
)


def cifar10_folder() -> Path:
    """Where ``cifar-10-batches-py`` is looked for: ``$CONVSCOPE_CIFAR10``, else our own folder."""
    return expanded(Path(os.environ.get("CONVSCOPE_CIFAR10") or home() / "data"))


def cifar10_available() -> bool:
    """Whether CIFAR-10 can be loaded without a download; looks at names only."""
    return _unpacked(cifar10_folder()) or (cifar10_folder() / ARCHIVE).is_file()


def load(report: Report = silent) -> tuple[Pictures, str]:
    """CIFAR-10 and its fingerprint, downloaded from its authors' site when it is not here yet.

    Nothing is unpickled before its published checksum has been found right.

    Raises ConvscopeError when it is neither here nor to be had, or is damaged.
    """
    return cached(f"cifar10 {CHECKSUMS}", lambda: _read(_folder_with_batches(report), report))


def _unpacked(folder: Path) -> bool:
    return all((folder / FOLDER / name).is_file() for name in CHECKSUMS)


def _folder_with_batches(report: Report) -> Path:
    """The folder that holds the unpacked batches, after a download or unpacking if need be."""
    folder = cifar10_folder()
    if _unpacked(folder):
        return folder
    archive, own = folder / ARCHIVE, home() / "data"
    if os.environ.get("CONVSCOPE_CIFAR10") and not archive.is_file():
        raise ConvscopeError(
            f"CONVSCOPE_CIFAR10 names {folder}, but there is no whole {FOLDER} in it. "
            "Name the folder that holds it, or unset the variable to download CIFAR-10."
        )
    try:
        own.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=own, prefix=".download-") as name:
            if not archive.is_file():
                archive = Path(name) / ARCHIVE
                _download(archive, report)
            _unpack(archive, Path(name), own, report)
    except OSError as error:
        raise ConvscopeError(
            f"CIFAR-10 could not be stored in {own} ({error.strerror or error}). "
            "It needs 400 MB of free space in a folder that may be written."
        ) from error
    return own


def _download(target: Path, report: Report) -> None:
    try:
        with urllib.request.urlopen(URL, timeout=TIMEOUT) as answer:
            total = int(answer.headers.get("Content-Length") or 170_498_071)
            with target.open("wb") as file:
                while block := answer.read1(BLOCK):
                    file.write(block)
                    report("Downloading CIFAR-10", min(1.0, file.tell() / total))
    except NETWORK_ERRORS as error:
        raise ConvscopeError(
            f"CIFAR-10 could not be downloaded ({_reason(error)}). Train on 'shapes', which needs "
            f"no download, or put {ARCHIVE} or the folder {FOLDER} into "
            f"{home() / 'data'}, or name the folder that has it in CONVSCOPE_CIFAR10."
        ) from error


def _reason(error: Exception) -> str:
    reason = getattr(error, "reason", error)
    return getattr(reason, "strerror", None) or str(reason) or type(reason).__name__


def _unpack(archive: Path, workplace: Path, own: Path, report: Report) -> None:
    """Check the archive, unpack it aside and move the batches into `own` in one step."""
    report("Checking CIFAR-10", 0.0)
    if _md5(archive) != ARCHIVE_MD5:
        raise ConvscopeError(
            f"{archive.name} is not the published CIFAR-10 archive, perhaps because a download "
            "broke off. Nothing of it was used; delete it if you put it there, and try again."
        )
    report("Unpacking CIFAR-10", 0.5)
    with tarfile.open(archive) as tar:
        tar.extractall(workplace, filter="data")
    if not _unpacked(own):  # another process may have been quicker
        shutil.rmtree(own / FOLDER, ignore_errors=True)
        (workplace / FOLDER).rename(own / FOLDER)


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def _read(folder: Path, report: Report) -> Pictures:
    report("Reading CIFAR-10", 0.0)
    for name, md5 in CHECKSUMS.items():
        if _md5(folder / FOLDER / name) != md5:
            raise ConvscopeError(
                f"{name} in {folder / FOLDER} is damaged: its checksum is not the "
                f"published one. Delete {FOLDER} and get it again."
            )
    from torchvision.datasets import CIFAR10  # takes a second to import

    train, test = (CIFAR10(folder, train=train) for train in (True, False))
    return Pictures(
        tuple(train.classes), _split(train.data, train.targets), _split(test.data, test.targets)
    )


def _split(images: np.ndarray, labels: Sequence[int]) -> Split:
    return Split(torch.from_numpy(images).contiguous(), torch.tensor(labels))
