"""What is computed of one picture, once: maps, what hiding their strongest part does, and trust."""

from dataclasses import dataclass

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from core.explanation import (
    Effect,
    Layer,
    Settings,
    effect_of,
    explain,
    layers_of,
    strongest_part,
)
from core.explanation.trust import Chance, Question, Trust, chance, measure
from core.models.network import Network


@dataclass(frozen=True)
class Asked:
    """One picture, uint8 [32, 32, 3], before one network, and what is asked of both.

    version: tells apart networks
    """

    network: Network
    version: str
    image: np.ndarray
    target: int
    against: int | None

    @property
    def question(self) -> Question:
        return Question(torch.from_numpy(self.image), self.target, self.against)

    @property
    def name(self) -> str:
        """What is explained, in words that are not escaped."""
        classes = self.network.classes
        if self.against is None:
            return classes[self.target]
        return f"{classes[self.target]} rather than {classes[self.against]}"


@dataclass(frozen=True)
class Found:
    """attribution: [32, 32]; part: its strongest, bool [32, 32], and what hiding it does; None
    where nothing spoke for the class"""

    attribution: Tensor
    part: Tensor | None
    effect: Effect | None


def identity(asked: Asked, method: str, settings: Settings) -> int:
    """Tells one measurement from all others of a session."""
    return hash((_told_apart(asked), method, tuple(sorted(settings.items()))))


def _told_apart(asked: Asked) -> tuple[str, bytes, int, int | None]:
    return asked.version, asked.image.tobytes(), asked.target, asked.against


@st.cache_data(
    max_entries=500, show_spinner="Asking where it looked …", hash_funcs={Asked: _told_apart}
)
def found(asked: Asked, method: str, settings: Settings) -> Found:
    question = asked.question
    attribution = explain(
        asked.network,
        question.image.unsqueeze(0),
        torch.tensor([question.target]),
        method,
        settings=settings,
        against=question.against,
    )[0]
    part = strongest_part(attribution)
    if part is None:
        return Found(attribution, None, None)
    effect = effect_of(asked.network, question.image, part, question.target, question.against)
    return Found(attribution, part, effect)


@st.cache_data(max_entries=50, show_spinner=False)
def layers(_network: Network, version: str) -> list[Layer]:
    """Those that can be read; `version` tells networks apart."""
    del version  # part of the cache's key
    return layers_of(_network.model)


@st.cache_data(max_entries=50, show_spinner=False, hash_funcs={Asked: _told_apart})
def chance_of(asked: Asked) -> Chance:
    return chance(asked.network, asked.question)


@st.cache_data(max_entries=200, show_spinner=False, hash_funcs={Asked: _told_apart})
def trust_of(asked: Asked, method: str, settings: Settings) -> Trust:
    attribution = found(asked, method, settings).attribution
    return measure(asked.network, asked.question, attribution, method, chance_of(asked), settings)
