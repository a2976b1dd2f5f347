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
)
RIGHT = stand_in.DIVERGING_0
WRONG = stand_in.DIVERGING_9
TEXT = stand_in.GRAY_90
MUTED = stand_in.GRAY_70
EMPTY = stand_in.BG_MIX  # a shade away from the page, for what holds nothing

MODE_BAR = ("zoom", "pan", "select", "lasso", "zoomIn", "zoomOut", "autoScale", "resetScale")


def style(figure: go.Figure, height: int) -> go.Figure:
    """Give a figure the quiet look: no frame, no mode bar, room for labels, the legend on top.

    Dragging is off, so that a finger on a phone scrolls the page.
    """
    figure.update_layout(
        height=height,
        margin={"l": 0, "r": 12, "t": 8, "b": 0},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        dragmode=False,
        modebar={"remove": list(MODE_BAR)},
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "title": {"text": ""}},
    )
    figure.update_xaxes(automargin=True, zeroline=False, title_standoff=10)
    figure.update_yaxes(automargin=True, zeroline=False, title_standoff=10)
    return figure
