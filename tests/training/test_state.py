"""The file of a frozen run: whole, or refused."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from core.data.dataset import Dataset
from core.errors import ConvscopeError
from core.recipe import Recipe, Schedule
from core.training import TrainingState, load_state, save_state, train
from core.training.events import Finished, Snapshot


@pytest.fixture
def state(tiny_recipe: Recipe, tiny_data: Dataset) -> TrainingState:
    recipe = tiny_recipe.model_copy(
        update={"weight_averaging": 0.9, "schedule": Schedule(name="plateau", every=1)}
    )
    told = train(recipe, tiny_data, device=torch.device("cpu"))
    return [event.state for event in told if isinstance(event, Snapshot)][-1]


def test_comes_back_as_it_was(state: TrainingState, tmp_path: Path) -> None:
    path = tmp_path / "state.safetensors"
    save_state(path, state)
    loaded = load_state(path)
    for name in ("step", "totals", "seconds", "plateau", "best", "data", "precision", "device"):
        assert getattr(loaded, name) == getattr(state, name)
    for name in ("model", "optimizer", "average", "best_weights"):
        ours, theirs = getattr(loaded, name), getattr(state, name)
        assert ours.keys() == theirs.keys()
        assert ours
        assert all(torch.equal(ours[key], theirs[key]) for key in ours)


def test_of_an_older_version_it_goes_on_with_whatever_there_is(
    state: TrainingState, tiny_recipe: Recipe, tiny_data: Dataset, tmp_path: Path
) -> None:
    """Data, precision and device were not stored once."""
    path = tmp_path / "state.safetensors"
    save_state(path, state)
    with safe_open(path, framework="pt") as file:
        scalars = json.loads(file.metadata()["state"])
        tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
    for name in ("data", "precision", "device"):
        del scalars[name]
    save_file(tensors, path, metadata={"state": json.dumps(scalars)})
    loaded = load_state(path)
    assert (loaded.data, loaded.precision, loaded.device) == ("", "", "")
    recipe = tiny_recipe.model_copy(
        update={"weight_averaging": 0.9, "schedule": Schedule(name="plateau", every=1), "epochs": 4}
    )
    *_, last = train(recipe, tiny_data, device=torch.device("cpu"), state=loaded)
    assert isinstance(last, Finished)


def test_other_pictures_or_another_kind_of_device_are_refused(
    state: TrainingState, tiny_recipe: Recipe, tiny_data: Dataset
) -> None:
    others = replace(tiny_data, fingerprint="others")
    with pytest.raises(ConvscopeError, match="tiny does not hold the pictures that this run was"):
        train(tiny_recipe, others, device=torch.device("cpu"), state=state)
    with pytest.raises(ConvscopeError) as caught:
        train(tiny_recipe, tiny_data, device=torch.device("cuda"), state=state)
    assert str(caught.value) == (
        "This run was begun on a device of the kind 'cpu' and would come out otherwise on 'cuda'. "
        "Resume it where there is a 'cpu' to train on, or train the recipe anew."
    )


@pytest.mark.parametrize("length", [0, 5, 100, -1])
def test_a_file_cut_short_is_refused_in_a_sentence(
    length: int, state: TrainingState, tmp_path: Path
) -> None:
    path = tmp_path / "state.safetensors"
    save_state(path, state)
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(ConvscopeError) as caught:
        load_state(path)
    assert str(caught.value) == (
        "The saved training state state.safetensors is damaged, so this run cannot go on; "
        "train it again from its recipe."
    )


@pytest.mark.parametrize(
    "metadata",
    [None, {"other": "1"}, {"state": "no JSON"}, {"state": "[]"}, {"state": '{"step": 1}'}],
)
def test_a_safetensors_file_of_another_kind_is_refused(
    metadata: dict[str, str] | None, tmp_path: Path
) -> None:
    path = tmp_path / "state.safetensors"
    save_file({"model/weight": torch.zeros(2)}, path, metadata=metadata)
    with pytest.raises(ConvscopeError, match="is damaged"):
        load_state(path)
