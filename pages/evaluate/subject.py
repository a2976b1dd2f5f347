"""What the views of Evaluate are about."""

from dataclasses import dataclass

from core.data import SplitName
from core.evaluation.logits import SplitLogits
from core.runs.checkpoint import Card
from core.runs.networks import TrainedNetwork


@dataclass(frozen=True)
class Subject:
    """A network, and what it says of a split; tta: of several views of each image."""

    network: TrainedNetwork
    card: Card
    split: SplitName
    tta: bool
    evaluated: SplitLogits

    @property
    def key(self) -> tuple[str, float, SplitName, bool]:
        """Names what is evaluated, for what is reckoned from it once."""
        return str(self.network.path), self.network.path.stat().st_mtime, self.split, self.tta
