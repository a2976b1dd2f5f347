"""The look of every figure; the colours themselves stand in .streamlit/config.toml.

Streamlit puts the colours of its theme into a figure in the browser, wherever the figure names one
of the stand-ins below. So a figure is right in light and dark, also at the moment the reader
switches, which the server only hears of at the next rerun.
"""

import plotly.graph_objects as go
from streamlit.elements.lib import streamlit_plotly_theme as stand_in

LINES = (
    stand_in.CATEGORY_0,
    stand_in.CATEGORY_1,
    stand_in.CATEGORY_2,
    stand_in.CATEGORY_3,
    stand_in.CATEGORY_4,
    stand_in.CATEGORY_5,
    stand_in.CATEGORY_6,
    stand_in.CATEGORY_7,
    stand_in.CATEGORY_8,
    stand_in.CATEGORY_9,
)
TEXT = stand_in.GRAY_90
MUTED = stand_in.GRAY_70

# Streamlit writes on its buttons, and on what is chosen of many, in white, which the dark theme's
# light blue is too light for; and in one line, which a phone would cut off.
LEGIBLE_BUTTONS = """<style>
[data-testid="stBaseButton-primary"], [data-testid="stBaseButton-primaryFormSubmit"] {color: Canvas}
[data-testid="stMultiSelectTagsContainer"] [data-tag] * {color: Canvas}
.stButton button [data-testid="stMarkdownContainer"] * {white-space: normal}
</style>"""
# What HTML of our own draws in colour, where Streamlit puts none in: the first of the lines'.
ACCENT = "light-dark(#0B6FB3, #5BB4EC)"
NO_BUTTONS = ("zoom", "pan", "select", "lasso", "zoomIn", "zoomOut", "autoScale", "resetScale")

MODE_BAR_HEIGHT = 30  # pixels
# Beside LINES, so that what is drawn is told apart without its colour, too; those that
# app/charts/shared.js draws are the same.
SYMBOLS = (
    *("circle", "square", "diamond", "triangle-up"),
    *("cross", "star", "triangle-down", "hexagon", "pentagon", "x"),
)


def style(figure: go.Figure, height: int) -> go.Figure:
    """Give a figure the quiet look: no frame, room for labels and for the two buttons that a chart
    shows when it is pointed at, the legend on top.

    Dragging is off, so that a finger on a phone scrolls the page.
    """
    figure.update_layout(
        height=height,
        margin={"l": 0, "r": 12, "t": MODE_BAR_HEIGHT, "b": 0},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        dragmode=False,
        # Else it would be a dark box, a shade of the paper that it takes for black.
        modebar={
            "remove": NO_BUTTONS,
            "bgcolor": "rgba(0,0,0,0)",
            "color": TEXT,
            "activecolor": LINES[0],
        },
        legend={
            "orientation": "h",
            "x": 0,
            "y": 1.02,
            "yanchor": "bottom",
            "title": {"text": ""},
            "font": {"color": TEXT},
        },
    )
    axis = {
        "automargin": True,
        "zeroline": False,
        "tickfont": {"color": TEXT},
        "title": {"font": {"color": TEXT}, "standoff": 10},
    }
    figure.update_xaxes(axis)
    figure.update_yaxes(axis)
    return figure
