"""A file is the old one or the new one, whole, whatever happens while it is written."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from shutil import rmtree

import pytest

from core.errors import ConvscopeError, StorageError
from core.files import PROJECT, atomic_path, home, write_atomically, write_with
from tests.namespaces import mount_disk
from tests.processes import Forked


def test_replaces_whole_and_leaves_nothing_beside(tmp_path: Path) -> None:
    target = tmp_path / "new folder" / "file"
    write_atomically(target, b"first")
    write_atomically(target, b"second")
    assert target.read_bytes() == b"second"
    assert list(target.parent.iterdir()) == [target]


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o002, 0o664), (0o077, 0o600)])
def test_who_may_read_it_is_what_the_umask_says(umask: int, mode: int, tmp_path: Path) -> None:
    before = os.umask(umask)
    try:
        write_atomically(tmp_path / "file", b"x")
        write_atomically(tmp_path / "file", b"y")
    finally:
        os.umask(before)
    assert (tmp_path / "file").stat().st_mode & 0o777 == mode


def test_a_failure_while_writing_keeps_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "file"
    write_atomically(target, b"old")

    def half() -> None:
        with atomic_path(target) as temporary:
            temporary.write_bytes(b"ha")
            raise KeyError

    with pytest.raises(KeyError):
        half()
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_killed_writer_keeps_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "file"
    write_atomically(target, b"old")
    script = (
        "import os, signal, sys; from pathlib import Path; from core.files import atomic_path\n"
        "with atomic_path(Path(sys.argv[1])) as temporary:\n"
        "    temporary.write_bytes(b'ha'); os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", script, str(target)], cwd=PROJECT, env=os.environ)
    assert done.returncode == -signal.SIGKILL
    assert target.read_bytes() == b"old"


def overfill(disk: Path) -> None:
    mount_disk(disk, "size=64k")
    target = disk / "file"
    write_atomically(target, b"old")
    try:
        write_atomically(target, bytes(100_000))
    except StorageError as error:
        print(error)
    print(target.read_bytes(), [path.name for path in disk.iterdir()])


@pytest.mark.usefixtures("namespaces")
def test_a_full_disk_is_a_sentence_and_leaves_the_old_file_whole(tmp_path: Path) -> None:
    process = Forked(tmp_path, tmp_path / "said", overfill, tmp_path / "disk")
    assert process.wait(60) and process.code == 0, process.said
    sentence, left = process.said.splitlines()
    assert sentence.startswith("The disk is full, so file could not be saved")
    assert left == "b'old' ['file']"


def test_a_folder_that_is_a_file_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConvscopeError, match=r"could not be saved in .* Check that the folder"):
        write_atomically(tmp_path / "file" / "inside", b"x")


@pytest.mark.parametrize("name", [".", "/", "folder", "folder/..", "pipe"])
def test_what_is_no_file_is_not_replaced_by_one(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ConvscopeError, match="is a folder or a device; name a file"):
        write_atomically(tmp_path / name, b"new")
    assert (tmp_path / "pipe").is_fifo()


def test_what_a_link_leads_to_is_written(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "elsewhere" / "file")
    write_atomically(link, b"new")
    assert link.is_symlink() and (tmp_path / "elsewhere" / "file").read_bytes() == b"new"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (os.fsdecode(b"runs-\xff"), "names runs-\\?, which is no path in UTF-8"),
        ("~nobody-of-this-name/runs", "Nobody's home is known as ~nobody-of-this-name"),
    ],
)
def test_a_home_that_cannot_be_one_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, sentence: str
) -> None:
    monkeypatch.setenv("CONVSCOPE_HOME", name)
    with pytest.raises(ConvscopeError, match=sentence):
        home()


def test_home_is_where_the_environment_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CONVSCOPE_HOME", str(tmp_path))
    assert home() == tmp_path
    monkeypatch.setenv("CONVSCOPE_HOME", "~/runs")
    assert home() == Path.home() / "runs"
    monkeypatch.delenv("CONVSCOPE_HOME")
    assert home() == PROJECT / ".convscope"


@pytest.mark.parametrize("folder_stays", [True, False])
def test_what_goes_with_a_deleted_file_brings_nothing_back(
    tmp_path: Path, folder_stays: bool
) -> None:
    network = tmp_path / "run" / "best.safetensors"
    write_atomically(network, b"weights")
    write_with(network, network.with_name("best.map"), b"map")
    assert network.with_name("best.map").read_bytes() == b"map"
    rmtree(network.parent)
    if folder_stays:
        network.parent.mkdir()
    with pytest.raises(ConvscopeError):
        write_with(network, network.with_name("best.map"), b"map")
    assert not list(tmp_path.rglob("*.map*"))
    assert network.parent.exists() == folder_stays
