"""Which runs of a recipe are done, and which are not."""

from pathlib import Path

from PIL import Image

from core.comparison.seeds import finished_runs
from core.jobs import execute
from core.machine import pick_device
from core.recipe import Recipe
from core.reproduce.seed_runs import on_data
from core.runs.store import RunStore
from core.studies.begin import ask_again, over_seeds
from core.studies.known import known_runs, missing, on_present_data
from core.training import Control


def trained(store: RunStore, recipe: Recipe, control: Control | None = None) -> str:
    run = store.get(store.create(recipe, claimed=True))
    for _ in execute(store, run, control or Control(), pick_device()):
        pass
    return run.id


def seeded(recipe: Recipe, seed: int) -> Recipe:
    return recipe.model_copy(update={"seed": seed, "epochs": 1})


def test_what_is_finished_is_not_trained_again(store: RunStore, tiny_recipe: Recipe):
    short = seeded(tiny_recipe, 0)
    assert [recipe.seed for recipe in missing(store.runs(), [short], seeds=2)] == [0, 1]
    trained(store, short)
    assert [recipe.seed for recipe in missing(store.runs(), [short], seeds=2)] == [1]


def test_another_name_is_the_same_training_and_another_rate_is_not(
    store: RunStore, tiny_recipe: Recipe
):
    short = seeded(tiny_recipe, 0)
    trained(store, short.model_copy(update={"name": "another name"}))
    assert len(finished_runs(store.runs(), short)) == 1
    faster = short.model_copy(
        update={"optimizer": short.optimizer.model_copy(update={"learning_rate": 0.04})}
    )
    assert finished_runs(store.runs(), faster) == []


def test_the_newest_run_of_each_seed_counts(store: RunStore, tiny_recipe: Recipe):
    short = seeded(tiny_recipe, 0)
    trained(store, short)
    again = store.get(store.create(short, claimed=True))
    for _ in execute(store, again, Control(), pick_device()):
        pass
    other = trained(store, seeded(tiny_recipe, 1))
    assert [run.id for run in finished_runs(store.runs(), short)] == [
        again.id,
        other,
    ]


def test_what_broke_off_stands_for_its_recipe_until_one_is_finished(
    store: RunStore, tiny_recipe: Recipe
):
    control, short = Control(), seeded(tiny_recipe, 0)
    control.stop()
    broken_off = trained(store, short, control)
    assert store.get(broken_off).status == "stopped"
    assert known_runs(store) == {short.identity: broken_off}
    finished = trained(store, short)
    assert known_runs(store) == {short.identity: finished}


def draw_pictures(folder: Path, red: int) -> None:
    for number in range(20):
        for name, blue in (("dark", 0), ("light", 255)):
            path = folder / name / f"{number}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.new("RGB", (32, 32), (red, number, blue)).save(path)


def test_runs_on_pictures_that_have_changed_since_do_not_count(
    store: RunStore, tiny_recipe: Recipe, tmp_path: Path
):
    draw_pictures(tmp_path / "mine", red=0)
    recipe = on_data(seeded(tiny_recipe, 0), str(tmp_path / "mine"))
    first = trained(store, recipe)
    assert missing(on_present_data(store.runs()), [recipe], seeds=1) == []
    draw_pictures(tmp_path / "mine", red=200)
    assert missing(on_present_data(store.runs()), [recipe], seeds=1) == [recipe]
    assert trained(store, recipe) != first
    assert missing(on_present_data(store.runs()), [recipe], seeds=1) == []


def test_a_study_stored_before_it_had_a_field_is_known_by_what_it_asks(
    store: RunStore, tiny_recipe: Recipe
):
    study = over_seeds("seeds", {"tiny": tiny_recipe}, 2)
    definition = study.model_dump(mode="json")
    del definition["startup"]
    study_id = store.studies.create("seeds", definition)
    assert ask_again(store, study) == study_id
    assert study.model_copy(update={"startup": 5}).identity == study.identity
