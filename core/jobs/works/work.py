"""What every long computation for a page has."""

from abc import ABC, abstractmethod
from typing import ClassVar

import torch
from pydantic import BaseModel

from core.data.pictures import Report


class Work(BaseModel, ABC):
    """A long computation: its fields say what is to be made, and its result is kept where the page
    looks for it.

    Each kind has a field of that name, which tells it from the others in the store.

    doing: what people read while it is under way
    """

    doing: ClassVar[str]

    @property
    @abstractmethod
    def key(self) -> str:
        """Names the result by all that it is made from."""

    @abstractmethod
    def make(self, device: torch.device, report: Report) -> None:
        """Compute and keep it. Raises ConvscopeError with what people are to read, and lets through
        the BreakOffError that `report` raises where it is to end."""
