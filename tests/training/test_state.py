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
from core.recipe import Optimizer, Recipe, Schedule
from core.training import Control, TrainingState, load_state, save_state, train
from core.training.events import Finished, Paused, Snapshot

pytestmark = pytest.mark.slow


@pytest.fixture
def resumable(tiny_recipe: Recipe) -> Recipe:
    return tiny_recipe.model_copy(
        update={"weight_averaging": 0.9, "schedule": Schedule(name="plateau", every=1)}
    )


@pytest.fixture
def state(resumable: Recipe, tiny_data: Dataset) -> TrainingState:
    told = train(resumable, tiny_data, device=torch.device("cpu"))
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


def with_progress(state: TrainingState, path: Path, **changes: object) -> Path:
    """The state's file, with other figures than it had."""
    save_state(path, state)
    with safe_open(path, framework="pt") as file:
        progress = json.loads(file.metadata()["state"])
        tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
    for name, value in changes.items():
        place, _, inner = name.partition("__")
        if inner:
            progress[place][inner] = value
        else:
            progress[place] = value
    save_file(tensors, path, metadata={"state": json.dumps(progress)})
    return path


@pytest.mark.parametrize(
    "changes",
    [
        {"step": -1},
        {"step": 1.5},
        {"step": "many"},
        {"totals": [0.0, 0.0]},
        {"totals": [float("nan"), 0.0, 0.0]},
        {"seconds": -1.0},
        {"seconds": None},
        {"plateau": []},
        {"plateau__factor": float("nan")},
        {"plateau__waited": -3},
        {"best__epoch": "first"},
        {"best__metric": "beauty"},
        {"device": "cuda" * 1000},
        {"best__accuracy": 7.0},
        {"precision": "fp17"},
        {"device": 5},
        {"data": ["tiny"]},
    ],
)
def test_figures_that_no_run_has_are_refused_in_a_sentence(
    changes: dict[str, object], state: TrainingState, tmp_path: Path
) -> None:
    path = with_progress(state, tmp_path / "state.safetensors", **changes)
    with pytest.raises(ConvscopeError, match=r"state.safetensors is damaged"):
        load_state(path)


@pytest.mark.parametrize("changes", [{"step": 10**9}, {"best__epoch": 77}, {"best__epoch": 0}])
def test_figures_of_another_run_are_refused_in_a_sentence(
    changes: dict[str, object],
    state: TrainingState,
    resumable: Recipe,
    tiny_data: Dataset,
    tmp_path: Path,
) -> None:
    other = load_state(with_progress(state, tmp_path / "state.safetensors", **changes))
    with pytest.raises(ConvscopeError, match="training state is damaged"):
        train(resumable, tiny_data, device=torch.device("cpu"), state=other)


@pytest.mark.parametrize("group", ["model", "optimizer", "average", "best_weights"])
@pytest.mark.parametrize("change", ["missing", "misshapen", "renamed", "added", "of another kind"])
def test_tensors_of_another_run_are_refused_in_a_sentence(
    group: str, change: str, state: TrainingState, resumable: Recipe, tiny_data: Dataset
) -> None:
    tensors = dict(getattr(state, group))
    name = next(name for name, value in tensors.items() if value.ndim)
    value = tensors[name]
    match change:
        case "missing":
            del tensors[name]
        case "misshapen":
            tensors[name] = value[:1]
        case "renamed":
            tensors[f"{name}s"] = tensors.pop(name)
        case "added":
            tensors["77/more"] = value
        case "of another kind":
            tensors[name] = value.view(torch.int32)
    damaged = replace(state, **{group: tensors})
    with pytest.raises(ConvscopeError, match="training state is damaged"):
        train(resumable, tiny_data, device=torch.device("cpu"), state=damaged)


@pytest.mark.parametrize(
    "changes",
    [
        {"filtering": 0.7},
        {"lookahead": 2},
        {"schedule": Schedule(name="linear", restart=1)},
        {"weight_averaging": 0.9},
        {"optimizer": Optimizer(name="adamw", learning_rate=0.01)},
        {"optimizer": Optimizer(name="muon")},
        {"optimizer": Optimizer(momentum=0.0)},
        {"schedule": Schedule(name="linear", freezing=0.2)},
    ],
)
def test_every_kind_of_run_goes_on_from_each_of_its_own_states_and_from_no_other(
    changes: dict[str, object], tiny_recipe: Recipe, tiny_data: Dataset
) -> None:
    recipe = tiny_recipe.model_copy(update={"epochs": 2, **changes})
    device = torch.device("cpu")
    control = Control()
    states: list[TrainingState] = []
    for event in train(recipe, tiny_data, control, device):
        control.pause()
        if isinstance(event, Paused):
            control.resume()
        if isinstance(event, Snapshot):
            states.append(event.state)
    assert len(states) > 2
    for state in states:
        *_, last = train(recipe, tiny_data, device=device, state=state)
        assert isinstance(last, Finished)
    plain = tiny_recipe.model_copy(update={"epochs": 2})
    if states[-1].memory:
        with pytest.raises(ConvscopeError, match="training state is damaged"):
            train(plain, tiny_data, device=device, state=states[-1])
        emptied = replace(states[-1], memory={})
        with pytest.raises(ConvscopeError, match="training state is damaged"):
            train(recipe, tiny_data, device=device, state=emptied)


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
