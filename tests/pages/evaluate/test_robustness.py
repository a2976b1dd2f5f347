"""Evaluate, Robustness: what a report says, and what is offered where there is none."""

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.data import load_dataset
from core.jobs import RobustnessWork
from core.robustness.corruptions import CORRUPTIONS
from core.robustness.measure import robustness_of
from core.robustness.report import RobustnessReport, Shifts, report_path, stored_report
from core.robustness.shifts import DIRECTIONS
from core.runs.checkpoint import load_card
from core.runs.networks import shipped_networks
from core.runs.store import RunStore
from pages.evaluate.robustness import in_words
from pages.evaluate.robustness_charts import (
    attack_words,
    severity_curves,
    severity_table,
    severity_words,
    shift_curves,
    shift_words,
)
from tests.pages.opening import opened, sentences

VIEW = "Robustness"


@pytest.fixture
def report() -> RobustnessReport:
    """Of 100 images, 90 right; glass blur hurts by 10 more a severity, fog is the worst."""
    counts: dict[str, tuple[int, ...]] = dict.fromkeys(CORRUPTIONS, (90, 85, 80, 75, 70))
    counts["glass_blur"] = (80, 70, 60, 50, 40)
    counts["fog"] = (50, 40, 30, 20, 10)
    counts["brightness"] = (90, 90, 89, 89, 88)
    counts["spatter"] = (0, 0, 0, 0, 0)
    right = dict.fromkeys(DIRECTIONS, (89, 88, 87, 86)) | {"up": (80, 70, 60, 50)}
    return RobustnessReport(
        weights="of these",
        data="of those",
        images=100,
        seed=0,
        clean=90,
        corruptions=counts,
        shifts=Shifts(right=right, same=dict.fromkeys(DIRECTIONS, 95)),
        attacked=(90, 40, 10, 1, 0),
    )


@pytest.fixture
def measured(trained: str, store: RunStore) -> str:
    path = store.best_path(trained)
    robustness_of(path, lambda: load_dataset(load_card(path).recipe.data), 1000)
    return trained


def test_the_sentence_names_what_hurts_most_and_least(report: RobustnessReport) -> None:
    assert in_words(report) == (
        "**Spatter hurts most** over all severities: accuracy falls from 90.0 % to 0.0 % at "
        "severity 3 and 0.0 % at severity 5. Brightness hurts least: 88.0 % at severity 5. Moved "
        "by one pixel, 95.0 % of the images keep their answer; changed on purpose by 1/255, at "
        "most 40.0 % are still right."
    )


def test_the_chosen_corruption_stands_out_among_its_family(report: RobustnessReport) -> None:
    lines = {line.name: line for line in severity_curves(report, "glass_blur").lines}
    assert [*lines] == [
        *("Defocus blur", "Glass blur", "Motion blur", "Zoom blur", "Gaussian blur", "Mean of 15")
    ]
    assert list(lines["Glass blur"].y) == [90, 80, 70, 60, 50, 40]
    assert max(lines, key=lambda name: lines[name].width) == "Glass blur"
    assert [name for name, line in lines.items() if line.low is not None] == ["Glass blur"]


def test_the_table_has_all_and_the_mean_of_those_that_count(report: RobustnessReport) -> None:
    table = severity_table(report)
    assert len(table) == 20
    assert table.loc[table["Corruption"] == "Spatter *", "5"].item() == 0
    first = (13 * 90 + 80 + 50) / 15
    assert table.iloc[-1]["Corruption"] == "Mean of 15"
    assert table.iloc[-1]["1"] == pytest.approx(first)


def test_shifts_tell_mean_and_worst_direction(report: RobustnessReport) -> None:
    mean, worst = (list(line.y) for line in shift_curves(report).lines)
    assert mean[:2] == [90, pytest.approx((7 * 89 + 80) / 8)] and worst == [90, 80, 70, 60, 50]


