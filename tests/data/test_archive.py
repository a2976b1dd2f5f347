import gzip
import io
import os
import shutil
import stat
import tarfile
import zipfile
from pathlib import Path

import pytest
import torch

from core.data import Dataset, load_dataset
from core.data.archive import READ_ERRORS, members
from core.errors import ConvscopeError
from core.recipe import Data
from tests.decoding.made import png
from tests.memory import megabytes_taken

pytestmark = pytest.mark.usefixtures("home")


def load(path: Path) -> Dataset:
    return load_dataset(Data(source="folder", path=str(path)))


def tar_of(path: Path, *entries: tarfile.TarInfo) -> Path:
    with tarfile.open(path, "w:gz") as file:
        for entry in entries:
            file.addfile(entry, io.BytesIO(bytes(entry.size)))
    return path


def entry(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.linkname = kind, target
    return made


@pytest.mark.parametrize("kind", ["zip", "tar", "gztar", "bztar", "xztar"])
@pytest.mark.parametrize("wrapped", [False, True])
def test_an_archive_gives_what_its_folder_gives(classes: Path, kind: str, wrapped: bool):
    root, base = (classes.parent, classes.name) if wrapped else (classes, None)
    made = shutil.make_archive(str(classes.parent / "packed"), kind, root, base)
    from_archive, from_folder = load(Path(made)), load(classes)
    assert from_archive.classes == from_folder.classes
    assert torch.equal(from_archive.test.images, from_folder.test.images)
    assert from_archive.fingerprint == from_folder.fingerprint


@pytest.mark.parametrize(
    "name", ["../out.png", "cat/../../out.png", "/etc/out.png", "C:\\out.png", "a\\..\\..\\b.png"]
)
@pytest.mark.parametrize("suffix", [".zip", ".tar.gz"])
def test_members_that_lead_outside_are_refused(tmp_path: Path, name: str, suffix: str):
    path = tmp_path / f"bad{suffix}"
    if suffix == ".zip":
        with zipfile.ZipFile(path, "w") as file:
            file.writestr(name, b"")
    else:
        tar_of(path, entry(name))
    with pytest.raises(ConvscopeError, match="would land outside"):
        load(path)


@pytest.mark.parametrize(
    "bad",
    [
        entry("cat/link.png", tarfile.SYMTYPE, "/etc/passwd"),
        entry("cat/hard.png", tarfile.LNKTYPE, "cat/1.png"),
        entry("cat/device", tarfile.CHRTYPE),
        entry("cat/pipe", tarfile.FIFOTYPE),
    ],
    ids=["symbolic link", "hard link", "device", "pipe"],
)
def test_links_and_devices_are_refused(tmp_path: Path, bad: tarfile.TarInfo):
    with pytest.raises(ConvscopeError, match="is a link or a device"):
        load(tar_of(tmp_path / "bad.tar.gz", bad))


def test_a_link_in_a_zip_is_refused(tmp_path: Path):
    link = zipfile.ZipInfo("cat/link.png")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as file:
        file.writestr(link, "/etc/passwd")
    with pytest.raises(ConvscopeError, match="is a link or a device"):
        load(tmp_path / "bad.zip")


@pytest.mark.parametrize("kind", ["zip", "tar", "gztar", "xztar"])
def test_an_archive_cut_in_half_gets_a_sentence(classes: Path, kind: str):
    made = Path(shutil.make_archive(str(classes.parent / "packed"), kind, classes))
    made.write_bytes(made.read_bytes()[: made.stat().st_size // 2])
    with pytest.raises(ConvscopeError, match="damaged or cut off"):
        load(made)


@pytest.mark.parametrize("content", [b"", b"no archive at all"])
def test_a_file_that_is_no_archive_gets_a_sentence(tmp_path: Path, content: bytes):
    (tmp_path / "pets.zip").write_bytes(content)
    with pytest.raises(ConvscopeError, match=r"cannot be read as a \.zip or \.tar"):
        load(tmp_path / "pets.zip")


def test_one_damaged_member_is_listed_and_the_rest_is_read(classes: Path):
    made = Path(shutil.make_archive(str(classes.parent / "packed"), "zip", classes))
    with zipfile.ZipFile(made) as file:
        start = file.getinfo("cat/3.png").header_offset
    content = bytearray(made.read_bytes())
    content[start + 30 + len("cat/3.png") + 12] ^= 0xFF
    made.write_bytes(content)
    data = load(made)
    assert data.skipped == ("cat/3.png is damaged or may not be read.",)
    assert data.test.labels.bincount().tolist() == [2, 1]


def test_a_member_that_unpacks_to_too_much_is_not_read(classes: Path):
    made = Path(shutil.make_archive(str(classes.parent / "packed"), "zip", classes))
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as file:
        file.writestr("cat/huge.png", bytes(65 * 2**20))
    assert load(made).skipped == ("cat/huge.png is larger than 64 MiB.",)


def test_an_archive_that_claims_to_be_endless_is_refused(tmp_path: Path):
    claim = tarfile.TarInfo("cat/endless.png")
    claim.size = 2**40
    (tmp_path / "bomb.tar").write_bytes(claim.tobuf())
    with pytest.raises(ConvscopeError, match="unpacks to more than"):
        list(members(tmp_path / "bomb.tar"))


@pytest.mark.parametrize("compression", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_member_is_not_read_beyond_what_a_file_may_have(tmp_path: Path, compression: int):
    """Whatever size it claims in the archive's directory."""
    path = tmp_path / "own.zip"
    with zipfile.ZipFile(path, "w", compression, compresslevel=1) as file:
        file.writestr("cat/huge.png", bytes(65 * 2**20))
    with zipfile.ZipFile(path) as file:
        position = file.start_dir + 24
    content = bytearray(path.read_bytes())
    content[position : position + 4] = (2000).to_bytes(4, "little")
    path.write_bytes(content)
    inside = members(path)
    member = next(inside)
    assert member.size == 2000
    with pytest.raises(READ_ERRORS):
        member.read()


def test_a_tar_that_tells_of_a_member_for_ever_is_refused(tmp_path: Path):
    """Names and properties may be of any length, and pack well."""
    told = entry("././@PaxHeader", tarfile.XHDTYPE)
    told.size = 300 * 2**20
    with gzip.open(tmp_path / "own.tar.gz", "wb", compresslevel=1) as file:
        file.write(told.tobuf())
        for _ in range(300):
            file.write(bytes(2**20))
    assert megabytes_taken(list_members, tmp_path / "own.tar.gz") < 30


def list_members(path: Path) -> None:
    with pytest.raises(ConvscopeError, match="damaged or cut off"):
        list(members(path))


@pytest.mark.slow
def test_an_archive_of_large_members_is_read_a_few_at_a_time(home: Path, tmp_path: Path):
    """Of files, 128 MiB at most are in hand, and of pixels, 256."""
    with zipfile.ZipFile(tmp_path / "own.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        for number in range(10):
            file.writestr(f"cat/{number}.png", bytes(60 * 10**6))
        for number in range(6):
            file.writestr(f"dog/{number}.png", png(5000, 5000, "RGBA"))
        for number in range(3):
            file.writestr(f"cow/{number}.png", png(10, 10, "RGB"))
    assert megabytes_taken(load_large, home, tmp_path / "own.zip") < 450


def load_large(home: Path, path: Path) -> None:
    os.environ["CONVSCOPE_HOME"] = str(home)
    data = load(path)
    assert data.classes == ("cow", "dog")
    assert len(data.skipped) == 10
