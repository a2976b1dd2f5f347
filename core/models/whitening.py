"""A fixed first layer that whitens small patches of the pictures."""

import torch
from torch import Tensor, nn

MOST_DIRECTIONS = 16  # of a patch's; twice as many channels, a number that kernels are fast at
NOISE = 5e-4  # added to the variances, so that directions that are nothing but noise stay small


class Whitening(nn.Conv2d):
    """Maps normalised pictures [N, 3, 32, 32] to uncorrelated channels of variance 1.

    Without padding: 2x2 patches give 24 channels of 31x31 places, 3x3 patches 32 of 30x30. The
    weights are the patches' leading principal directions over their standard deviations, each with
    both signs, and never learn; the bias does (Jordan 2024, arXiv:2404.00498, section 3.2). They
    are random until `fit` saw pictures.
    """

    def __init__(self, side: int) -> None:
        self.directions = min(MOST_DIRECTIONS, 3 * side**2)
        super().__init__(3, 2 * self.directions, side)
        self.weight.requires_grad_(False)
        nn.init.zeros_(self.get_parameter("bias"))

    @torch.no_grad()
    def fit(self, images: Tensor) -> None:
        """Set the weights from float32 [N, 3, 32, 32]."""
        side = self.kernel_size[0]
        patches = images.unfold(2, side, 1).unfold(3, side, 1)
        patches = patches.permute(0, 2, 3, 1, 4, 5).reshape(-1, 3 * side**2)
        centred = patches - patches.mean(0)
        covariance = (centred.T @ centred / len(centred)).cpu()  # Apple's GPU has no float64
        variances, directions = torch.linalg.eigh(covariance.double())
        scaled = (directions / (variances + NOISE).sqrt()).T.flip(0)[: self.directions]
        filters = scaled.float().reshape(-1, 3, side, side)
        self.weight.copy_(torch.cat((filters, -filters)))


def fit_whitening(model: nn.Module, images: Tensor) -> None:
    """Fit the model's whitening layer, if it has one, to normalised [N, 3, 32, 32] images."""
    for module in model.modules():
        if isinstance(module, Whitening):
            module.fit(images)
