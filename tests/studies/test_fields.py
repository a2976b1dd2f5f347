"""What a form suggests that a study varies."""

from core.recipe import presets
from core.studies.fields import fields_of, suggestion
from core.studies.space import applied, range_of

BASE = presets()["convnet-sgd"]


def test_a_search_begins_around_what_the_recipe_has() -> None:
    fields = fields_of(BASE)
    rate = BASE.optimizer.learning_rate
    told = suggestion(fields["optimizer.learning_rate"], "search")
    assert told == f"{rate / 10:g}..{rate * 10:g}:log"
    assert suggestion(fields["batch_size"], "search").endswith(":log")
    odd = fields_of(applied(BASE, {"optimizer.learning_rate": 0.07}))
    assert suggestion(odd["optimizer.learning_rate"], "search") == "0.007..0.7:log"
    for path, field in fields.items():
        if field.whole is not None:
            range_of(BASE, path, suggestion(field, "search"))
