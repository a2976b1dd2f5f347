from torch import nn

from core.bench.answers import measure_explaining, measure_predicting
from core.data.dataset import Normalisation
from core.explanation import METHODS
from core.models.network import Network


def network(activation: nn.Module) -> Network:
    model = nn.Sequential(
        nn.Conv2d(3, 2, 3, stride=4), activation, nn.AdaptiveAvgPool2d(1), nn.Flatten(),
        nn.Linear(2, 2),
    )  # fmt: skip
    return Network(model.eval(), ("a", "b"), Normalisation((0, 0, 0), (1, 1, 1)))


def test_prediction_and_every_method_are_timed_for_one_picture_and_for_32() -> None:
    small = network(nn.ReLU())
    rows = [*measure_predicting(small, repeats=2), *measure_explaining(small, repeats=2)]
    assert [(row.task, row.images) for row in rows] == [
        ("predict", 1),
        ("predict", 32),
        *((method, count) for count in (1, 32) for method in METHODS),
    ]
    assert all(row.first > 0 and len(row.repeated.values) == 2 for row in rows)


def test_a_method_that_the_network_does_not_allow_is_left_out() -> None:
    rows = measure_explaining(network(nn.GELU()), repeats=2)
    assert "guided_grad_cam" not in {row.task for row in rows}
