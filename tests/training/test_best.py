import math

from core.training.best import BestSoFar


def test_keeps_the_first_of_equals() -> None:
    best = BestSoFar("accuracy", patience=0)
    verdicts = [
        best.observe(epoch, accuracy, 1.0) for epoch, accuracy in enumerate((0.5, 0.7, 0.7, 0.6), 1)
    ]
    assert verdicts == [True, True, False, False]
    assert (best.epoch, best.accuracy) == (2, 0.7)


def test_by_loss_less_is_better() -> None:
    best = BestSoFar("loss", patience=0)
    verdicts = [best.observe(1, 0.5, 2.0), best.observe(2, 0.4, 1.0), best.observe(3, 0.9, 1.5)]
    assert verdicts == [True, True, False]
    assert (best.epoch, best.accuracy) == (2, 0.4)


def test_a_loss_that_is_no_number_is_never_the_best() -> None:
    for metric in ("accuracy", "loss"):
        best = BestSoFar(metric, patience=0)
        assert not best.observe(1, 0.9, math.nan)
        assert not best.observe(2, 0.9, math.inf)
        assert best.observe(3, 0.1, 9.0)


def test_patience_counts_epochs_since_the_best() -> None:
    best = BestSoFar("accuracy", patience=2)
    best.observe(3, 0.5, 1.0)
    assert [best.exhausted(epoch) for epoch in (3, 4, 5, 6)] == [False, False, True, True]
    assert not BestSoFar("accuracy", patience=0, epoch=1).exhausted(1000)
