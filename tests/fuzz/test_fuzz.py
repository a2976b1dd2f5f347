"""A few of the hostile cases of each kind; `python -m tests.fuzz` tries as many as are wanted."""

from importlib import import_module
from pathlib import Path

import pytest

from tests.fuzz.misbehaving import MISDEEDS
from tests.fuzz.trial import KINDS, Job, Limits, tried

pytestmark = pytest.mark.slow

PATIENT = Limits(seconds=120.0)  # whatever else the machine does meanwhile


def test_whatever_is_given_is_taken_or_refused_in_a_sentence(tmp_path: Path) -> None:
    jobs = [Job(kind, number) for kind in KINDS for number in range(0, 120, 4)]
    outcomes = list(tried(tmp_path, 0, jobs, PATIENT))
    assert [outcome.job for outcome in outcomes] == jobs
    assert [outcome for outcome in outcomes if outcome.problem] == []
    assert {(outcome.job.kind, outcome.verdict) for outcome in outcomes} == {
        (kind, verdict) for kind in KINDS for verdict in ("accepted", "refused")
    }, "some kind has nothing but whole cases, or none"


@pytest.mark.parametrize("kind", KINDS)
def test_a_case_is_made_again_from_its_numbers(kind: str) -> None:
    made = import_module(f"tests.fuzz.{kind}")
    late = [made.case(1, number) for number in range(60, 70)]
    assert late == [made.case(1, number) for number in range(60, 70)]
    assert late != [made.case(2, number) for number in range(60, 70)]


def test_whatever_goes_wrong_is_told_and_the_next_case_tried(tmp_path: Path) -> None:
    jobs = [Job("misbehaving", number) for number in range(len(MISDEEDS))]
    outcomes = tried(tmp_path, 0, jobs, Limits(seconds=2.0, megabytes=100.0))
    found = dict(zip(MISDEEDS, outcomes, strict=True))
    good = {name: outcome.verdict for name, outcome in found.items() if not outcome.problem}
    assert good == {"none": "accepted", "refuse": "refused", "none again": "accepted"}
    assert "4,000 characters" in found["refuse at length"].problem
    assert "ValueError: a bug" in found["raise"].problem
    assert "Timeout" in found["hang"].problem
    assert "_hang_where_nothing_interrupts" in found["hang"].problem
    assert "it took 2" in found["eat"].problem
    assert "Segmentation fault" in found["crash"].problem and "_crash" in found["crash"].problem
