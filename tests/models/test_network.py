"""What a network says of pictures, with test-time augmentation or without."""

import torch
from torch import Tensor, nn

from core.data.dataset import Normalisation
from core.models.network import Network


class Corner(nn.Module):
    """Scores a picture by its upper left pixel's red and green."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(()))

    def forward(self, images: Tensor) -> Tensor:
        return images[:, :2, 0, 0] * self.scale


def network() -> Network:
    return Network(
        Corner(), ("red", "green"), Normalisation((0, 0, 0), (1 / 255, 1 / 255, 1 / 255))
    )


def test_one_view_is_the_picture_itself() -> None:
    pictures = torch.zeros(3, 32, 32, 3, dtype=torch.uint8)
    pictures[1, 0, 0, 0] = 100
    expected = torch.tensor([[0.0, 0.0], [100.0, 0.0], [0.0, 0.0]])
    torch.testing.assert_close(network().logits(pictures, batch_size=2), expected)


def test_tta_views_are_the_picture_two_shifts_and_their_mirror_images() -> None:
    pictures = torch.zeros(1, 32, 32, 3, dtype=torch.uint8)
    red = pictures[0, :, :, 0]
    red[0, 0], red[0, 31] = 80, 40  # as it is, and mirrored
    red[1, 1], red[1, 30] = 16, 24  # reflected into the corner when shifted down and right
    # Shifted the other way, the corner shows row 1, column 1, and mirrored column 30.
    expected = 0.5 * (80 + 40) / 2 + 0.25 * (16 + 24) / 2 + 0.25 * (16 + 24) / 2
    scores = network().logits(pictures, tta=True)
    torch.testing.assert_close(scores, torch.tensor([[expected, 0.0]]))
