"""Compare: who is better and where, links to it, and what cannot be compared."""

import io

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.evaluation.logits import stored_logits
from core.jobs import execute
from core.machine import pick_device
from core.recipe import Recipe
from core.runs.networks import BEST, SHIPPED
from core.runs.store import RunStore
from core.training import Control
from tests.pages.opening import opened, sentences

PAIR = f"vgg-bn,{BEST}"


def told(test: AppTest) -> str:
    """All that stands on the page as text."""
    parts = (test.markdown, test.caption, test.info)
    return " ".join(str(element.value) for part in parts for element in part)


def metrics(test: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in test.metric}


def said_by(name: str) -> tuple[np.ndarray, np.ndarray]:
    path = SHIPPED / f"{name}.safetensors"
    evaluated = stored_logits(path, "test", lambda: pytest.fail("not stored"))
    return evaluated.logits, evaluated.labels


def npy(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def bring_in(test: AppTest, name: str, content: bytes) -> AppTest:
    test.file_uploader[0].upload(name, content, "application/octet-stream").run()
    assert not test.exception, test.exception
    return test


@pytest.mark.usefixtures("store")
def test_the_answer_is_a_sentence_and_four_counts() -> None:
    test = opened("compare", runs=PAIR)
    (a, labels), (b, _) = said_by("vgg-bn"), said_by(BEST)
    right_a, right_b = a.argmax(axis=1) == labels, b.argmax(axis=1) == labels
    assert "Our strongest gets 4.48 points more right" in told(test)
    shown = metrics(test)
    assert shown["Only A right"] == f"{(right_a & ~right_b).sum():,}"
    assert shown["Only B right"] == f"{(~right_a & right_b).sum():,}"
    assert shown["Both right"] == f"{(right_a & right_b).sum():,}"
    assert shown["Both wrong"] == f"{(~right_a & ~right_b).sum():,}"
    assert test.get("bidi_component") and not test.error


@pytest.mark.usefixtures("store")
def test_without_a_link_two_that_ship_are_compared() -> None:
    test = opened("compare")
    assert test.query_params["runs"] == PAIR and "points more right" in told(test)


@pytest.mark.usefixtures("store")
def test_another_network_is_compared_with_the_first_as_well() -> None:
    test = opened("compare", runs=PAIR)
    test.multiselect[0].set_value(["vgg-bn", BEST, "three-block"]).run()
    assert test.query_params["runs"] == f"{PAIR},three-block"
    table = test.dataframe[0].value
    assert table["Shown to be"].tolist()[1:] == ["better", "worse"]
    assert "with Holm's correction for 2" in told(test)
    other = next(c for c in test.segmented_control if c.key == "with")
    other.set_value("three-block").run()
    assert "Three blocks gets 12.07 points fewer right" in told(test)
    assert test.query_params["with"] == "three-block"
    link = {"runs": test.query_params["runs"], "with": "gone"}
    assert "'gone' is not among the networks" in opened("compare", **link).info[0].value


@pytest.mark.usefixtures("store")
def test_an_ensemble_is_one_more_network() -> None:
    test = opened("compare", runs=PAIR)
    next(b for b in test.button if b.label == "Add the ensemble").click().run()
    assert test.query_params["runs"] == f"{PAIR},vgg-bn+{BEST}"
    assert "VGG with batch norm + Our strongest" in test.dataframe[0].value["Network"].tolist()
    assert not opened("compare", runs=f"{BEST},vgg-bn+{BEST}", view="Recipes").error


@pytest.mark.usefixtures("store")
def test_a_link_opens_a_cell_and_who_is_right() -> None:
    link = {"true": "dog", "predicted": "cat", "outcome": "both wrong"}
    test = opened("compare", runs=PAIR, **link)
    outcome = next(c for c in test.segmented_control if c.key == "outcome")
    assert outcome.value == 3
    assert "**dog taken for cat**: 86 by A, 32 by B" in told(test)
    next(b for b in test.button if b.label == "All images").click().run()
    assert "true" not in test.query_params and "taken for" not in told(test)


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("view", ["Matrices", "Curves", "Recipes"])
def test_a_link_opens_a_view(view: str) -> None:
    test = opened("compare", runs=PAIR, view=view)
    assert test.segmented_control[0].value == view and not test.error
    if view == "Recipes":
        assert "but one seed of Our strongest says nothing about the recipes" in told(test)
        fields = test.table[-1].value.set_index("Field").to_dict("index")
        smoothing = fields["Label smoothing"]
        assert [smoothing[name].replace("\\", "") for name in "AB"] == ["0.0", "0.2"]
        assert "Seed" not in fields


@pytest.mark.usefixtures("store")
def test_predictions_from_elsewhere_are_one_more_network() -> None:
    logits, _ = said_by("three-block")
    test = bring_in(opened("compare", runs=PAIR), "elsewhere.npy", npy(logits.argmax(axis=1)))
    assert "elsewhere.npy" in test.dataframe[0].value["Network"].tolist() and not test.error
    name = test.query_params["runs"].split(",")[-1]
    test.multiselect[0].set_value([name, "three-block"]).run()
    assert "say the same of all 10,000 images" in told(test)
    test.segmented_control[0].set_value("Curves").run()
    assert "No epochs are known of: elsewhere" in told(test) and not test.error
    assert "brought in by somebody else" in sentences(opened("compare", runs=f"{BEST},{name}"))


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(("name", "content", "sentence"), [
    ("short.csv", b"1\n2\n3\n", "has 3 predictions, but there are 10,000 test images"),
    ("bad.csv", b"", "is empty"),
    ("bad.json", b"{", "is not valid JSON"),
    ("luck.npy", npy(np.arange(10_000) % 7), "about what guessing gets"),
])  # fmt: skip
def test_a_file_that_does_not_fit_is_told_and_the_rest_is_there(
    name: str, content: bytes, sentence: str
) -> None:
    test = bring_in(opened("compare", runs=PAIR), name, content)
    assert sentence in sentences(test)
    assert "points more right" in told(test)


def test_networks_that_do_not_fit_are_told_and_the_others_are_compared(trained: str) -> None:
    test = opened("compare", runs=f"{PAIR},{trained},gone")
    assert "tiny knows other classes" in sentences(test)
    assert "There is no run 'gone'" in sentences(test)
    assert "points more right" in told(test)


def test_a_run_is_compared_with_a_run_of_its_recipe(
    trained: str, store: RunStore, tiny_recipe: Recipe
) -> None:
    again = tiny_recipe.model_copy(update={"seed": 1})
    other = store.get(store.create(again, claimed=True))
    for _ in execute(store, other, Control(), pick_device()):
        pass
    test = opened("compare", runs=f"{trained},{other.id}")
    assert f"tiny ({other.id})" in told(test).replace("\\", "") and not test.error
    test.segmented_control[0].set_value("Recipes").run()
    assert "come from the same recipe, but for the seed" in told(test)
    assert test.table[-1].value["Field"].tolist() == ["Seed"]
    link = next(iter(opened("runs", run=f"{trained},{other.id}").get("page_link"))).proto
    assert link.page == "compare" and link.label == "Compare their answers"


@pytest.mark.usefixtures("store")
def test_presets_are_compared_by_the_seeds_that_ship() -> None:
    test = opened("compare", runs="convnet-sgd,vgg-bn", view="Recipes")
    assert "points better than ConvNet with SGD" in told(test) and not test.error
    a, b = test.table[0].value.to_dict("records")
    assert [*b.values()] == ["90.81", "90.96", "90.65", *3 * ["\\-"]]
    assert [*a.values()][1:3] == ["78.00", "78.33"]


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(("runs", "sentence"), [
    (BEST, "Choose a second network"),
    (f"{BEST},{BEST}", "What the link names twice"),
    (f"gone,{BEST}", "without it there is nothing to compare with"),
    (f"{BEST},shapes-quick", "Nothing is left to compare with Our strongest"),
])  # fmt: skip
def test_where_there_are_no_two_it_is_told(runs: str, sentence: str) -> None:
    test = opened("compare", runs=runs)
    assert sentence in told(test) and not test.metric


def test_a_run_without_weights_and_a_deleted_one_are_told(
    trained: str, store: RunStore, tiny_recipe: Recipe
) -> None:
    waiting = store.create(tiny_recipe)
    assert "'tiny' has no weights yet" in sentences(opened("compare", runs=f"{BEST},{waiting}"))
    store.delete(trained)
    assert "'tiny' is deleted" in sentences(opened("compare", runs=f"{BEST},{trained}"))
