"""Two networks on the same images: counts, interval, test, and what is said of them."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests

from core.comparison.answers import Answers, Questions
from core.comparison.paired import Paired, all_against, holm, paired
from core.errors import ConvscopeError

QUESTIONS = Questions(("cat", "dog", "owl"), np.array([0, 0, 1, 1, 2, 2]), "these")


def says(name: str, *predicted: int) -> Answers:
    return Answers(name, QUESTIONS, np.array(predicted), None)


def mcnemar_s(both_right: int, a_only: int, b_only: int, both_wrong: int) -> float:
    """The p value as statsmodels has it."""
    test: Any = mcnemar([[both_right, a_only], [b_only, both_wrong]], exact=True)
    return test.pvalue


def counts(both_right: int, a_only: int, b_only: int, both_wrong: int) -> Paired:
    return Paired(("A", "B"), both_right, a_only, b_only, both_wrong, same=both_right)


def test_images_are_counted_by_who_is_right() -> None:
    found = paired(says("A", 0, 0, 1, 2, 0, 1), says("B", 0, 1, 1, 1, 2, 1))
    counted = (found.both_right, found.a_only, found.b_only, found.both_wrong, found.same)
    assert counted == (2, 1, 2, 1, 3)
    assert found.images == 6 and found.points == pytest.approx(100 / 6)


@pytest.mark.parametrize("table", [
    (8840, 255, 310, 595), (9000, 0, 3, 997), (10, 1, 9, 0), (7, 7, 7, 7), (9500, 110, 171, 219),
    (0, 30, 10, 0),
])  # fmt: skip
def test_the_test_is_mcnemar_s_as_statsmodels_has_it(table: tuple[int, int, int, int]) -> None:
    assert counts(*table).p == pytest.approx(mcnemar_s(*table))


def test_the_interval_is_newcombe_s() -> None:
    """Airway responsiveness before and after transplantation (Bentur et al. 2009), the example of
    Fagerland, Lydersen and Laake 2014, who give -0.507 to -0.026 for the other direction."""
    low, high = counts(1, 1, 7, 12).interval
    assert (low, high) == (pytest.approx(2.6, abs=0.05), pytest.approx(50.7, abs=0.05))


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    shares = np.array([0.88, 0.03, 0.05, 0.04])
    tables = np.random.default_rng(0).multinomial(400, shares, size=1500)
    intervals = [counts(*map(int, table)).interval for table in tables]
    held = np.mean([low <= 2.0 <= high for low, high in intervals])
    assert 0.935 < held < 0.97


def test_a_difference_is_told_with_its_evidence_and_its_reach() -> None:
    assert counts(9450, 100, 161, 289).sentence == (
        "On these 10,000 images B gets 0.61 points more right than A (95 % interval +0.29 to "
        "+0.93; McNemar's exact p = 0.00019). That is about these two as they are; recipes are "
        "judged over seeds."
    )
    worse = counts(9450, 161, 100, 289).sentence
    assert "B gets 0.61 points fewer right than A (95 % interval -0.93 to -0.29;" in worse


def test_where_none_was_shown_it_is_told_what_could_not_be_seen() -> None:
    found = counts(9450, 125, 136, 289)
    assert not found.shown and found.visible is not None
    assert "No difference was shown" in found.sentence
    assert f"one under {found.visible:.2f} points cannot be seen" in found.sentence
    least = round(found.visible * 100)  # images of 10,000
    for apart, is_shown in ((least, True), (least - 2, False)):
        fewer = (found.discordant - apart) // 2
        assert (mcnemar_s(0, fewer, found.discordant - fewer, 0) < 0.05) == is_shown


def test_few_disagreements_can_show_nothing() -> None:
    found = counts(9000, 0, 5, 995)
    assert found.visible is None and not found.shown
    assert "only one of the two is right about 5 images, and so few cannot show any" in (
        found.sentence
    )


def test_no_disagreement_at_all() -> None:
    twice = paired(says("A", 0, 0, 1, 1, 0, 0), says("B", 0, 0, 1, 1, 0, 0))
    assert "say the same of all 6 images" in twice.sentence
    otherwise = paired(says("A", 0, 0, 1, 1, 0, 0), says("B", 0, 0, 1, 1, 1, 1))
    assert "right about the same of these 6 images: no difference" in otherwise.sentence
    assert otherwise.p == 1 and otherwise.interval[0] <= 0 <= otherwise.interval[1]


def test_all_right_against_all_wrong() -> None:
    found = counts(0, 0, 50, 0)
    assert found.points == 100 and found.interval[1] <= 100.0001 and found.shown


def test_equally_good_ones_are_said_to_be() -> None:
    assert "B gets as many right as A (" in counts(5, 5, 5, 5).sentence


@pytest.mark.parametrize("values", [[0.01, 0.04, 0.03, 0.005], [0.5], [1, 1, 0.2], [0.02, 0.02]])
def test_several_are_corrected_as_holm_does(values: list[float]) -> None:
    assert holm(values) == pytest.approx(multipletests(values, method="holm")[1])


def test_against_several_a_difference_has_to_be_clearer() -> None:
    labels = np.zeros(1000, dtype=np.int64)
    questions = Questions(("cat", "dog"), labels, "these")

    def wrong(first: int, last: int) -> Answers:
        predicted = labels.copy()
        predicted[first:last] = 1
        return Answers(f"wrong from {first} to {last}", questions, predicted, None)

    base, one, two = wrong(0, 30), wrong(16, 32), wrong(0, 31)
    assert paired(base, one).shown
    alone, _ = all_against(base, [one, two])
    assert alone.p_counted == pytest.approx(2 * alone.p)
    assert "with Holm's correction for 2" in alone.sentence


def test_what_a_correction_hides_is_below_what_is_said_to_be_seen() -> None:
    alone = counts(800, 10, 24, 166)
    among_five = replace(alone, comparisons=5, p_corrected=5 * alone.p)
    assert alone.shown and not among_five.shown
    assert among_five.visible is not None and among_five.points < among_five.visible


def test_other_images_and_other_classes_are_refused() -> None:
    a = says("A", 0, 0, 1, 1, 2, 2)
    other = Questions(QUESTIONS.classes, QUESTIONS.labels[::-1].copy(), "these")
    with pytest.raises(ConvscopeError, match="B was tested on other images than A"):
        paired(a, Answers("B", other, a.predicted, None))
    elsewhere = Questions(QUESTIONS.classes, QUESTIONS.labels, "those")
    with pytest.raises(ConvscopeError, match="B was tested on other images than A"):
        paired(a, Answers("B", elsewhere, a.predicted, None))
    shapes = Questions(("circle", "ring", "star"), QUESTIONS.labels, "these")
    with pytest.raises(ConvscopeError, match=r"B knows other classes \(circle, ring, star"):
        paired(a, Answers("B", shapes, a.predicted, None))
