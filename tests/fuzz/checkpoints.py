"""Checkpoints, whole and harmed."""

from functools import cache

from core.models import build_model
from core.prediction import predict
from core.runs.checkpoint import Card, Checkpoint, load_card, load_checkpoint, save_checkpoint
from tests.fuzz.hostile import Case
from tests.fuzz.tensors import RECIPE, file_of, harmed, tiny_data, written


def case(seed: int, number: int) -> Case:
    return harmed(seed, number, _whole())


def feed(case: Case) -> None:
    """Have a case's network look at pictures."""
    with file_of(case) as path:
        card, trained = load_card(path), load_checkpoint(path)
    assert card == trained.card
    for prediction in predict(trained.network(), tiny_data().test.images):
        likely = prediction.probabilities
        assert all(0 <= share <= 1.001 for share in likely), f"probabilities of {likely}"
        assert sorted(likely, reverse=True) == list(likely), f"not sorted: {likely}"


@cache
def _whole() -> bytes:
    data = tiny_data()
    weights = build_model(RECIPE.model, len(data.classes)).state_dict()
    checkpoint = Checkpoint(Card.of(RECIPE, data), weights)
    return written(lambda path: save_checkpoint(path, checkpoint))
