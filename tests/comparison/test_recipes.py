"""What two recipes do differently, in words."""

from core.comparison.recipes import Differing, recipe_differences
from core.recipe import Recipe, presets


def test_only_what_differs_is_told_with_its_meaning() -> None:
    base = presets()["convnet-sgd"]
    other = Recipe.parse(
        base.model_dump()
        | {"name": "Other", "epochs": base.epochs + 1}
        | {"augmentation": base.augmentation.model_dump() | {"flip": not base.augmentation.flip}}
    )
    found = recipe_differences(base, other)
    assert found[0] == Differing(
        "Epochs",
        str(base.epochs),
        str(base.epochs + 1),
        "How often each training image is seen.",
    )
    assert [each.field for each in found[1:]] == ["Augmentation: flip"]
    assert {found[1].a, found[1].b} == {"on", "off"}


def test_the_same_recipe_under_another_name_differs_in_nothing() -> None:
    base = presets()["best"]
    assert recipe_differences(base, base.model_copy(update={"name": "Other"})) == []


def test_fields_that_one_family_lacks_stand_with_the_model_s_others() -> None:
    found = recipe_differences(presets()["vgg-bn"], presets()["best"])
    parts = [each.field.partition(":")[0] for each in found]
    models = [place for place, part in enumerate(parts) if part == "Model"]
    assert models == list(range(models[0], models[0] + len(models)))
    assert ("-" in {each.a for each in found}) and ("-" in {each.b for each in found})
