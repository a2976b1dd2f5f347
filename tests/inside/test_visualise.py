"""Pictures made to excite a channel: they do, always the same ones, and nothing shared changes."""

from pathlib import Path

import pytest
import torch
from torch import nn

from core.data.dataset import Dataset
from core.errors import BreakOffError, ConvscopeError
from core.inside import visualise as module
from core.inside.outputs import score_of, step_named
from core.inside.visualise import (
    canvas_of,
    make_visualisation,
    stored_visualisation,
    visualisation_path,
    visualise,
)
from core.models import build_model
from core.models.graph import trace
from core.models.network import Network
from core.runs.checkpoint import Card, Checkpoint, save_checkpoint
from tests.explanation.small_networks import PLAIN, images
from tests.tiny import TINY

STEPS = trace(TINY.model, 4)


@pytest.fixture
def few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "STEPS", 12)


@pytest.fixture
def network() -> Network:
    model = build_model(TINY.model, 4).eval().requires_grad_(False)
    return Network(model, ("a", "b", "c", "d"), PLAIN)


@pytest.mark.parametrize("name", ["pool1", "dense1"])
def test_the_pictures_excite_their_channel_more_than_noise_does(
    name: str, network: Network
) -> None:
    step = step_named(STEPS, name)

    def excited(pictures: torch.Tensor) -> torch.Tensor:
        scores = score_of(network.model, network.input(pictures), step)[:, 1]
        return scores.reshape(len(scores), -1).mean(1)

    made = visualise(network, step, channel=1)
    assert made.dtype == torch.uint8 and made.shape == (4, 32, 32, 3)
    assert excited(made).min() > excited(images(50)).max()


def test_a_channel_that_counts_red_is_shown_red() -> None:
    model = build_model(TINY.model, 4).eval().requires_grad_(False)
    first = next(layer for layer in model.modules() if isinstance(layer, nn.Conv2d))
    first.weight.zero_()
    first.weight[0, 0, 1, 1], first.weight[0, 2, 1, 1] = 1.0, -1.0
    made = visualise(Network(model, ("a", "b", "c", "d"), PLAIN), STEPS[0], channel=0).float()
    red, _, blue = made.mean((0, 1, 2)).tolist()
    assert red > blue + 40


@pytest.mark.usefixtures("few_steps")
def test_a_seed_decides_the_pictures_and_the_global_generator_nothing(network: Network) -> None:
    torch.manual_seed(1)
    before = torch.get_rng_state()
    one = visualise(network, STEPS[0], 1)
    assert torch.equal(torch.get_rng_state(), before)
    torch.manual_seed(2)
    assert torch.equal(visualise(network, STEPS[0], 1), one)
    assert not torch.equal(visualise(network, STEPS[0], 1, seed=1), one)


@pytest.mark.usefixtures("few_steps")
def test_the_network_stays_as_it_is(network: Network) -> None:
    weights = {name: value.clone() for name, value in network.model.state_dict().items()}
    visualise(network, STEPS[-1], 0)
    assert all(
        torch.equal(value, weights[name]) for name, value in network.model.state_dict().items()
    )
    assert all(parameter.grad is None for parameter in network.model.parameters())
    assert not network.model.training


def test_colours_and_frequencies_of_the_canvas() -> None:
    """A coefficient of the first colour is grey; low frequencies weigh more."""
    spectrum = torch.zeros(2, 3, 40, 21, 2)
    spectrum[0, 0, 0, 1, 0] = spectrum[1, 0, 0, 4, 0] = 1.0
    canvas = canvas_of(spectrum)
    assert canvas.shape == (2, 3, 40, 40)
    torch.testing.assert_close(canvas[:, 0], canvas[:, 1])
    slow, fast = (canvas - 0.5).abs().amax((1, 2, 3)).tolist()
    assert slow > 2 * fast > 0


def test_a_channel_that_is_not_there_is_told(network: Network) -> None:
    with pytest.raises(
        ConvscopeError, match=r"conv1 has no channel 4; they are numbered from 0 to 3"
    ):
        visualise(network, STEPS[0], 4)


@pytest.mark.usefixtures("few_steps")
def test_pictures_are_kept_and_taken_for_no_other(tmp_path: Path, tiny_data: Dataset) -> None:
    path = tmp_path / "best.safetensors"

    def save(seed: int) -> None:
        weights = build_model(TINY.model, 4, seed).state_dict()
        save_checkpoint(path, Checkpoint(Card.of(TINY, tiny_data), weights))

    save(seed=0)
    assert stored_visualisation(path, "conv1", 2) is None
    make_visualisation(path, "conv1", 2)
    kept = stored_visualisation(path, "conv1", 2)
    assert kept is not None and kept.shape == (4, 32, 32, 3)
    visualisation_path(path, "conv1", 2).rename(visualisation_path(path, "conv1", 3))
    assert stored_visualisation(path, "conv1", 3) is None
    visualisation_path(path, "conv1", 3).rename(visualisation_path(path, "conv1", 2))
    save(seed=1)
    assert stored_visualisation(path, "conv1", 2) is None


@pytest.mark.usefixtures("few_steps")
def test_it_can_be_broken_off(tmp_path: Path, tiny_data: Dataset) -> None:
    path = tmp_path / "best.safetensors"
    weights = build_model(TINY.model, 4).state_dict()
    save_checkpoint(path, Checkpoint(Card.of(TINY, tiny_data), weights))

    def stop(_what: str, share: float) -> None:
        if share > 0.5:
            raise BreakOffError

    with pytest.raises(BreakOffError):
        make_visualisation(path, "conv1", 0, report=stop)
    assert stored_visualisation(path, "conv1", 0) is None
