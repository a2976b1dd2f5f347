"""Photographs in folders: which are looked at, and a word about those that are not."""

from collections.abc import Collection, Mapping
from pathlib import Path

from core.decoding import SUFFIXES
from core.files import is_file
from core.wording import shown


def pictures_in(folder: Path) -> list[Path]:
    """The files there that are pictures by their names, sorted."""
    return sorted(
        file for file in folder.glob("*") if file.suffix.lower() in SUFFIXES and is_file(file)
    )


def astray(folder: Path, looked_at: Collection[Path]) -> dict[str, int]:
    """How many pictures lie in or under a folder but in none of those that are looked at, by the
    place that they lie in."""
    places = {file.parent for file in folder.rglob("*") if file.suffix.lower() in SUFFIXES}
    counts = {place: len(pictures_in(place)) for place in sorted(places - set(looked_at))}
    return {
        place.relative_to(folder.parent).as_posix(): count
        for place, count in counts.items()
        if count
    }


def left_out(counts: Mapping[str, int], why: str) -> tuple[str, ...]:
    """'Left out, as …: 3 in photos/known/giraffe, 1 in photos.', or nothing where none is."""
    told = [f"{count:,} in {shown(place)}" for place, count in counts.items()]
    return (f"Left out, as {why}: {', '.join(told)}.",) if told else ()
