"""What a study is: runs with a question, described completely in one immutable object."""

import hashlib
from collections.abc import Collection
from functools import cached_property
from itertools import product
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from core.errors import ConvscopeError
from core.recipe import Recipe, RecipeError
from core.studies.range_test import RANGE_TEST, range_recipe
from core.studies.space import Choice, Setting, Space, applied, ensure_fits, ensure_takes, named
from core.wording import printable, shown

Kind = Literal["search", "seeds", "ablation", "grid", "settings", "range"]
Goal = Literal["accuracy", "loss"]
Sampler = Literal["tpe", "cmaes", "gp", "random"]
Pruner = Literal["none", "median", "halving"]
MOST_TRIALS = 1_000_000
LONGEST_NAME = 80  # characters of a recipe's name
BASE = "as it is"  # what the baseline of an ablation is called


class Study(BaseModel):
    """What is trained, by which question, and for how long.

    A search asks for settings of `space`, one after another, by what the goal was of those before.
    All other kinds know their settings; the first is what the others are compared with.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    name: Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(shown)] = Field(
        min_length=1, max_length=100
    )
    kind: Kind
    base: Recipe
    """What is varied; it also names data and epochs."""
    space: Space = {}
    """Of a search or a grid: fields of the base by their path, each with what it may be."""
    settings: dict[str, Setting] = Field(default={}, max_length=MOST_TRIALS)
    """Of an ablation: what is set, by what it is called."""
    recipes: dict[str, Recipe] = Field(default={}, max_length=1000)
    """Of the kind 'settings': whole recipes, each with a name of its own."""
    goal: Goal = "accuracy"
    """What is made best: the validation accuracy or loss of the best epoch; never the test's."""
    trials: int = Field(default=20, ge=1, le=MOST_TRIALS)
    """Of a search, at most."""
    startup: int | None = Field(default=None, ge=1, le=MOST_TRIALS)
    """Of a search: settings drawn at random before the sampler has something to go by; None: a
    quarter of the trials, from 3 to 10."""
    minutes: float | None = Field(default=None, gt=0, le=1e6)
    """Of training in all, after which no further trial begins."""
    sampler: Sampler = "tpe"
    """How a search chooses the next setting (Optuna's samplers)."""
    pruner: Pruner = "median"
    """Which trials of a search end early, by the goal after each epoch; those worse than the median
    of the trials before, or by successive halving."""
    seeds: int = Field(default=1, ge=1, le=1000)
    """Runs of each setting, with seeds one after another."""
    storage: str = Field(default="", max_length=1000)
    """A database that several drivers of this same study share, as postgresql+psycopg://HOST/NAME;
    else a file in the store's folder, for one driver."""
    first_seed: int = Field(default=0, ge=0, le=2**31 - 1001)

    @classmethod
    def parse(cls, fields: Any) -> Self:
        """Raises ConvscopeError, in a sentence, for what is none."""
        try:
            return cls.model_validate(fields)
        except ValidationError as error:
            first = error.errors()[0]
            cause = first.get("ctx", {}).get("error")
            where = ".".join(map(str, first["loc"]))[:80]
            told = f"{cause}" if cause else f"{where}: {first['msg'][:200]}"
            raise ConvscopeError(f"This is no study: {told.rstrip('.')}.") from error

    @model_validator(mode="after")
    def _has_what_it_varies(self) -> Self:
        if self.kind == "search" and not self.space:
            raise ValueError("a search needs fields to vary")
        lists = all(isinstance(part, Choice) for part in self.space.values())
        if self.kind == "grid" and not lists:
            raise ValueError("a grid needs lists of values, as 0.01,0.03,0.1")
        if self.kind == "grid" and len(self.space) != 2:
            raise ValueError("a grid varies two fields")
        settings = {"ablation": self.settings, "settings": self.recipes}
        if len(settings.get(self.kind, "two")) < 2:
            raise ValueError("at least two settings are needed, of which the first is the baseline")
        return self

    @model_validator(mode="after")
    def _varies_what_the_base_has(self) -> Self:
        for path, part in self.space.items():
            ensure_fits(self.base, path, part)
        for setting in self.settings.values():
            for path, value in setting.items():
                ensure_takes(self.base, path, [value])
        return self

    @property
    def searches(self) -> bool:
        return self.kind == "search"

    @property
    def maximises(self) -> bool:
        return self.goal == "accuracy"

    @cached_property
    def changes(self) -> dict[str, Setting]:
        """What each trial of a grid or an ablation sets, by its name."""
        if self.kind == "grid":
            lists = [part.values for part in self.space.values() if isinstance(part, Choice)]
            cells = (dict(zip(self.space, values, strict=True)) for values in product(*lists))
            return {named(cell): cell for cell in cells}
        return self.settings if self.kind == "ablation" else {}

    @cached_property
    def planned(self) -> dict[str, Recipe]:
        """The recipe of each setting, by its name, where nothing is searched; of those that
        contradict the base there is none. Raises RecipeError where all that change it do."""
        if self.kind == "seeds":
            return {self.base.name: self.base}
        if self.kind == "range":
            return {RANGE_TEST: range_recipe(self.base)}
        if self.kind == "settings":
            return self.recipes
        found, wrong = dict[str, Recipe](), list[RecipeError]()
        for name, setting in self.changes.items():
            try:
                found[name] = applied(self.base, setting)
            except RecipeError as error:
                wrong.append(error)
        if wrong and not any(self.changes[name] for name in found):
            raise wrong[0]
        return found

    @property
    def names(self) -> Collection[str]:
        """Of all settings where nothing is searched."""
        return (self.changes or self.planned).keys()

    def recipe(self, setting: Setting, name: str, seed: int) -> Recipe:
        """What a trial trains. Raises RecipeError where the setting contradicts the base, and
        ConvscopeError for the name of none that was planned."""
        if self.searches:
            chosen = applied(self.base, setting)
        elif name in self.changes:
            chosen = applied(self.base, self.changes[name])
        elif name in self.planned:
            chosen = self.planned[name]
        else:
            raise ConvscopeError(f"'{name[:80]}' is no setting of this study.")
        if self.kind in ("seeds", "settings"):
            return chosen.model_copy(update={"seed": seed})
        called = printable(f"{self.name}: {name}")[:LONGEST_NAME].strip()
        return chosen.model_copy(update={"name": called, "seed": seed})

    @property
    def identity(self) -> str:
        """Names the question, to tell whether two drivers work on the same one."""
        # Without what came later and is never set where drivers share: databases know the others.
        question = self.model_dump_json(exclude={"startup"})
        return hashlib.sha256(question.encode()).hexdigest()


def ablation(base: Recipe, changes: dict[str, Setting], **fields: Any) -> Study:
    """The base as it is, and with one factor changed at a time."""
    return Study.parse(
        {"kind": "ablation", "base": base, "settings": {BASE: {}, **changes}, **fields}
    )
