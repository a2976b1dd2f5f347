"""The networks in `checkpoints`: small, self-contained, and what their cards say."""

import os
import sys
from importlib.resources import files
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest
import torch
from safetensors import safe_open

from core.data import image_count, load_dataset
from core.evaluation.logits import has_logits, stored_logits
from core.evaluation.metrics import top_k_accuracy
from core.prediction import familiarity, read_picture, to_input
from core.prediction.reference import load_reference
from core.recipe import presets
from core.reproduce.results import curves, published_presets, standing
from core.robustness.measure import balanced
from core.robustness.report import stored_report
from core.runs.checkpoint import load_card, load_checkpoint
from core.runs.networks import BEST, SHIPPED, missing_networks, shipped_networks
from core.runs.store import RunStore
from tests.processes import Forked

NETWORKS = shipped_networks()
MEGABYTES = 40  # for all of them, or cloning takes too long


def never() -> NoReturn:
    raise AssertionError("the data was loaded although the logits ship")


def test_all_that_is_described_is_there_and_stays_small():
    assert missing_networks() == []
    assert sum(path.stat().st_size for path in SHIPPED.iterdir()) < MEGABYTES * 1e6


@pytest.mark.parametrize("name", NETWORKS)
def test_the_stored_logits_reach_the_accuracy_on_the_card(name: str):
    network = NETWORKS[name]
    assert has_logits(network.path, "test")
    evaluated = stored_logits(network.path, "test", never)
    images = image_count(network.recipe.data, "test")
    assert images and evaluated.logits.shape == (images, 10)
    assert top_k_accuracy(evaluated.logits, evaluated.labels, 1) == network.accuracies["test"]


@pytest.mark.parametrize("name", NETWORKS)
def test_the_robustness_report_is_of_these_weights_and_agrees_with_the_logits(name: str):
    network = NETWORKS[name]
    report = stored_report(network.path)
    assert report is not None and report.images == 1000
    logits = stored_logits(network.path, "test", never)
    chosen = balanced(torch.from_numpy(logits.labels))[:1000].numpy()
    right = (logits.logits.argmax(1) == logits.labels)[chosen].sum()
    assert abs(int(right) - report.clean) <= 1  # another machine may round a close call otherwise


@pytest.mark.parametrize("name", NETWORKS)
def test_what_is_fitted_on_validation_images_needs_no_data(name: str):
    network = NETWORKS[name]
    evaluated = stored_logits(network.path, "validation", never)
    assert len(evaluated.labels) == image_count(network.recipe.data, "validation")
    reached = top_k_accuracy(evaluated.logits, evaluated.labels, 1)
    assert reached == pytest.approx(network.accuracies["validation"], abs=0.001)  # half precision


@pytest.mark.parametrize("name", NETWORKS)
def test_what_is_familiar_ships_and_noise_is_not(name: str):
    network = load_checkpoint(NETWORKS[name].path).network()
    noise = torch.from_numpy(np.random.default_rng(0).integers(0, 256, (2, 32, 32, 3), np.uint8))
    found = familiarity(network, load_reference(NETWORKS[name].path), noise)
    assert all(each.unlike for each in found)


def test_most_pictures_of_other_things_are_unlike_all_to_the_strongest_and_cats_are_not():
    """Those that come with scikit-image and scikit-learn; docs/unknown.md has more."""
    places = files("skimage.data"), files("sklearn.datasets.images")
    others = ("astronaut", "brick", "camera", "coffee", "coins", "grass", "moon", "page", "text")
    named = [places[0] / f"{name}.png" for name in (*others, "chelsea")]
    named += [places[1] / name for name in ("china.jpg", "flower.jpg")]
    pictures = [to_input(read_picture(each.read_bytes(), each.name)) for each in named]
    best = NETWORKS["best"].path
    found = familiarity(
        load_checkpoint(best).network(), load_reference(best), torch.stack(pictures)
    )
    unlike = {each.name for each, said in zip(named, found, strict=True) if said.unlike}
    assert len(unlike) >= 7 and "chelsea.png" not in unlike  # a cat


@pytest.mark.parametrize("name", NETWORKS)
def test_the_preset_of_the_same_name_makes_it_again(name: str):
    card = load_checkpoint(NETWORKS[name].path).card
    assert card.recipe.model == presets()[name].model
    assert card.data_name in ("CIFAR-10", "Shapes") and card.seconds > 0 and card.machine


@pytest.mark.parametrize("name", NETWORKS)
def test_the_weights_are_half_precision_and_give_finite_scores(name: str):
    with safe_open(NETWORKS[name].path, framework="pt") as file:
        kinds = {file.get_tensor(key).dtype for key in file.keys()}  # noqa: SIM118
    assert kinds <= {torch.float16, torch.int64}
    network = load_checkpoint(NETWORKS[name].path).network()
    pictures = torch.randint(0, 256, (2, 32, 32, 3), dtype=torch.uint8)
    assert np.isfinite(network.logits(pictures).numpy()).all()


@pytest.mark.usefixtures("home")
@pytest.mark.skipif("CONVSCOPE_CIFAR10" not in os.environ, reason="CIFAR-10 is not here")
def test_the_best_was_trained_on_the_cifar10_that_is_loaded():
    network = NETWORKS[BEST]
    data = load_dataset(network.recipe.data)
    load_card(network.path).ensure_trained_on(data)
    evaluated = stored_logits(network.path, "test", never)
    assert evaluated.labels.tolist() == data.test.labels.tolist()


def test_each_published_system_has_a_row_and_a_curve(store: RunStore):
    systems = NETWORKS.keys() & published_presets().keys()
    assert len(systems) == 5
    rows = {result.name for result in standing(published_presets(), [])}
    assert rows >= systems <= curves(store).keys()


def read_all() -> None:
    """An audit hook of the interpreter sees every unpickling, whoever asks for it."""

    def refuse(event: str, arguments: object) -> None:
        if event == "pickle.find_class":
            raise SystemExit(f"unpickled {arguments}")

    sys.addaudithook(refuse)
    for network in shipped_networks().values():
        load_checkpoint(network.path).network()
        assert has_logits(network.path, "test")
        print(network.id)


def test_reading_them_unpickles_nothing(tmp_path: Path):
    process = Forked(tmp_path / "home", tmp_path / "said", read_all)
    assert process.wait(60) and process.code == 0, process.said
    assert process.said.split() == list(NETWORKS)


@pytest.mark.parametrize(("picture", "what"), [("chelsea.png", "cat"), ("horse.png", "horse")])
def test_the_best_knows_a_photo_of_a_cat_and_the_outline_of_a_horse(picture: str, what: str):
    network = load_checkpoint(NETWORKS[BEST].path).network()
    content = (files("skimage.data") / picture).read_bytes()
    image = to_input(read_picture(content, picture), "crop")
    probabilities = network.probabilities(network.logits(image.unsqueeze(0)))[0]
    assert network.classes[int(probabilities.argmax())] == what
    assert probabilities.max() > 0.9
