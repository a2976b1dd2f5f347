"""Which images an epoch leaves out, against a plain implementation."""

import torch

from core.training.pruning import DataPruner, picked_images

CPU = torch.device("cpu")


def plain_pick(losses: list[float], shuffled: list[int], kept: int) -> list[int]:
    """The easier half, found by sorting, loses its first members in shuffled order."""
    easier = set(sorted(shuffled, key=lambda image: losses[image])[: len(shuffled) // 2])
    too_many, chosen = len(shuffled) - kept, []
    for image in shuffled:
        if image in easier and too_many:
            too_many -= 1
        else:
            chosen.append(image)
    return chosen


def test_agrees_with_the_plain_implementation() -> None:
    generator = torch.Generator().manual_seed(0)
    losses = torch.rand(101, generator=generator)
    pruner = DataPruner(101, 0.7, CPU)
    pruner.record(torch.arange(101), losses)
    pruner.begin_epoch()
    shuffled = torch.randperm(101, generator=generator)
    picked = pruner.pick(shuffled)
    assert picked.tolist() == plain_pick(losses.tolist(), shuffled.tolist(), 71)
    assert picked_images(101, 0.7) == 71


def test_hard_and_unseen_images_are_always_picked() -> None:
    pruner = DataPruner(10, 0.6, CPU)
    pruner.record(torch.arange(8), torch.tensor([0.1, 0.2, 0.3, 0.4, 0.5, 5.0, 6.0, 7.0]))
    pruner.begin_epoch()
    for seed in range(20):
        order = torch.randperm(10, generator=torch.Generator().manual_seed(seed))
        picked = set(pruner.pick(order).tolist())
        assert len(picked) == 6
        assert {5, 6, 7, 8, 9} <= picked


def test_losses_of_this_epoch_count_from_the_next_one_on() -> None:
    pruner = DataPruner(4, 0.75, CPU)
    pruner.record(torch.arange(4), torch.tensor([1.0, 2.0, 3.0, 4.0]))
    pruner.begin_epoch()
    order = torch.tensor([0, 1, 2, 3])
    assert pruner.pick(order).tolist() == [1, 2, 3]
    pruner.record(torch.tensor([0, 3]), torch.tensor([9.0, 0.1]))
    assert pruner.pick(order).tolist() == [1, 2, 3]
    pruner.begin_epoch()
    assert pruner.pick(order).tolist() == [0, 2, 3]
