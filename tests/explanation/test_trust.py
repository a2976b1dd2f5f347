"""How far maps can be trusted: against direct loops, captum's definitions and known answers."""

import pytest
import torch
from captum.metrics import infidelity as captums_infidelity
from captum.metrics import sensitivity_max
from small_networks import dense, family, images, network
from torch import Tensor, nn
from torchvision.transforms.functional import gaussian_blur

from core.explanation import explain
from core.explanation.curves import STEPS, area, curves, order_of, random_orders
from core.explanation.randomised import randomised
from core.explanation.trust import (
    RANDOM_ORDERS,
    Question,
    Trust,
    chance,
    infidelity,
    measure,
    ranked,
    sensitivity,
    unlearned,
)
from core.models.network import Network

NET = family("convnet")


def trusted(net: Network, question: Question, attribution: Tensor, method: str) -> Trust:
    return measure(net, question, attribution, method, chance(net, question))


@pytest.mark.parametrize("way", ["deletion", "insertion"])
@pytest.mark.parametrize("kind", ["blur", "mean"])
@pytest.mark.parametrize("against", [None, 6])
def test_a_curve_is_what_a_loop_over_its_steps_gives(way, kind, against) -> None:
    picture, order = images(1)[0], random_orders(2)[1]
    inputs = NET.input(picture[None])
    covered = gaussian_blur(inputs, [11, 11], [5.0, 5.0]) if kind == "blur" else 0 * inputs
    start, end = (inputs, covered) if way == "deletion" else (covered, inputs)
    mixed, expected = start.clone(), []
    for step in range(STEPS + 1):
        if step:
            for pixel in order[64 * (step - 1) : 64 * step].tolist():
                row, column = divmod(pixel, 32)
                mixed[..., row, column] = end[..., row, column]
        logits = NET.model(mixed).detach()[0] / NET.temperature
        likely = logits.softmax(0)[2] if against is None else (logits[2] - logits[6]).sigmoid()
        expected.append(float(likely))
    found = curves(NET, picture, random_orders(2), way, kind, 2, against)
    assert found.shape == (2, STEPS + 1)
    torch.testing.assert_close(found[1], torch.tensor(expected), rtol=1e-4, atol=1e-5)


def test_an_area_is_the_mean_height_of_a_line() -> None:
    assert float(area(torch.linspace(1, 0, STEPS + 1))) == pytest.approx(0.5)


def test_equal_pixels_come_in_no_order_of_places() -> None:
    attribution = torch.zeros(32, 32)
    attribution[20, 7], attribution[3, 3] = 2, -1
    order = order_of(attribution)
    assert sorted(order.tolist()) == [*range(1024)]
    assert (int(order[0]), int(order[-1])) == (20 * 32 + 7, 3 * 32 + 3)
    assert abs(float(order[1:500].float().mean()) - 512) < 60


def spot() -> Network:
    """Two classes; the first is as likely as its corner of 8x8 pixels is bright."""
    weights = torch.zeros(2, 3, 32, 32)
    weights[0, :, 4:12, 4:12] = 0.02
    return network(nn.Sequential(nn.Flatten(), dense(weights.flatten(1))), 2)


def test_a_map_that_knows_beats_chance_and_its_contrary_does_not() -> None:
    net, question = spot(), Question(torch.full((32, 32, 3), 200, dtype=torch.uint8), 0)
    # Blurred, an even picture is itself; so it is dark around the spot.
    question.image[12:], question.image[:, 12:] = 0, 0
    good = explain(net, question.image[None], torch.tensor([0]), "input_x_gradient")[0]
    trusts = {
        name: trusted(net, question, attribution, "input_x_gradient")
        for name, attribution in {"contrary": -good, "good": good}.items()
    }
    assert trusts["good"].beats_chance and not trusts["contrary"].beats_chance
    assert trusts["good"].mean_gain > 0 > trusts["contrary"].mean_gain
    assert list(ranked(trusts)) == ["good", "contrary"]
    assert trusts["good"].infidelity == pytest.approx(0, abs=1e-6)  # as the network is linear


