from torch import nn

from core.bench.latency import measure_latency
from core.data.dataset import Normalisation
from core.models.network import Network


def rows(activation: nn.Module):
    model = nn.Sequential(
        nn.Conv2d(3, 2, 3, stride=4), activation, nn.AdaptiveAvgPool2d(1), nn.Flatten(),
        nn.Linear(2, 2),
    )  # fmt: skip
    network = Network(model.eval(), ("a", "b"), Normalisation((0, 0, 0), (1, 1, 1)))
    return measure_latency(network, repeats=2)


def test_prediction_and_every_method_are_timed_for_one_image_and_for_32() -> None:
    table = rows(nn.ReLU())
    methods = [
        "predict", "saliency", "smoothgrad", "integrated_gradients", "grad_cam",
        "guided_grad_cam", "occlusion",
    ]  # fmt: skip
    assert [(row.task, row.images) for row in table] == [
        (method, count) for count in (1, 32) for method in methods
    ]
    assert all(row.first > 0 and row.median > 0 and row.spread >= 0 for row in table)


def test_a_method_that_the_network_does_not_allow_is_left_out() -> None:
    assert "guided_grad_cam" not in {row.task for row in rows(nn.GELU())}
