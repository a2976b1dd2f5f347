"""Checkpoints that are not what they should be: refused in a sentence, and never unpickled."""

import json
import pickle
import resource
import zipfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import psutil
import pytest
import torch
from safetensors.torch import save_file

from core.data.dataset import Dataset
from core.errors import ConvscopeError
from core.recipe import Recipe
from core.runs.checkpoint import (
    Card,
    Checkpoint,
    load_card,
    load_checkpoint,
    save_checkpoint,
)
from tests.processes import FORKS


class Evil:
    def __reduce__(self) -> tuple[Callable[..., object], tuple[str]]:
        return (pytest.fail, ("a checkpoint was unpickled",))


def pickled() -> bytes:
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps(Evil()))
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "not a whole safetensors file"),
        (b"hello, this is text", "not a whole safetensors file"),
        (pickle.dumps(Evil()), "not a whole safetensors file"),
        (pickled(), "not a whole safetensors file"),
    ],
    ids=["empty", "text", "pickle", "torch.save"],
)
def test_foreign_files_are_refused(content: bytes, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "x.safetensors"
    path.write_bytes(content)
    with pytest.raises(ConvscopeError, match=sentence):
        load_checkpoint(path)


def test_a_checkpoint_cut_in_half_is_refused(tmp_path: Path, checkpoint: Checkpoint) -> None:
    path = tmp_path / "half.safetensors"
    save_checkpoint(path, checkpoint)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(ConvscopeError, match="cut short"):
        load_checkpoint(path)


def test_weights_from_elsewhere_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.safetensors"
    save_file({"weight": torch.zeros(3)}, path)
    with pytest.raises(ConvscopeError, match="not saved by Convscope"):
        load_checkpoint(path)
    save_file({"weight": torch.zeros(3)}, path, metadata={"convscope": "{}"})
    with pytest.raises(ConvscopeError, match="recipe is missing or wrong"):
        load_checkpoint(path)


def rewritten(path: Path, checkpoint: Checkpoint, **fields: object) -> Path:
    """The checkpoint's file, with other fields in its card than a card can have."""
    card = json.loads(checkpoint.card.model_dump_json()) | fields
    weights = {name: value.contiguous() for name, value in checkpoint.weights.items()}
    save_file(weights, path, metadata={"convscope": json.dumps(card)})
    return path


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("temperature", -1.0, "temperature is missing or wrong"),
        ("temperature", 0.0, "temperature is missing or wrong"),
        ("temperature", float("nan"), "temperature is missing or wrong"),
        ("temperature", 1e-30, "temperature is missing or wrong"),
        ("std", (0.2, 0.0, 0.2), "std.1 is missing or wrong"),
        ("std", (0.2, 0.2, float("inf")), "std.2 is missing or wrong"),
        ("mean", (float("nan"), 0.5, 0.5), "mean.0 is missing or wrong"),
        ("epoch", -1, "epoch is missing or wrong"),
        ("seconds", float("inf"), "seconds is missing or wrong"),
        ("accuracies", {"test": 1.5}, "accuracies.test is missing or wrong"),
        ("accuracies", {"test": float("nan")}, "accuracies.test is missing or wrong"),
        ("classes", ["a", "b", "c", "a"], "classes: two have the same name"),
        ("classes", ["a", "b", "c", "d" * 101], "classes.3 is longer than 100 characters"),
        ("classes", ["a", "b", "c", ""], "classes.3 is missing or wrong"),
        ("classes", ["a", "b", "c", "\x1b[31md"], "classes: names must be one line of text"),
        ("classes", ["a", "b", "c", "d\ne"], "classes: names must be one line of text"),
        ("classes", ["a"], "classes has fewer than 2 entries"),
        ("classes", [str(n) for n in range(10_001)], "classes has more than 10,000 entries"),
        ("data_name", "long " * 1000, "data_name is longer than 300 characters"),
        ("machine", {str(n): "x" for n in range(21)}, "machine has more than 20 entries"),
        ("machine", {"device": "x" * 1000}, "machine.device is longer than 300 characters"),
    ],
)
def test_a_card_whose_figures_or_texts_are_out_of_bounds_is_refused(
    field: str, value: object, fault: str, tmp_path: Path, checkpoint: Checkpoint
) -> None:
    path = rewritten(tmp_path / "x.safetensors", checkpoint, **{field: value})
    with pytest.raises(ConvscopeError) as caught:
        load_card(path)
    assert str(caught.value).startswith(f"The card in x.safetensors cannot be used: {fault}")


