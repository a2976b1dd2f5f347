"""How figures are written."""

import pytest

from core.wording import about, probability


@pytest.mark.parametrize(("seconds", "told"), [
    (0, "a few seconds"), (14, "a few seconds"), (15, "about a minute"), (89, "about a minute"),
    (300, "about 5 minutes"),
    (89 * 60, "about 89 minutes"), (618 * 60, "about 10 hours"),
])  # fmt: skip
def test_a_long_time_is_told_in_hours(seconds: float, told: str) -> None:
    assert about(seconds) == told


def test_what_is_possible_is_not_called_impossible() -> None:
    assert [probability(share) for share in (0.00001, 0.001, 0.9)] == [
        "under 0.1%", "0.1%", "90.0%",
    ]  # fmt: skip
    assert probability(0.004, 0) == "under 1%" and probability(0.006, 0) == "1%"


def test_what_is_uncertain_is_not_called_certain() -> None:
    assert [probability(share) for share in (0.999, 0.9999, 1.0)] == [
        "99.9%", "over 99.9%", "over 99.9%",
    ]  # fmt: skip
    assert probability(0.994, 0) == "99%" and probability(0.996, 0) == "over 99%"
