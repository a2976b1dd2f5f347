"""What is said to users is one line that steers no terminal, whatever it was made of."""

import pytest

from core.cli.train import changed
from core.errors import ConvscopeError, StorageError
from core.recipe import Recipe, RecipeError, load_recipe
from core.runs.store import RunStore

EVIL = "\x1b[2J\x9b31m\u202e a\0b\udcff"
HARMLESS = "?[2J?31m? a?b?"


@pytest.mark.parametrize("kind", [ConvscopeError, StorageError, RecipeError])
def test_whatever_a_message_is_made_of_it_is_one_printable_line(
    kind: type[ConvscopeError],
) -> None:
    assert str(kind(f"There is no '{EVIL}',\nnor\r\nany other.")) == (
        f"There is no '{HARMLESS}', nor any other."
    )


def test_odd_names_are_refused_in_a_printable_line(store: RunStore) -> None:
    for refused in (
        lambda: store.find(EVIL),
        lambda: load_recipe(EVIL),
        lambda: changed(Recipe(), [EVIL]),
        lambda: changed(Recipe(), [f"{EVIL}=1"]),
        lambda: Recipe.parse({"model": {"family": EVIL}}),
    ):
        with pytest.raises(ConvscopeError) as caught:
            refused()
        assert str(caught.value).isprintable()
