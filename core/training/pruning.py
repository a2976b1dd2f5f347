"""Dynamic data pruning, the field `filtering` of a recipe: which images an epoch can do without."""

import torch
from torch import Tensor


class DataPruner:
    """Remembers every image's last loss and picks a share of the images for each epoch.

    The easier half of the images gives up enough of its own, by lot, in every epoch (after Qin et
    al. 2023, InfoBatch, arXiv:2303.04947, without its weights). An image that was never seen
    counts as hard. What an epoch picks depends on the losses known when it began.
    """

    def __init__(self, images: int, share: float, device: torch.device) -> None:
        self._kept = picked_images(images, share)
        self.latest = torch.full((images,), torch.inf, device=device)
        self.known = self.latest.clone()

    def record(self, indices: Tensor, losses: Tensor) -> None:
        """Remember the losses [B] of the images at `indices` [B]."""
        self.latest[indices] = losses

    def begin_epoch(self) -> None:
        """From now on, pick by the losses recorded so far."""
        self.known.copy_(self.latest)

    def pick(self, shuffled: Tensor) -> Tensor:
        """The images of an epoch, int64 [share * N], in the order of `shuffled`: all N by lot."""
        easier = self.known[shuffled].argsort(stable=True)[: len(shuffled) // 2]
        # Places in a random order are random: the first of the easier half are those by lot.
        left_out = easier.sort().values[: len(shuffled) - self._kept]
        is_left_out = torch.zeros_like(shuffled, dtype=torch.bool).index_fill_(0, left_out, True)
        # Unlike a mask, places of a known number let nobody wait for the device.
        return shuffled[is_left_out.argsort(stable=True)[: self._kept]]


def picked_images(images: int, share: float) -> int:
    """How many images an epoch sees."""
    return round(images * share)
