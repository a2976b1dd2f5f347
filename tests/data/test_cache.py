import os
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from core.data.cache import cached
from core.data.dataset import Split
from core.data.pictures import Pictures

pytestmark = pytest.mark.usefixtures("home")


def pictures(grey: int = 7, count: int = 4) -> Pictures:
    train, test = (
        Split(torch.full((count, 32, 32, 3), grey, dtype=torch.uint8), torch.arange(count) % 2)
        for _ in range(2)
    )
    return Pictures(("cat", "dog"), train, test, skipped=("x.png is empty.",))


class Source:
    """Counts how often it was asked for its pictures."""

    def __init__(self, grey: int = 7) -> None:
        self.asked, self.grey = 0, grey

    def __call__(self) -> Pictures:
        self.asked += 1
        return pictures(self.grey)


def test_the_second_load_comes_from_disk_and_is_the_same():
    source = Source()
    first, fingerprint = cached("key", source)
    second, same = cached("key", source)
    assert source.asked == 1
    assert fingerprint == same == first.fingerprint()
    assert (second.classes, second.skipped) == (("cat", "dog"), ("x.png is empty.",))
    assert torch.equal(second.train.images, first.train.images)
    assert second.test.labels.tolist() == [0, 1, 0, 1]


def test_another_key_is_another_content():
    cached("key", Source(grey=1))
    found, _ = cached("other key", Source(grey=2))
    assert found.train.images.unique().tolist() == [2]


def test_pictures_among_very_many_files_left_out_come_from_disk_too() -> None:
    skipped = tuple(f"{number:090}.png is empty." for number in range(100_000))
    made = replace(pictures(), skipped=skipped)
    cached("key", lambda: made)
    found, _ = cached("key", lambda: pytest.fail("they are on disk"))
    assert found.skipped == skipped


@pytest.mark.parametrize("damage", ["one bit", "cut off", "empty", "not ours"])
def test_a_damaged_file_is_built_again(home: Path, damage: str):
    source = Source()
    cached("key", source)
    (file,) = (home / "cache").iterdir()
    content = bytearray(file.read_bytes())
    content[-5] ^= 1
    harm = {"one bit": content, "cut off": content[:-900], "empty": b"", "not ours": b"x" * 99}
    file.write_bytes(harm[damage])
    rebuilt, _ = cached("key", source)
    assert source.asked == 2
    assert rebuilt.fingerprint() == pictures().fingerprint()
    cached("key", source)
    assert source.asked == 2, "the damaged file was not replaced"


def test_the_longest_unused_go_first(home: Path):
    sources = {key: Source() for key in "abc"}
    for age, key in enumerate("ab"):
        before = set((home / "cache").glob("*"))
        cached(key, sources[key])
        (file,) = set((home / "cache").glob("*")) - before
        os.utime(file, (1000 + age, 1000 + age))
    cached("a", sources["a"])  # used again, so b is now the older one
    size = max(file.stat().st_size for file in (home / "cache").iterdir())
    cached("c", sources["c"], limit_bytes=2 * size)
    assert len(list((home / "cache").iterdir())) == 2
    for key in "acb":
        cached(key, sources[key])
    assert {key: source.asked for key, source in sources.items()} == {"a": 1, "b": 2, "c": 1}


def test_a_cache_that_cannot_be_written_costs_only_time(home: Path):
    home.write_text("a file where the folder should be")
    found, _ = cached("key", Source(grey=3))
    assert found.train.images.unique().tolist() == [3]


def test_a_file_that_vanishes_while_the_cache_is_trimmed_is_no_matter(home: Path):
    """Such as a temporary one of another process."""
    (home / "cache").mkdir(parents=True)
    (home / "cache" / "vanished").symlink_to(home / "nowhere")
    sources = Source(), Source()
    for source in sources:
        cached("key", source)
    assert [source.asked for source in sources] == [1, 0]


def test_what_cannot_be_trimmed_costs_no_pictures(home: Path):
    (home / "cache" / "somebody's folder").mkdir(parents=True)
    found, _ = cached("key", Source(grey=3), limit_bytes=0)
    assert found.train.images.unique().tolist() == [3]