def test_charts_are_told_in_words(report: RobustnessReport) -> None:
    assert "Glass blur 80.0, 70.0, 60.0, 50.0, 40.0" in severity_words(report, "glass_blur")
    assert "worst direction 90.0, 80.0, 70.0, 60.0, 50.0." in shift_words(report)
    assert "at most" in attack_words(report) and "1/255: 40.0" in attack_words(report)


def test_a_report_is_shown_with_pictures(measured: str) -> None:
    test = opened("evaluate", run=measured, view=VIEW)
    assert not test.error
    assert any("hurts most** over" in text.value for text in test.markdown)
    assert charts(test) == 3 and len(test.dataframe) == 1
    assert pictures(test) == 6
    assert any("40 test images" in caption.value for caption in test.caption)


def test_the_link_says_which_corruption_and_one_that_is_none_is_the_worst(measured: str) -> None:
    test = opened("evaluate", run=measured, view=VIEW, corruption="Fog · weather")
    assert chosen(test) == "fog"
    test = opened("evaluate", run=measured, view=VIEW, corruption="rain")
    assert chosen(test) in CORRUPTIONS and not test.error
    other = "pixelate" if chosen(test) != "pixelate" else "fog"
    test.selectbox(key="corruption").set_value(other).run()
    assert chosen(test) == other
    assert not test.error and pictures(test) == 6


def test_the_link_says_which_picture_and_one_that_is_none_is_the_first(measured: str) -> None:
    test = opened("evaluate", run=measured, view=VIEW, picture="7")
    assert any("Test image #7," in caption.value for caption in test.caption)
    test.number_input(key="picture").set_value(9).run()
    assert any("Test image #9," in caption.value for caption in test.caption)
    for none in ("1000000000000", "-1", "x"):
        test = opened("evaluate", run=measured, view=VIEW, picture=none)
        assert not test.error and pictures(test) == 6


def test_one_that_is_missing_is_offered_and_computed_on_request(
    trained: str, store: RunStore
) -> None:
    test = opened("evaluate", run=trained, view=VIEW)
    button = next(button for button in test.button if button.label.startswith("Compute on"))
    assert re.fullmatch(r"Compute on 40 test images \(a few seconds\)", button.label)
    button.click().run()
    key = RobustnessWork(checkpoint=store.best_path(trained), images=40).key
    assert not test.error
    assert store.tasks.get(key) is not None or stored_report(store.best_path(trained))


def test_one_that_is_damaged_is_offered_anew(measured: str, store: RunStore) -> None:
    report_path(store.best_path(measured)).write_text("{")
    test = opened("evaluate", run=measured, view=VIEW)
    assert any(button.label.startswith("Compute on") for button in test.button)
    assert not test.error and not sentences(test)


def test_a_network_that_ships_shows_its_own_without_the_images(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("CONVSCOPE_CIFAR10", raising=False)
    test = opened("evaluate", run="vgg-bn", view=VIEW)
    assert not test.error and charts(test) == 3
    assert any("once the pictures" in caption.value for caption in test.caption)
    assert any(button.label.startswith("Download CIFAR-10") for button in test.button)
    assert pictures(test) == 0


def test_without_a_report_and_without_images_the_page_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("CONVSCOPE_CIFAR10", raising=False)
    shipped = shipped_networks()["vgg-bn"].path
    for path in shipped.parent.glob("vgg-bn.*"):
        if "robustness" not in path.name:
            (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr("core.runs.networks.SHIPPED", tmp_path)
    monkeypatch.setattr("core.runs.networks.shipped_networks.__defaults__", (tmp_path,))
    test = opened("evaluate", run="vgg-bn", view=VIEW)
    assert any("No report is stored" in info.value for info in test.info)
    assert any(button.label.startswith("Download CIFAR-10") for button in test.button)


def charts(test: AppTest) -> int:
    return sum("line_chart" in str(part.proto) for part in test.get("bidi_component"))


def chosen(test: AppTest) -> str:
    return str(test.selectbox(key="corruption").value)


def pictures(test: AppTest) -> int:
    return sum(str(part.proto).count("<figure>") for part in test.get("html"))
