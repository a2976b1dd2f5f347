"""Inside, as its visitors see it: every view, links to what is not there, and no data."""

import re
from pathlib import Path

import pytest
import torch
from PIL import Image
from streamlit.testing.v1 import AppTest

import app.work
from app import services
from app.charts.verdicts import UNLIKE
from app.photos import KEPT, Photo
from core.data.sources import SOURCES
from core.inside.similarity import stored_similarity
from core.inside.survey import stored_survey
from core.inside.visualise import stored_visualisation, visualisation_path
from core.jobs import execute
from core.jobs.compute import compute
from core.machine import pick_device
from core.models.graph import trace
from core.prediction import Picture
from core.recipe import Recipe, presets
from core.runs.networks import BEST
from core.runs.store import RunStore
from core.training import Control
from pages.inside.diagram import diagram
from pages.inside.scale import Scale
from tests.pages.opening import opened, sentences

VIEWS = ["Architecture", "Layer", "Channel", "Layer by layer", "Neighbours", "Two networks"]


def do_next(store: RunStore) -> None:
    task = store.tasks.claim_next()
    assert task is not None
    compute(store.tasks, task, pick_device(), Control())


def press(test: AppTest, label: str) -> None:
    """A button whose label begins so."""
    next(button for button in test.button if button.label.startswith(label)).click().run()
    assert not test.exception


def html(test: AppTest) -> str:
    return " ".join(str(each.proto.body) for each in test.get("html"))


def told(test: AppTest) -> str:
    return " ".join(str(each.value) for each in [*test.info, *test.error, *test.markdown])


@pytest.mark.parametrize("name", presets())
def test_a_diagram_shows_every_layer_of_every_preset_once(name: str) -> None:
    steps = trace(presets()[name].model, 10)
    drawn = diagram(steps, lambda step: f'href="{step.name}"')
    assert re.findall(r'href="(\w+)"', drawn) == [step.name for step in steps]
    in_key = set(re.findall(r'<i class="(\w+)">', drawn))
    assert in_key == set(re.findall(r'class="box"><span class="(\w+)"', drawn))
    sums = sum(step.kind == "Sum" for step in steps)
    assert drawn.count('class="way"') >= sums


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_opens_with_a_trained_network(view: str, trained: str) -> None:
    test = opened("inside", run=trained, view=view)
    assert not test.error and test.button_group[0].value == view


@pytest.mark.parametrize("view", ["Layer", "Channel", "Neighbours"])
def test_a_layer_that_is_not_there_is_told_and_the_first_shown(view: str, trained: str) -> None:
    test = opened("inside", run=trained, view=view, layer="<b>conv99")
    assert "no layer '<b>conv99'" in sentences(test).replace("\\", "")
    assert next(box for box in test.selectbox if box.label == "Layer").value == "conv1"


@pytest.mark.parametrize("channel", ["4", "-1", "x", "9" * 30, "²"])
def test_a_channel_that_is_not_there_is_told(channel: str, trained: str) -> None:
    test = opened("inside", run=trained, view="Channel", layer="conv1", channel=channel)
    assert "conv1 has no such channel; they are numbered from 0 to 3" in told(test)


def test_an_image_that_is_not_there_is_told(trained: str) -> None:
    test = opened("inside", run=trained, view="Layer", image="9999999")
    assert "There is no image" in told(test) and html(test)


def test_another_layer_and_another_picture_are_put_into_the_link(trained: str) -> None:
    test = opened("inside", run=trained, view="Layer")
    next(box for box in test.selectbox if box.label == "Layer").set_value("conv2").run()
    next(box for box in test.number_input if box.label == "Image").set_value(3).run()
    next(box for box in test.number_input if box.label == "Channel").set_value(5).run()
    query = test.query_params
    assert (query["layer"], query["image"], query["channel"]) == ("conv2", "3", "5")
    assert "conv2, channel 5" in html(test) and "#3" in html(test)


def test_what_excites_a_channel_comes_from_a_worker_and_is_kept(
    trained: str, store: RunStore
) -> None:
    test = opened("inside", run=trained, view="Channel", layer="conv2", channel="1")
    do_next(store)
    test.run()
    path = store.best_path(trained)
    step = trace(services.card(path).recipe.model, 10)[2]
    survey = stored_survey(path, "test", step)
    assert step.name == "conv2" and survey is not None
    excited = f"#{int(survey.images[1, 0])} "
    assert excited in html(test) or "None of these images excites" in told(test)
    neighbours = opened("inside", run=trained, view="Neighbours", layer="conv2", image="7")
    assert f"#{int(survey.nearest[7, 0])} " in html(neighbours)
    assert "nearest in conv2" in told(neighbours)


def test_a_picture_for_a_channel_is_made_when_somebody_asks(trained: str, store: RunStore) -> None:
    test = opened("inside", run=trained, view="Channel", layer="conv1", channel="2")
    do_next(store)  # the images that excite it
    press(test, "Make pictures that excite it")
    do_next(store)
    test.run()
    assert stored_visualisation(store.best_path(trained), "conv1", 2) is not None
    assert "start 4" in html(test) and not test.error
    visualisation_path(store.best_path(trained), "conv1", 2).write_bytes(b"damaged")
    again = opened("inside", run=trained, view="Channel", layer="conv1", channel="2")
    assert any("Make pictures" in button.label for button in again.button)


