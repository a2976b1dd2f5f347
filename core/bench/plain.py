"""The loop to compare with: PyTorch as tutorials teach it.

A DataLoader with torchvision's transforms on single images, 32-bit numbers, SGD at a constant
rate, `loss.item()` at every step. The network is the recipe's own.
"""

from collections.abc import Callable, Iterator

import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional as F
from torch.utils.data import DataLoader
from torch.utils.data import Dataset as TorchDataset
from torchvision import transforms

from core.data.augment import order
from core.data.dataset import IMAGE_SIZE, Dataset, Normalisation, Split
from core.models import build_model
from core.models.network import Network
from core.models.whitening import fit_whitening
from core.recipe import Recipe

BATCH_SIZE = 128
LEARNING_RATE = 0.02
MOMENTUM = 0.9
WEIGHT_DECAY = 5e-4
WORKERS = 2
WHITENING_IMAGES = 2000


class PerImage(TorchDataset[tuple[Tensor, int]]):
    """Every image by itself: cropped at random, mirrored by chance, normalised."""

    def __init__(self, split: Split, padding: int, normalisation: Normalisation) -> None:
        self._arrays, self._labels = split.images.cpu().numpy(), split.labels.tolist()
        self._transform: Callable[[Image.Image], Tensor] = transforms.Compose(
            [
                transforms.RandomCrop(IMAGE_SIZE, padding, padding_mode="reflect"),
                transforms.RandomHorizontalFlip(),
                transforms.ToTensor(),
                transforms.Normalize(normalisation.mean, normalisation.std),
            ]
        )

    def __len__(self) -> int:
        return len(self._labels)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        return self._transform(Image.fromarray(self._arrays[index])), self._labels[index]


class PlainLoop:
    """Trains the recipe's network on the recipe's data the plain way."""

    def __init__(self, recipe: Recipe, data: Dataset, device: torch.device) -> None:
        self._device = device
        model = build_model(recipe.model, len(data.classes), recipe.seed)
        self._model = model.to(device, memory_format=torch.contiguous_format)  # pyright: ignore[reportCallIssue]
        self._network = Network(self._model, data.classes, data.normalisation)
        some = order(len(data.train), recipe.seed, epoch=0)[:WHITENING_IMAGES]
        fit_whitening(self._model, self._network.input(data.train.images[some]))
        learning = [p for p in self._model.parameters() if p.requires_grad]
        self._optimizer = torch.optim.SGD(
            learning, lr=LEARNING_RATE, momentum=MOMENTUM, weight_decay=WEIGHT_DECAY
        )
        padding = recipe.augmentation.crop_padding
        self._loader = DataLoader(
            PerImage(data.train, padding, data.normalisation),
            batch_size=BATCH_SIZE,
            shuffle=True,
            generator=torch.Generator().manual_seed(recipe.seed),
            num_workers=WORKERS,
            persistent_workers=True,
        )

    def epoch(self) -> Iterator[int]:
        """Train once over the images; yields how many each step used."""
        self._model.train()
        for images, labels in self._loader:
            logits = self._model(images.to(self._device))
            loss = F.cross_entropy(logits, labels.to(self._device))
            self._optimizer.zero_grad()
            loss.backward()
            self._optimizer.step()
            loss.item()
            yield len(labels)

    def network(self) -> Network:
        """The network so far, in evaluation mode until the next epoch."""
        self._model.eval()
        return self._network
