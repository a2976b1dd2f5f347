"""What is said of a race, from its first moment to its end."""

import numpy as np
import pytest

from core.evaluation.race import Racer, flops, position, standing


def racer(name: str, *validation: float, every: float = 1) -> Racer:
    return Racer(name, every * np.arange(1, len(validation) + 1), np.array(validation))


def test_the_lead_is_told_where_both_have_come_to() -> None:
    told = standing([racer("A", 0.5, 0.6, 0.7), racer("B", 0.55, 0.618)], "epoch")
    assert told == [
        "'B' leads 'A' by 1.8 points after 2 epochs: validation 61.8 % against 60.0 %.",
        "'A' and 'B' reached 60 % after 2 epochs.",
    ]


def test_by_time_each_counts_with_what_it_had_then() -> None:
    told = standing([racer("A", 0.3, 0.5, 0.62, every=17), racer("B", 0.6, 0.61, every=32)], "time")
    assert told == [
        "'A' leads 'B' by 2.0 points after 0:51: validation 62.0 % against 60.0 %.",
        "'B' reached 60 % after 0:32; 'A' needed 0:51.",
    ]


def test_who_is_not_ready_by_then_is_behind_nobody() -> None:
    told = standing([racer("A", 0.3, every=10), racer("B", 0.5, every=60)], "time")
    assert told[0] == "'B': no validation after 0:10, so nobody leads there."


def test_a_tie_is_a_tie() -> None:
    told = standing([racer("A", 0.6), racer("B", 0.6004)], "epoch")
    assert told[0] == "After 1 epoch 'B' and 'A' are both at 60.0 %."
    assert standing([racer(name, 0.6) for name in "ABC"], "epoch")[0].endswith("are all at 60.0 %.")


def test_one_that_has_not_begun_is_waited_for() -> None:
    told = standing([racer("A", 0.5, 0.6), racer("B")], "epoch")
    assert told == ["'A' stands at 60.0 % after 2 epochs.", "'B' has not ended an epoch yet."]
    assert standing([racer("A"), racer("B")], "epoch") == [
        "'A' and 'B' have not ended an epoch yet."
    ]


def test_of_three_the_first_two_are_compared_and_all_are_told_at_the_mark() -> None:
    told = standing([racer("A", 0.5), racer("B", 0.2, 0.5), racer("C", 0.41)], "epoch")
    assert told[0].startswith("'A' leads 'C' by 9.0 points after 1 epoch")
    assert told[1] == "'A' reached 50 % after 1 epoch; 'B' needed 2 epochs."


def test_a_loss_that_was_no_number_wins_nothing() -> None:
    told = standing([racer("A", 0.5, np.nan), racer("B", 0.4, 0.45)], "epoch")
    assert told[0] == "'A': no validation after 2 epochs, so nobody leads there."


def test_nobody_is_first_at_nothing() -> None:
    assert len(standing([racer("A", 0.01), racer("B", 0.02)], "epoch")) == 1


@pytest.mark.parametrize(("number", "told"), [
    (999, "999 FLOP"), (1.5e15, "1.5 PFLOP"), (2e9, "2 GFLOP"), (3e18, "3 EFLOP")
])  # fmt: skip
def test_flops_are_told_in_units_of_a_thousand(number: float, told: str) -> None:
    assert flops(number) == position(number, "flops") == told


def test_places_are_told_in_words() -> None:
    assert (position(1, "epoch"), position(1200, "step")) == ("1 epoch", "1,200 steps")
