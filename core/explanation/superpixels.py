"""Hiding one superpixel after another: LIME's pieces (Ribeiro et al. 2016, arXiv:1602.04938,
section 3.4), each hidden by itself."""

import torch
from torch import Tensor, nn

from core.explanation.method import Method, Parameter

PIECES = Parameter(
    "pieces", "Pieces", "Superpixels that the picture is cut into, along a side.", 6, 2, 10, 1
)
ROUNDS = 10  # of k-means
COLOUR_WEIGHT = 1.5  # of a step of one standard deviation in colour, in sides of a piece


def superpixel_ablation(
    model: nn.Module,
    inputs: Tensor,
    targets: Tensor,
    batch_size: int,
    pieces: int = int(PIECES.default),
) -> Tensor:
    """How far the target logit falls when the superpixel of a pixel is covered with the mean colour
    of the training images, [N, 32, 32], signed."""
    masks = superpixels(inputs, pieces)
    numbers = torch.arange(pieces**2, device=inputs.device)
    with torch.no_grad():
        before = model(inputs).gather(1, targets[:, None])
        falls = [
            before - _scores_without(model, inputs, masks, part, targets)
            for part in numbers.split(max(1, batch_size // len(inputs)))
        ]
    return torch.cat(falls, dim=1).gather(1, masks.flatten(1)).view_as(masks)


def _scores_without(
    model: nn.Module, inputs: Tensor, masks: Tensor, pieces: Tensor, targets: Tensor
) -> Tensor:
    """The target logits [N, pieces] of images with each of these pieces covered."""
    left = masks[:, None, None] != pieces[:, None, None, None]
    covered = (inputs[:, None] * left).flatten(0, 1)
    of = targets.repeat_interleave(len(pieces))[:, None]
    return model(covered).gather(1, of).view(len(inputs), len(pieces))


def superpixels(inputs: Tensor, along: int) -> Tensor:
    """Pieces of like colour that lie together: [N, 3, H, W] to int64 [N, H, W], from 0 to
    along² - 1. K-means over colour and place from a grid of centres (Achanta et al. 2012, IEEE
    Transactions on Pattern Analysis and Machine Intelligence 34: SLIC)."""
    count, _, height, width = inputs.shape
    rows, columns = torch.meshgrid(
        torch.linspace(0, along, height), torch.linspace(0, along, width), indexing="ij"
    )
    place = torch.stack((rows, columns)).to(inputs).expand(count, -1, -1, -1)
    points = torch.cat((COLOUR_WEIGHT * inputs, place), dim=1).flatten(2).transpose(1, 2)
    first = [((2 * n + 1) * height // (2 * along)) for n in range(along)]
    grid = torch.tensor([y * width + x for y in first for x in first], device=inputs.device)
    centres = points[:, grid]
    for _ in range(ROUNDS):
        nearest = torch.cdist(points, centres).argmin(dim=2)
        members = torch.zeros_like(points).scatter_add(
            1, nearest.unsqueeze(2).expand_as(points), points
        )[:, : along**2]
        sizes = torch.zeros_like(members[..., :1]).scatter_add(
            1, nearest.unsqueeze(2), torch.ones_like(points[..., :1])
        )
        centres = torch.where(sizes > 0, members / sizes.clamp(min=1), centres)
    return torch.cdist(points, centres).argmin(dim=2).view(count, height, width)


SUPERPIXELS = Method(
    title="Superpixels",
    meaning=(
        "The picture is cut into pieces of like colour, and each is covered in turn with the mean "
        "colour of the training images. Positive pieces lower the score of the class when they are "
        "hidden, negative ones raise it; what two pieces only show together is missed."
    ),
    citation="Ribeiro et al. 2016, arXiv:1602.04938; Achanta et al. 2012 (SLIC)",
    signed=True,
    attribute=superpixel_ablation,
    parameters=(PIECES,),
)
