"""Where a network looked in one image: by class, against another, by layer, and how far to trust
it."""

from html import unescape

from streamlit.testing.v1 import AppTest

from tests.pages.opening import opened, sentences

QUICK = ["saliency", "grad_cam"]


def figures(test: AppTest) -> str:
    return unescape(" ".join(str(part.proto.body) for part in test.get("html")))


def test_each_map_says_what_hiding_its_strongest_part_does(trained: str) -> None:
    test = opened("image", run=trained, image="7", methods="grad_cam")
    told = figures(test)
    assert "Grad-CAM over the picture" in told and "Saliency over the picture" not in told
    assert "Blurring the ringed part" in told or "Nothing spoke for it" in told


def test_the_link_says_what_is_asked_and_what_it_does_not_know_is_left_out(trained: str) -> None:
    classes = opened("image", run=trained, image="7").selectbox[1].options
    asked = {"class": classes[2], "against": classes[3], "methods": "saliency"}
    test = opened("image", run=trained, image="7", **asked)
    chosen = {box.label: box.value for box in test.selectbox}
    assert chosen["Explain the class"] == classes[2] and chosen["Held against"] == classes[3]
    assert "Saliency over the picture" in figures(test)
    wrong = {"class": "unicorn", "against": "unicorn", "methods": "magic", "layer": "nowhere"}
    test = opened("image", run=trained, image="7", **wrong)
    assert not sentences(test) and "Grad-CAM over the picture" in figures(test)


def test_a_class_is_never_held_against_itself(trained: str) -> None:
    classes = opened("image", run=trained, image="7").selectbox[1].options
    test = opened("image", run=trained, image="7", **{"class": classes[2], "against": classes[2]})
    held = next(box for box in test.selectbox if box.label == "Held against")
    assert held.value is None and classes[2] not in held.options


def test_trust_ranks_the_methods_for_this_image(trained: str) -> None:
    test = opened("image", run=trained, image="7", methods="saliency")
    toggle = next(each for each in test.toggle if "trusted" in each.label)
    toggle.set_value(True).run(timeout=60)
    assert any(button.label == "Stop testing" for button in test.button)
    test.run(timeout=60)  # one step at a time
    assert not test.exception and not sentences(test)
    assert [*test.table[-1].value["Method"]] == ["Saliency"]
    assert not any(button.label == "Stop testing" for button in test.button)
    assert any("random order" in text.value for text in test.markdown)


def test_the_link_says_that_the_maps_are_put_to_the_test(trained: str) -> None:
    test = opened("image", run=trained, image="7", methods="saliency")
    toggle = next(each for each in test.toggle if "trusted" in each.label)
    toggle.set_value(True).run(timeout=60)
    assert test.query_params["trust"] == "1"
    again = opened("image", run=trained, image="7", methods="saliency", trust="1")
    assert next(each for each in again.toggle if "trusted" in each.label).value
    next(button for button in again.button if button.label == "Stop testing").click().run(
        timeout=60
    )
    assert "trust" not in again.query_params


def test_trust_can_be_stopped_between_two_steps(trained: str) -> None:
    test = opened("image", run=trained, image="7", methods="saliency")
    next(each for each in test.toggle if "trusted" in each.label).set_value(True).run(timeout=60)
    next(button for button in test.button if button.label == "Stop testing").click().run(timeout=60)
    assert not test.exception
    assert not next(each for each in test.toggle if "trusted" in each.label).value
    assert not test.table and not any(button.label == "Stop testing" for button in test.button)
