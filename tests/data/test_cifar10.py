import gzip
import hashlib
import io
import pickle
import tarfile
from pathlib import Path

import pytest
import torch
from torchvision.datasets import CIFAR10

from core.data import cifar10, cifar10_available, load_dataset
from core.errors import ConvscopeError
from core.recipe import Data

pytestmark = pytest.mark.usefixtures("home")

OPTIONS = Data(source="cifar10")
BATCHES = [*cifar10.CHECKSUMS][:-1]  # and what they are of


class Explosive:
    """Leaves a trace when it is unpickled."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self):
        return Path.touch, (self.trace,)


def batch_files() -> dict[str, bytes]:
    """A small CIFAR-10 in the published format: ten images a batch, batch n all of grey n."""
    files = {
        name: pickle.dumps(
            {"data": torch.full((10, 3072), n).byte().numpy(), "labels": [*range(10)]}
        )
        for n, name in enumerate(BATCHES)
    }
    return files | {
        "batches.meta": pickle.dumps({"label_names": [f"class {n}" for n in range(10)]})
    }


def archive_of(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=made, mode="wb", mtime=0) as packed,  # the same bytes at any time
        tarfile.open(fileobj=packed, mode="w") as tar,
    ):
        for name, content in files.items():
            entry = tarfile.TarInfo(f"cifar-10-batches-py/{name}")
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return made.getvalue()


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """Has the small CIFAR-10 taken for the published one, at an address of this disk."""
    files = batch_files()
    content = archive_of(files)
    address = tmp_path / "site" / cifar10.ARCHIVE
    address.parent.mkdir()
    address.write_bytes(content)
    monkeypatch.setattr(cifar10, "URL", address.as_uri())
    monkeypatch.setattr(cifar10, "ARCHIVE_MD5", md5(content))
    for name in files:
        monkeypatch.setitem(cifar10.CHECKSUMS, name, md5(files[name]))
    for listed in ("train_list", "test_list"):
        sums = [[name, md5(files[name])] for name, _ in getattr(CIFAR10, listed)]
        monkeypatch.setattr(CIFAR10, listed, sums)
    monkeypatch.setitem(CIFAR10.meta, "md5", md5(files["batches.meta"]))
    return files


def test_what_is_published_is_as_torchvision_knows_it() -> None:
    batches = dict(CIFAR10.train_list + CIFAR10.test_list)
    assert {CIFAR10.meta["filename"]: CIFAR10.meta["md5"], **batches} == cifar10.CHECKSUMS
    assert (CIFAR10.url, CIFAR10.base_folder) == (cifar10.URL, cifar10.FOLDER)
    assert (CIFAR10.filename, CIFAR10.tgz_md5) == (cifar10.ARCHIVE, cifar10.ARCHIVE_MD5)


def put(folder: Path, files: dict[str, bytes]) -> Path:
    batches = folder / "cifar-10-batches-py"
    batches.mkdir(parents=True)
    for name, content in files.items():
        (batches / name).write_bytes(content)
    return folder


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.usefixtures("no_network")
def test_the_real_one(cifar10: Path | None, monkeypatch: pytest.MonkeyPatch):
    if cifar10 is None:
        print("CONVSCOPE_CIFAR10 is not set: testing only what is said without CIFAR-10.")
        with pytest.raises(ConvscopeError, match="Train on 'shapes'"):
            load_dataset(OPTIONS)
        return
    monkeypatch.setenv("CONVSCOPE_CIFAR10", str(cifar10))
    data = load_dataset(OPTIONS)
    assert (len(data.train), len(data.validation), len(data.test)) == (45_000, 5_000, 10_000)
    assert data.validation.labels.bincount().tolist() == [500] * 10
    assert data.test.labels.bincount().tolist() == [1000] * 10
    assert data.classes[3] == "cat"
    assert data.test.labels[:4].tolist() == [3, 8, 8, 0]  # a cat, two ships, an aeroplane
    assert data.normalisation.mean == (0.4914, 0.4822, 0.4465)
    assert data.normalisation.std == (0.2470, 0.2435, 0.2616)


@pytest.mark.usefixtures("no_network")
def test_without_files_or_network_the_way_on_is_said(home: Path):
    assert not cifar10_available()
    with pytest.raises(ConvscopeError, match="Train on 'shapes'") as caught:
        load_dataset(OPTIONS)
    assert str(home / "data") in str(caught.value)
    assert "CONVSCOPE_CIFAR10" in str(caught.value)
    assert names(home / "data") == [], "a failed download left something behind"


@pytest.mark.usefixtures("published")
def test_a_download_is_reported_and_kept(home: Path):
    told: list[tuple[str, float]] = []
    data = load_dataset(OPTIONS, lambda *words: told.append(words))
    assert [int(n) for n in data.train.images[:, 0, 0, 0].unique()] == [0, 1, 2, 3, 4]
    assert data.test.images.unique().tolist() == [5]
    assert data.classes[9] == "class 9"
    assert ("Downloading CIFAR-10", 1.0) in told
    assert names(home / "data") == ["cifar-10-batches-py"]
    assert cifar10_available()


@pytest.mark.usefixtures("published")
def test_a_broken_download_is_not_kept(home: Path, tmp_path: Path):
    site = tmp_path / "site" / cifar10.ARCHIVE
    site.write_bytes(site.read_bytes()[:-100])
    with pytest.raises(ConvscopeError, match="not the published CIFAR-10 archive"):
        load_dataset(OPTIONS)
    assert names(home / "data") == []
    assert not cifar10_available()


@pytest.mark.usefixtures("no_network")
def test_an_archive_put_there_by_hand_is_used(
    home: Path, published: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(cifar10, "URL", "http://cifar.invalid/nothing")
    (home / "data").mkdir(parents=True)
    (home / "data" / cifar10.ARCHIVE).write_bytes(archive_of(published))
    assert cifar10_available()
    assert len(load_dataset(OPTIONS).test) == 10


def test_a_half_unpacked_folder_is_replaced(home: Path, published: dict[str, bytes]):
    put(home / "data", {"data_batch_1": published["data_batch_1"][:50]})
    assert not cifar10_available()
    assert len(load_dataset(OPTIONS).test) == 10


def test_a_damaged_batch_is_refused_before_it_is_unpickled(
    published: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    trace = tmp_path / "unpickled"
    files = published | {"data_batch_3": pickle.dumps(Explosive(trace))}
    monkeypatch.setenv("CONVSCOPE_CIFAR10", str(put(tmp_path / "mine", files)))
    with pytest.raises(ConvscopeError, match=r"data_batch_3 in .* is damaged"):
        load_dataset(OPTIONS)
    assert not trace.exists()


def test_one_flipped_bit_is_noticed(
    published: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    flipped = bytearray(published["test_batch"])
    flipped[500] ^= 1
    folder = put(tmp_path / "mine", published | {"test_batch": bytes(flipped)})
    monkeypatch.setenv("CONVSCOPE_CIFAR10", str(folder))
    with pytest.raises(ConvscopeError, match=r"test_batch in .* is damaged"):
        load_dataset(OPTIONS)


@pytest.mark.usefixtures("published")
def test_a_named_folder_is_never_downloaded_into(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "mine").mkdir()
    monkeypatch.setenv("CONVSCOPE_CIFAR10", str(tmp_path / "mine"))
    with pytest.raises(ConvscopeError, match="CONVSCOPE_CIFAR10 names"):
        load_dataset(OPTIONS)
    assert names(tmp_path / "mine") == []


@pytest.mark.usefixtures("published")
def test_a_variable_that_is_set_to_nothing_is_not_set(home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CONVSCOPE_CIFAR10", "")
    assert len(load_dataset(OPTIONS).test) == 10
    assert names(home / "data") == ["cifar-10-batches-py"]
