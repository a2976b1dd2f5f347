"""The file of a frozen run: whole, or refused."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from core.data.dataset import Dataset
from core.errors import ConvscopeError
from core.recipe import Recipe, Schedule
from core.training import TrainingState, load_state, save_state, train
from core.training.events import Snapshot


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
    for name in ("step", "totals", "seconds", "plateau", "best"):
        assert getattr(loaded, name) == getattr(state, name)
    for name in ("model", "optimizer", "average", "best_weights"):
        ours, theirs = getattr(loaded, name), getattr(state, name)
        assert ours.keys() == theirs.keys()
        assert ours
        assert all(torch.equal(ours[key], theirs[key]) for key in ours)


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
