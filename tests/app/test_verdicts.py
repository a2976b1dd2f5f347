"""Answers of networks as bars and as a table."""

import re

import numpy as np

from app import theme
from app.charts.probabilities import MOST, probability_bars
from app.charts.verdicts import Answer, Row, verdict_table
from app.links import link_attributes
from tests.app.test_theme import LOOKS

EVIL = "<b>evil</b>"


def test_the_likeliest_class_is_on_top_and_in_colour() -> None:
    html = probability_bars(["a", "b"], np.array([0.25, 0.75]))
    assert re.findall(r'class="name( first)?" title="(\w)"', html) == [(" first", "b"), ("", "a")]
    assert re.findall(r'class="bar( first)?" style="width:([\d.]+)%"', html) == [
        (" first", "75.00"),
        ("", "25.00"),
    ]
    assert "75.0%" in html and "other" not in html


def test_of_many_classes_the_rest_is_told_in_a_line() -> None:
    probabilities = np.full(100, 0.5 / 99)
    probabilities[42] = 0.5
    html = probability_bars([f"class {number}" for number in range(100)], probabilities)
    assert html.count('class="track"') == MOST
    assert "The other 90 classes: 45.5%" in html


def test_names_are_names_and_rows_lead_where_they_say() -> None:
    answers = [
        Answer((EVIL, "b"), np.array([0.9, 0.1]), true=EVIL),
        Answer((EVIL, "b"), np.array([0.4, 0.6]), true=EVIL),
    ]
    link = link_attributes("predict", photo="1")
    html = verdict_table([EVIL, "one", "other"], [Row(EVIL, answers, link, "data:,")])
    assert EVIL not in html and EVIL not in probability_bars((EVIL,), np.array([1.0]))
    assert 'href="predict?photo=1"' in html
    assert html.count("✓") == 1 and html.count("✗ wrong") == 1


def test_html_is_coloured_as_the_first_line_of_charts_is() -> None:
    light, dark = (LOOKS[look]["chartCategoricalColors"][0] for look in ("light", "dark"))
    assert f"light-dark({light}, {dark})" == theme.ACCENT
