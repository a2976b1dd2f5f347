"""The curves of a run that is still moving, as ECharts options.

A Plotly figure is rebuilt by server and browser at every tick; a keyed ECharts chart keeps its
place in the page and takes only the new numbers, at a small part of the cost.
"""

from typing import Any, Literal

import pandas as pd

from app import theme

StepMetric = Literal["loss", "accuracy", "learning_rate", "gradient_norm"]
SMOOTHED = 40  # windows across the curve

STEP_TITLES: dict[StepMetric, str] = {
    "loss": "Batch loss (nats)",
    "accuracy": "Batch accuracy (%)",
    "learning_rate": "Learning rate",
    "gradient_norm": "Gradient norm",
}
EPOCH_TITLES = {"loss": "Loss (nats)", "accuracy": "Accuracy (%)"}
VALUES = {  # where they are pointed at, as printf has it
    "loss": "%.3f nats",
    "accuracy": "%.1f %%",
    "learning_rate": "%.3g",
    "gradient_norm": "%.3g",
}


def step_option(frame: pd.DataFrame, metric: StepMetric) -> dict[str, Any]:
    """A metric over the steps, thin, with its running mean; columns as `Metrics.steps` gives."""
    values = frame[metric] * (100 if metric == "accuracy" else 1)
    window = max(1, len(frame) // SMOOTHED)
    table = pd.DataFrame({"step": frame["step"] + 1, "each step": values})
    if metric == "learning_rate":
        return _option(table, "Step", metric, STEP_TITLES[metric], {"each step": {"width": 2}})
    table["running mean"] = values.rolling(window, min_periods=1).mean()
    lines = {"each step": {"width": 1, "opacity": 0.35}, "running mean": {"width": 2.5}}
    return _option(table, "Step", metric, STEP_TITLES[metric], lines)


def epoch_option(frame: pd.DataFrame, metric: Literal["loss", "accuracy"]) -> dict[str, Any]:
    """Training and validation over the epochs; columns as `EpochEnded`."""
    scale = 100 if metric == "accuracy" else 1
    table = pd.DataFrame(
        {
            "epoch": frame["epoch"],
            "training": frame[f"train_{metric}"] * scale,
            "validation": frame[f"validation_{metric}"] * scale,
        }
    )
    lines = {"training": {"width": 2, "type": "dotted"}, "validation": {"width": 2.5}}
    return _option(table, "Epoch", metric, EPOCH_TITLES[metric], lines, symbols=len(frame) <= 30)


def _option(
    table: pd.DataFrame,
    x_title: str,
    metric: StepMetric,
    y_title: str,
    lines: dict[str, dict[str, Any]],
    symbols: bool = False,
) -> dict[str, Any]:
    x = table.columns[0]
    legible = {"color": theme.text_colour()}
    return {
        "animation": False,
        "dataset": {"source": table},
        "grid": {"left": 8, "right": 16, "top": 58, "bottom": 28, "containLabel": True},
        "legend": {"top": 22, "left": 0, "textStyle": legible, "show": len(lines) > 1},
        "title": {"text": y_title, "left": 0, "textStyle": {"fontSize": 14}},
        "tooltip": {"trigger": "axis", "valueFormatter": VALUES[metric]},
        "xAxis": {
            "type": "value",
            "name": x_title,
            "nameLocation": "middle",
            "nameGap": 26,
            "nameTextStyle": legible,
            "axisLabel": legible,
            "min": "dataMin" if symbols else 0,
            "minInterval": 1,
            "splitLine": {"show": False},
            "axisPointer": {"label": {"formatter": f"{x_title} {{value}}", "precision": 0}},
        },
        "yAxis": {"type": "value", "scale": True, "axisLabel": legible},
        "series": [
            {
                "type": "line",
                "name": name,
                "encode": {"x": x, "y": name},
                "showSymbol": symbols,
                "lineStyle": style,
            }
            for name, style in lines.items()
        ],
    }
