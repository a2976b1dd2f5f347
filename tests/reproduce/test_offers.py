"""How presets are offered."""

from collections import Counter

import pytest

from core.recipe import Recipe, presets
from core.reproduce.offers import BUDGETS, GROUPS, group_of, offers, roughly
from core.runs.store import RunStore


def test_every_preset_and_budget_is_in_one_group() -> None:
    offered = Counter(name for names in GROUPS.values() for name in names)
    assert offered == Counter([*presets(), *BUDGETS])
    assert group_of("vgg-bn") == "Published"


def test_a_preset_is_offered_with_what_is_known_of_it() -> None:
    known = offers([])
    assert set(known) == {name for names in GROUPS.values() for name in names}
    assert known["resnet18"].line == "ResNet-18 · 89.6 % · 35 min"
    assert known["shapes-quick"].line == "Shapes in a minute · 98.0 % · 21 s"
    assert known["speed-96"].line == "CIFAR-10, fast to 96 %"
    assert known["minutes-3"].line == "CIFAR-10 in 3 minutes"


def test_what_was_reached_here_counts_more_than_what_ships(store: RunStore) -> None:
    recipe = presets()["resnet18"]
    run_id = store.create(recipe.model_copy(update={"seed": 5}), claimed=True)
    store.update(run_id, accuracies='{"validation": 0.7, "test": 0.71}', seconds=30.0)
    store.set_status(run_id, "finished")
    store.create(Recipe())
    assert offers(store.runs())["resnet18"].line == "ResNet-18 · 71.0 % · 30 s"


@pytest.mark.parametrize(
    ("seconds", "told"), [(21.4, "21 s"), (240, "4 min"), (4541, "76 min"), (7610, "2.1 h")]
)
def test_times_are_told_in_the_unit_that_suits_them(seconds: float, told: str) -> None:
    assert roughly(seconds) == told
