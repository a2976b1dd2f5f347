"""The part of a recipe that describes it, for people, and changes nothing of what is trained."""

from typing import Annotated

from pydantic import Field, StringConstraints

from core.recipe.parts import Part, number


class Published(Part):
    accuracy: float = number(0.0, 0.0, 1.0)
    """Top-1 accuracy on the CIFAR-10 test images that the authors give; 0 is none."""
    source: str = Field(default="", max_length=500)
    """Whose network and figure this is, and what else they say of it."""


class Description(Part):
    name: Annotated[str, StringConstraints(strip_whitespace=True)] = Field(
        default="Untitled", min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]+$"
    )
    """What people call it; only display text."""
    about: str = Field(default="", max_length=1000)
    """What it is for, and what it reached."""
    published: Published = Published()
