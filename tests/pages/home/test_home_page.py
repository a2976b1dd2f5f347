"""Home: where its doors lead, and what is under way."""

from core.recipe import Recipe
from core.runs.networks import BEST
from core.runs.store import RunStore
from tests.pages.opening import opened


def doors(**query: str) -> dict[str, str]:
    """What the links to pages lead to, by their labels."""
    links = opened("home", **query).get("page_link")
    return {link.proto.label: link.proto.query_string for link in links}


def test_a_photo_is_shown_to_a_network_that_knows_photographs(trained: str) -> None:
    """And not to the newest, which has learned drawn shapes."""
    found = doors()
    assert found["Predict"] == f"run={BEST}"
    assert found["Evaluate"] == f"run={trained}"


def test_however_many_runs_wait_they_take_two_lines(store: RunStore, tiny_recipe: Recipe) -> None:
    for _ in range(18):
        store.create(tiny_recipe)
    test = opened("home")
    assert len(test.get("progress")) == 1
    assert any("17 other runs" in link.proto.label for link in test.get("page_link"))
