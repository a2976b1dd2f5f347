"""What the two recipes do differently, what each costs, and what seeds say of them."""

from collections.abc import Mapping
from dataclasses import astuple
from statistics import fmean

import pandas as pd
import streamlit as st

from app import services
from app.text import plain
from core.comparison.recipes import recipe_differences
from core.comparison.seeds import compare_recipes, of_any_seed
from core.models.summary import Summary, summarise
from core.recipe import Model, Recipe
from core.reproduce.results import accuracies_by_seed
from core.runs.checkpoint import Card
from core.wording import duration
from pages.compare.pair import Pair

COLUMNS = ["Field", "A", "B", "Meaning"]
MOST_SEEDS = 8  # shown; their mean is of all
NONE = plain("-")  # which alone in a cell would be read as a list's


def show_recipes(pair: Pair) -> None:
    a, b = pair.baseline, pair.other
    if a.card is None or b.card is None:
        names = " and ".join(plain(entry.name) for entry in (a, b) if entry.card is None)
        st.info(f"No recipe is known of {names}, so there is nothing to set beside each other.")
        return
    one, other = a.card.recipe, b.card.recipe
    if of_any_seed(one) == of_any_seed(other):
        st.markdown(
            f"{plain(a.name)} and {plain(b.name)} come from the same recipe, but for the seed: "
            "what differs between them is what chance does."
        )
    else:
        show_seeds(one, other, (a.name, b.name))
    st.caption(
        "Two networks are one draw of each recipe; the sentence above is about the recipes, by all "
        "of their runs here, and of a preset by the accuracies that ship for seeds not run here."
    )
    st.subheader("What it costs", anchor=False)
    st.table(pd.DataFrame(costs(a.card, b.card), index=["A", "B"]), border="horizontal")
    st.subheader("What differs", anchor=False)
    differing = recipe_differences(one, other)
    if not differing:
        st.caption("Nothing: the same recipe, seed included, trained twice.")
        return
    rows = [[plain(" ".join(text.split())) for text in astuple(each)] for each in differing]
    st.table(
        pd.DataFrame(rows, columns=COLUMNS),
        border="horizontal",
        hide_index=True,
        alt="The fields in which the recipes differ, one a row.",
    )


def show_seeds(one: Recipe, other: Recipe, names: tuple[str, str]) -> None:
    """Whether the recipe of B is better than that of A, and the accuracies that say so."""
    runs = services.store().runs()
    a, b = (accuracies_by_seed(recipe, runs) for recipe in (one, other))
    st.markdown(plain(compare_recipes(a, b, names).sentence))
    if a or b:
        st.table(pd.DataFrame(by_seed(a, b), index=["A", "B"]), border="horizontal")


def by_seed(*recipes: Mapping[int, float]) -> dict[str, list[str]]:
    """Test accuracies (%) of each recipe by seed, and their means."""
    means = [f"{100 * fmean(found.values()):.2f}" if found else NONE for found in recipes]
    columns = {"Mean (%)": means}
    for seed in sorted(set().union(*recipes))[:MOST_SEEDS]:
        told = [f"{100 * found[seed]:.2f}" if seed in found else NONE for found in recipes]
        columns[f"Seed {seed}"] = told
    return columns


def costs(*cards: Card) -> dict[str, list[str]]:
    models = [summary(card.recipe.model, len(card.classes)) for card in cards]
    return {
        "Parameters": [f"{model.parameters / 1e6:.2f} M" for model in models],
        "MFLOP an image": [f"{model.flops / 1e6:,.0f}" for model in models],
        "Best epoch": [str(card.epoch) for card in cards],
        "Training": [plain(duration(card.seconds or None)) for card in cards],
    }


@st.cache_data(max_entries=64, show_spinner=False)
def summary(model: Model, classes: int) -> Summary:
    return summarise(model, classes)
