"""A few of the hostile cases of each kind; `cases` of other seeds gives as many more as wanted."""

import pytest

from tests.fuzz import arguments, checkpoints


@pytest.mark.parametrize("seed", range(4))
def test_damaged_checkpoints_and_states_are_refused_in_a_sentence_or_work(seed: int) -> None:
    for case in checkpoints.cases(seed, 60):
        checkpoints.feed(case)


@pytest.mark.parametrize("seed", range(4))
def test_odd_recipes_links_and_names_are_refused_in_a_sentence_or_work(seed: int) -> None:
    for case in arguments.cases(seed, 250):
        arguments.feed(case)


def test_the_same_seed_gives_the_same_cases() -> None:
    for made in (checkpoints, arguments):
        assert [*made.cases(1, 40)] == [*made.cases(1, 40)] != [*made.cases(2, 40)]
