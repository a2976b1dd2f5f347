"""Studies: asked by a form, listed, and every view of what came of them."""

import pytest
from made import planned, search
from streamlit.testing.v1 import AppTest

from core.recipe import Recipe
from core.runs.store import RunStore
from core.studies.range_test import RANGE_TEST
from tests.pages.opening import opened, sentences


def told(test: AppTest) -> str:
    parts = [*test.markdown, *test.caption, *test.subheader, *test.info, *test.error]
    return " ".join(str(part.value) for part in parts)


def test_without_any_study_one_is_offered(store: RunStore) -> None:  # noqa: ARG001
    assert "No study yet" in told(opened("studies"))


def test_studies_are_listed_with_their_best(store: RunStore, tiny_recipe: Recipe) -> None:
    search(store, tiny_recipe)
    planned(store, tiny_recipe, "seeds")
    test = opened("studies")
    assert not test.error
    shown = told(test) + " ".join(str(part.proto) for part in test.get("html"))
    shown += " ".join(str(frame.value.to_dict()) for frame in test.dataframe)
    assert "rates" in shown and "a seeds" in shown


@pytest.mark.parametrize("view", ["Progress", "Trials", "What matters", "Together", "nonsense"])
def test_every_view_of_a_search(store: RunStore, tiny_recipe: Recipe, view: str) -> None:
    study_id = search(store, tiny_recipe)
    test = opened("studies", study=study_id, view=view)
    assert not test.error and not sentences(test)
    assert "12 of 12 trials" in str(test.get("progress")[0].proto)
    assert "Best so far" in told(test)


@pytest.mark.parametrize("kind", ["grid", "ablation", "seeds"])
def test_what_was_planned_is_read(store: RunStore, tiny_recipe: Recipe, kind: str) -> None:
    test = opened("studies", study=planned(store, tiny_recipe, kind))
    assert not test.error and not sentences(test)
    says = {"grid": "How to read this", "ablation": "against as it is", "seeds": "Over the seeds"}
    assert says[kind] in told(test)


def test_a_range_test_is_read_from_its_run(store: RunStore, tiny_recipe: Recipe) -> None:
    definition = {"name": "climb", "kind": "range", "base": tiny_recipe.model_dump(mode="json")}
    study_id = store.studies.create("climb", definition)
    test = opened("studies", study=study_id)
    assert "will appear here" in told(test) and not sentences(test)
    store.studies.add_trial(study_id, 0, RANGE_TEST, {})


def test_links_to_what_is_not_there_say_so(store: RunStore) -> None:
    assert "There is no study 'nowhere'" in sentences(opened("studies", study="nowhere"))
    study_id = store.studies.create("<b>old</b>", {"name": "old", "kind": "oracle"})
    test = opened("studies", study=study_id)
    assert "another version" in sentences(test)
    assert "<b>old</b>" not in told(test)


def test_a_study_is_asked_for_by_the_form(store: RunStore) -> None:
    test = opened("studies", study="new", kind="Seeds")
    assert not sentences(test), sentences(test)
    start = next(button for button in test.button if button.label == "Start the study")
    start.click().run()
    (study,) = store.studies.all()
    assert study.definition["kind"] == "seeds" and study.definition["seeds"] == 3
    assert study.going


def test_the_best_is_confirmed_on_fresh_seeds(store: RunStore, tiny_recipe: Recipe) -> None:
    test = opened("studies", study=search(store, tiny_recipe))
    next(button for button in test.button if button.key == "confirm").click().run()
    newest = store.studies.all()[0]
    assert newest.definition["kind"] == "settings" and newest.definition["first_seed"] == 1


def test_who_may_only_look_starts_nothing(
    store: RunStore, tiny_recipe: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    study_id = search(store, tiny_recipe)
    monkeypatch.setenv("CONVSCOPE_TOKEN", "a secret of some length")
    test = opened("studies", study=study_id)
    assert not [button for button in test.button if button.label in ("Delete", "Ask that")]
    assert "You may look" in told(opened("studies", study="new"))
