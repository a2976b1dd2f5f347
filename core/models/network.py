"""A trained network as evaluation, prediction and explanation see it."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.data.dataset import Normalisation
from core.data.pictures import Report, silent
from core.errors import ConvscopeError

VIEWS = 6  # of each image in test-time augmentation
BATCH_SIZES = {"cpu": 100}  # images; as fast as larger ones there, and heard of more often


@dataclass(frozen=True)
class Network:
    """A model in evaluation mode, on its device, with what is needed to feed and read it.

    `temperature` divides the logits before softmax, so that confidence matches accuracy (Guo et
    al. 2017); it is fitted on validation images and 1.0 when it was not fitted.
    """

    model: nn.Module
    classes: tuple[str, ...]
    normalisation: Normalisation
    temperature: float = 1.0

    @property
    def device(self) -> torch.device:
        return next(self.model.parameters()).device

    def input(self, images: Tensor) -> Tensor:
        """uint8 [N, 32, 32, 3] pictures to what the model takes.

        Returns float32 [N, 3, 32, 32], normalised, channels-last in memory, on the device.
        """
        mean = torch.tensor(self.normalisation.mean, device=self.device)
        std = torch.tensor(self.normalisation.std, device=self.device)
        scaled = images.to(self.device).float().div_(255)
        return ((scaled - mean) / std).permute(0, 3, 1, 2)

    @torch.inference_mode()
    def logits(
        self,
        images: Tensor,
        batch_size: int | None = None,
        tta: bool = False,
        report: Report = silent,
    ) -> Tensor:
        """Class scores before softmax: uint8 [N, 32, 32, 3] to float32 [N, classes], on the CPU.

        With `tta` (test-time augmentation), the mean over six views of each image, at six times the
        cost. `report` hears of every batch and may break off; without a `batch_size`, batches are
        as large as the device needs them.
        """
        batch_size = batch_size or BATCH_SIZES.get(self.device.type, 500)
        score = self._score_views if tta else self.model
        batches: list[Tensor] = []
        for batch in images.split(batch_size):
            report("Running the network", len(batches) * batch_size / max(1, len(images)))
            batches.append(score(self.input(batch)).float().cpu())
        return torch.cat(batches)

    def _score_views(self, images: Tensor) -> Tensor:
        """Logits of each image as it is (half the weight) and shifted by a pixel up and left, and
        down and right (a quarter each), always with its mirror image (Jordan 2024,
        arXiv:2404.00498, section 3.5)."""
        padded = F.pad(images, (1, 1, 1, 1), mode="reflect")
        views = ((0.5, images), (0.25, padded[..., :-2, :-2]), (0.25, padded[..., 2:, 2:]))
        scores = [weight * (self.model(x) + self.model(x.flip(3))) / 2 for weight, x in views]
        return torch.stack(scores).sum(0)

    def probabilities(self, logits: Tensor) -> Tensor:
        """Calibrated probabilities [N, classes] of `logits` [N, classes]. Raises ConvscopeError
        where the weights are so large that a score is no finite number."""
        if not logits.isfinite().all():
            raise ConvscopeError(
                "This network's scores are no finite numbers, so it says nothing of this picture; "
                "its weights are probably damaged."
            )
        return (logits / self.temperature).softmax(dim=1)