def test_reversed_orders_have_the_curves_that_the_network_gives_them() -> None:
    question = Question(images(1)[0], 3, 5)
    orders = random_orders(RANDOM_ORDERS)
    found = chance(NET, question).curves
    for way, kind in found:
        told = curves(NET, question.image, orders.flip(1), way, kind, 3, 5)
        torch.testing.assert_close(found[way, kind][RANDOM_ORDERS:], told)


def test_random_orders_gain_nothing_on_average() -> None:
    question = Question(images(1)[0], 3)
    reference = chance(NET, question)
    assert reference.gains("mean").shape == (2 * RANDOM_ORDERS,)
    result = trusted(NET, question, torch.zeros(32, 32), "saliency")  # empty, so a random order
    assert abs(result.mean_gain) <= 0.5
    assert not result.beats_chance
    assert result.sensitivity is None and result.unlearned is None
    assert result.infidelity == pytest.approx(1)


def test_infidelity_is_captums_over_that_of_an_empty_map() -> None:
    picture, target = images(1), 4
    question = Question(picture[0], target)
    reference = chance(NET, question)
    attribution = explain(NET, picture, torch.tensor([target]), "occlusion")[0]
    inputs, squares = NET.input(picture), reference.squares

    def hide(given: Tensor) -> tuple[Tensor, Tensor]:
        masks = squares[:, None].expand(-1, 3, -1, -1)
        assert len(given) == len(masks)
        return masks.float(), torch.where(masks, 0.0, given)

    def of(attributions: Tensor, normalize: bool) -> float:
        spread = attributions.expand(1, 3, -1, -1) / 3  # over the channels, which are hidden as one
        found = captums_infidelity(
            NET.model, hide, inputs, spread, target=target, n_perturb_samples=len(squares),
            normalize=normalize,
        )  # fmt: skip
        return float(found.detach())

    expected = of(attribution, True) / of(torch.zeros(32, 32), False)
    found = infidelity(attribution, squares, reference.falls)
    assert found == pytest.approx(expected, rel=1e-3)
    assert infidelity(attribution, squares, torch.zeros(len(squares))) is None


def test_sensitivity_is_captums_on_the_same_noise() -> None:
    picture, target = images(1), torch.tensor([4])
    attribution = explain(NET, picture, target, "saliency")[0]
    generator = torch.Generator().manual_seed(0)
    noise = torch.randint(-4, 5, (3, 32, 32, 3), generator=generator)
    noisy = (picture.int() + noise).clamp(0, 255).float()

    def explained(given: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        pictures = given[0].byte()
        return (explain(NET, pictures, target.expand(len(pictures)), "saliency"),)

    expected = sensitivity_max(
        explained, (picture.float(),), lambda _given: (noisy,), n_perturb_samples=3
    )
    found = sensitivity(NET, Question(picture[0], 4), attribution, "saliency", {})
    assert found == pytest.approx(float(expected), rel=1e-4)


def test_random_weights_leave_the_network_alone_and_change_the_map() -> None:
    before = {name: value.clone() for name, value in NET.model.state_dict().items()}
    state = torch.get_rng_state()
    other = randomised(NET, seed=0)
    assert all(value.equal(before[name]) for name, value in NET.model.state_dict().items())
    assert torch.get_rng_state().equal(state)
    assert not other.model.training and other.logits(images(2)).isfinite().all()
    assert randomised(NET, seed=0).logits(images(2)).equal(other.logits(images(2)))
    attribution = explain(NET, images(1), torch.tensor([4]), "saliency")[0]
    alike = unlearned(NET, Question(images(1)[0], 4), attribution, "saliency", {})
    assert alike is not None and -1 <= alike < 0.9


def test_a_map_of_the_picture_alone_is_seen_through() -> None:
    """The gradient of a picture-shaped weight that no drawing changes: of a network without any."""

    class Edges(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.scale = nn.Parameter(torch.ones(1))

        def forward(self, x: Tensor) -> Tensor:
            return self.scale * (x**2).sum((1, 2, 3), keepdim=True).flatten(1)

    net, question = network(Edges(), 1), Question(images(1)[0], 0)
    attribution = explain(net, images(1), torch.tensor([0]), "saliency")[0]
    assert unlearned(net, question, attribution, "saliency", {}) == pytest.approx(1)