def test_two_networks_of_the_same_data_are_compared(
    trained: str, store: RunStore, tiny_recipe: Recipe
) -> None:
    other = Recipe.parse(tiny_recipe.model_dump() | {"seed": 7, "name": "second"})
    run = store.get(store.create(other, claimed=True))
    for _ in execute(store, run, Control(), pick_device()):
        pass
    test = opened("inside", run=trained, view="Two networks", **{"with": run.id})
    do_next(store)
    test.run()
    assert stored_similarity(store.best_path(trained), store.best_path(run.id)) is not None
    assert "conv1 of A, conv1 of B" in html(test)
    assert test.metric[0].label == "Test images answered differently"


def test_networks_that_do_not_belong_together_are_refused(trained: str) -> None:
    test = opened("inside", run=trained, view="Two networks", **{"with": "vgg-bn"})
    assert "know other classes" in sentences(test)
    test = opened("inside", run=trained, view="Two networks", **{"with": "gone"})
    assert "There is no other network 'gone' here" in told(test)


def test_what_takes_long_begins_when_somebody_asks(
    trained: str, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.work, "UNASKED_SECONDS", 0.0)
    test = opened("inside", run=trained, view="Channel", layer="conv1")
    assert not store.tasks.waiting()
    press(test, "Run the network up to conv1 over the test images (a few seconds)")
    do_next(store)
    assert "#" in html(test.run())


def test_a_job_that_waits_says_what_the_worker_is_at(trained: str, store: RunStore) -> None:
    opened("inside", run=trained, view="Channel", layer="conv1")
    first = store.tasks.claim_next()
    assert first is not None
    store.tasks.progress(first.key, "Running the network", 0.25)
    opened("inside", run=trained, view="Channel", layer="conv2")
    third = opened("inside", run=trained, view="Neighbours", layer="dense1")
    [bar] = third.get("progress")
    assert "the worker is at something else first. Running the network (25%" in bar.proto.text
    assert "; one more asked for earlier" in bar.proto.text
    store.tasks.release(first.key)


def test_a_drawn_shape_stays_chosen_where_a_link_leads(trained: str) -> None:
    test = opened("inside", run=trained, view="Layer", picture="drawn", image="3")
    assert "Drawn shape #3" in html(test)
    assert "picture=drawn&image=3" in html(test).replace("&amp;", "&")
    earlier = opened("inside", run=trained, view="Layer", picture="A drawn shape", image="3")
    assert "Drawn shape #3" in html(earlier)
    none = opened("inside", run=trained, view="Layer", picture="<b>poem")
    assert "'<b>poem' in this link is none of A test image" in told(none).replace("\\", "")


def test_the_colours_of_maps_are_told_with_their_values() -> None:
    above, signed = Scale.of(torch.tensor([0.0, 4.0])), Scale.of(torch.tensor([-2.0, 4.0]))
    assert (above.low, above.high) == ("0", "4 or more") and "Dark is 0" in above.meaning
    assert (signed.low, signed.high) == ("-4 or less", "4 or more")
    assert "Red is above 0" in signed.meaning and above.colours != signed.colours


def test_without_test_images_a_drawn_shape_goes_through(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a fresh clone, where CIFAR-10 is not here."""
    monkeypatch.setenv("CONVSCOPE_CIFAR10", str(Path("/nowhere")))
    assert SOURCES["cifar10"].download()
    layer = opened("inside", run="three-block", view="Layer")
    assert "Drawn shape #0" in html(layer) and not layer.error
    film = opened("inside", run="three-block", view="Layer by layer")
    assert not film.error and not film.info
    channel = opened("inside", run="three-block", view="Channel")
    assert "test images of this network's data set are not here" in told(channel)
    assert any("Make pictures" in button.label for button in channel.button)
    layer.button_group[1].set_value("test").run()
    assert not layer.error and not layer.exception


def test_a_visitors_own_photo_goes_through_the_network(trained: str) -> None:
    test = opened("inside", run=trained, view="Layer", picture="photo")
    assert [link.proto.label for link in test.get("page_link")][-1] == "Upload a photo on Predict"
    grey = Picture(Image.new("RGB", (60, 40), (200, 200, 200)), 60, 40)
    test.session_state[KEPT] = [Photo("a", "<b>mine.png", grey), Photo("b", "other.png", grey)]
    test.run()
    assert not test.exception and not test.error
    assert "Photo, &lt;b&gt;mine.png" in html(test) and "<b>mine.png" not in html(test)
    next(box for box in test.selectbox if box.label == "Photo").set_value("b").run()
    assert test.query_params["photo"] == "b" and "Photo, other.png" in html(test)
    assert "picture=photo&amp;photo=b" in html(test)


def test_a_photo_that_is_gone_is_told_and_no_other_shown(trained: str) -> None:
    test = opened("inside", run=trained, view="Layer", picture="photo", photo="gone")
    assert "Upload it again" in told(test) and "Taken for" not in html(test)


def test_a_shape_is_told_to_be_nothing_that_a_network_of_photographs_knows() -> None:
    for view in ("Layer", "Layer by layer"):
        test = opened("inside", run=BEST, view=view, picture="drawn")
        told = html(test) + " ".join(str(each.value) for each in test.markdown)
        assert "It knows no circle" in told or UNLIKE in told