def test_a_card_of_many_megabytes_is_refused_before_it_is_read(
    tmp_path: Path, checkpoint: Checkpoint
) -> None:
    path = rewritten(tmp_path / "x.safetensors", checkpoint, data_name="long" * 2**22)
    with pytest.raises(ConvscopeError, match=r"x.safetensors begins with a description of 16,"):
        load_card(path)


def test_data_that_no_card_can_name_are_refused(tiny_recipe: Recipe, tiny_data: Dataset) -> None:
    doubled = replace(tiny_data, classes=("dark", "dim", "light", "light"))
    with pytest.raises(ConvscopeError, match="tiny cannot be trained on: classes: two have the"):
        Card.of(tiny_recipe, doubled)


def outcome_within(path: Path, headroom: int) -> str:
    """What loading says in this process, where it may take so many more bytes."""
    most = psutil.Process().memory_info().vms + headroom
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    try:
        load_checkpoint(path).network()
    except (ConvscopeError, RuntimeError, MemoryError) as error:
        return str(error)
    return "loaded"


def test_a_small_file_that_names_a_huge_network_takes_no_memory(
    tmp_path: Path, checkpoint: Checkpoint
) -> None:
    card = json.loads(checkpoint.card.model_dump_json())
    card["classes"] = [f"class {number}" for number in range(10_000)]
    card["recipe"]["model"] |= {"channels": [1024]}
    path = rewritten(tmp_path / "x.safetensors", checkpoint, **card)
    with ProcessPoolExecutor(1, mp_context=FORKS) as child:
        said = child.submit(outcome_within, path, 2**30).result()
    assert said.startswith("The weights in this checkpoint do not belong to the network")


@pytest.mark.parametrize("change", ["shape", "kind", "name", "missing"])
def test_weights_are_compared_with_the_card_before_they_are_read(
    change: str, tmp_path: Path, checkpoint: Checkpoint
) -> None:
    weights = dict(checkpoint.weights)
    name, *_ = weights
    value = weights.pop(name)
    if change != "missing":
        weights |= {
            "shape": {name: value.reshape(-1)},
            "kind": {name: value.view(torch.int32)},
            "name": {f"{name}s": value},
        }[change]
    path = tmp_path / "x.safetensors"
    save_checkpoint(path, Checkpoint(checkpoint.card, weights))
    with pytest.raises(ConvscopeError, match="do not belong"):
        load_checkpoint(path)
    load_card(path)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_no_finite_numbers_make_no_network(
    value: float, tmp_path: Path, checkpoint: Checkpoint
) -> None:
    weights = dict(checkpoint.weights)
    name, *_ = weights
    weights[name] = torch.full_like(weights[name], value)
    path = tmp_path / "x.safetensors"
    save_checkpoint(path, Checkpoint(checkpoint.card, weights))
    with pytest.raises(ConvscopeError, match=f"'{name}' in this checkpoint are not all finite"):
        load_checkpoint(path).network()


@pytest.mark.parametrize("score", [float("inf"), float("nan")])
def test_scores_that_are_no_finite_numbers_give_no_probabilities(
    score: float, checkpoint: Checkpoint
) -> None:
    """As of weights that are finite, but so large that their sums are not."""
    with pytest.raises(ConvscopeError, match="scores are no finite numbers"):
        checkpoint.network().probabilities(torch.tensor([[0.0, 1.0, score, 2.0]]))


@pytest.mark.parametrize("what", ["channels", "classes", "input size"])
def test_weights_of_another_network_are_refused(checkpoint: Checkpoint, what: str) -> None:
    card, weights = checkpoint.card, dict(checkpoint.weights)
    if what == "channels":
        model = card.recipe.model.model_copy(update={"channels": (5,)})
        card = card.model_copy(update={"recipe": card.recipe.model_copy(update={"model": model})})
    elif what == "classes":
        card = card.model_copy(update={"classes": (*card.classes, "one more")})
    else:  # twice the height and width give the dense layer four times the features
        *_, dense = (name for name, value in weights.items() if value.ndim == 2)
        weights[dense] = weights[dense].repeat(1, 4)
    with pytest.raises(ConvscopeError, match="do not belong"):
        Checkpoint(card, weights).network()


def test_a_missing_checkpoint_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConvscopeError, match="no checkpoint"):
        load_checkpoint(tmp_path / "gone.safetensors")
