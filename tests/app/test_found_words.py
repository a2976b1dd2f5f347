"""What was found in a picture, in a sentence."""

from app.explaining.words import effect_in_words, matters
from core.explanation import Effect


def test_what_changes_nothing_is_not_told_as_two_figures() -> None:
    same = effect_in_words(Effect(0.1, 0.9901, 0.9945, 0.99), "dog")
    assert "changes hardly anything: dog 99%." in same and "then" not in same
    small = effect_in_words(Effect(0.1, 0.9945, 0.9985, 0.99), "dog")
    assert "changes hardly anything: dog 99%." in small and "100%" not in small
    large = effect_in_words(Effect(0.1, 0.999, 0.001, None), "dog")
    assert "costs 100 points: dog over 99%, then under 1%." in large


def test_a_part_matters_where_hiding_it_changes_something() -> None:
    assert not matters(None) and not matters(Effect(0.1, 0.9901, 0.9945, 0.99))
    assert matters(Effect(0.1, 0.2, 0.9, None)) and matters(Effect(0.1, 0.9, 0.2, None))
