"""An architecture as HTML: a row a layer, a frame a block, lines for what goes around layers."""

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

from core.models.graph import SUM, Step

ROW = 46  # pixels, the height of a layer's
MOST_ROWS = 24  # of a network whose blocks are open from the beginning
COLOURS = {"conv": "convolution", "pool": "pooling", "sum": "sum", "linear": "dense layer"}
STYLE = f"<style>{Path(__file__).with_suffix('.css').read_text()}</style>"


def diagram(steps: Sequence[Step], link: Callable[[Step], str]) -> str:
    """link: the attributes that lead to a layer, as from `app.links.link_attributes`"""
    opened = len(steps) <= MOST_ROWS
    parts = [_row(step, link) if not block else _block(part, steps, link, opened)
             for block, part in _parts(steps) for step in part[:1]]  # fmt: skip
    rows = f'<div role="list">{"".join(parts)}</div>'
    return f'{STYLE}<div class="network">{_key(steps)}{rows}</div>'


def short(number: float) -> str:
    """Such as 9.93 M."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= size:
            return f"{number / size:.3g} {letter}"
    return f"{number:.0f}"


def _parts(steps: Sequence[Step]) -> Iterator[tuple[str, list[Step]]]:
    """Layers one by one, and blocks whole."""
    for block, part in groupby(steps, lambda step: step.block):
        if block:
            yield block, list(part)
        else:
            yield from (("", [step]) for step in part)


def _block(
    part: Sequence[Step], steps: Sequence[Step], link: Callable[[Step], str], opened: bool
) -> str:
    convolutions = sum(step.kind == "Conv" for step in part)
    title = f"Block of {convolutions} convolutions"
    if any(step.kind == SUM for step in part):
        title += " with a way around"
    rows = "".join(_row(step, link) for step in part)
    figures = _figures(
        part[-1], sum(step.parameters for step in part), sum(step.flops for step in part)
    )
    head = f'{_box(part[-1])}<span class="what"><b>{title}</b></span>'
    return (
        f'<details role="listitem"{" open" if opened else ""}>'
        f'<summary class="row">{head}{figures}</summary>'
        f'<div class="inner" role="list">{_lines(part, steps)}{rows}</div></details>'
    )


def _row(step: Step, link: Callable[[Step], str]) -> str:
    then = f"<i>then {', '.join(step.then)}</i>" if step.then else ""
    what = f'<span class="what"><b>{step.name}</b> {told(step)}{then}</span>'
    return (
        f'<a class="row" role="listitem" {link(step)}>{_box(step)}{what}'
        f"{_figures(step, step.parameters, step.flops)}</a>"
    )


def told(step: Step) -> str:
    """What the layer does, in words, without what follows it."""
    size = f"{step.kernel}x{step.kernel}"
    stride = f", stride {step.stride}" if step.stride > 1 else ""
    match step.kind:
        case "Conv":
            each = "depthwise " if step.depthwise else ""
            return f"{each}{size} convolution{stride}"
        case "MaxPool" | "AvgPool":
            return f"{'maximum' if step.kind == 'MaxPool' else 'mean'} of {size} places"
        case "AdaptiveMaxPool" | "AdaptiveAvgPool":
            return f"{'maximum' if step.kind == 'AdaptiveMaxPool' else 'mean'} of all places"
        case "Linear":
            return "dense layer"
        case _:
            return "sum of two branches"


def _figures(step: Step, parameters: int, flops: int) -> str:
    figures = {"puts out": "x".join(map(str, step.shape)), "sees": f"{step.receptive_field} px"}
    if parameters:
        figures["parameters"] = short(parameters)
    if flops:
        figures["FLOPs"] = short(flops)
    return '<span class="figures">' + "".join(
        f"<span><small>{name}</small> {value}</span>" for name, value in figures.items()
    ) + "</span>"  # fmt: skip


def _box(step: Step) -> str:
    """As high as the maps, and wider with every doubling of their number."""
    side = step.shape[1] if len(step.shape) == 3 else 1
    width, height = 4 * math.log2(step.shape[0]) + 2, 4 + 0.9 * side
    style = f"width:{width:.0f}px;height:{height:.0f}px"
    return f'<span class="box"><span class="{_colour(step)}" style="{style}"></span></span>'


def _colour(step: Step) -> str:
    return "pool" if "Pool" in step.kind else step.kind.lower()


def _key(steps: Sequence[Step]) -> str:
    """What the colours of the boxes mean, of those that there are."""
    there = {_colour(step) for step in steps}
    return '<div class="key">' + "".join(
        f'<span><i class="{colour}"></i>{name}</span>'
        for colour, name in COLOURS.items()
        if colour in there
    ) + "</div>"  # fmt: skip


def _lines(part: Sequence[Step], steps: Sequence[Step]) -> str:
    """What does not come from the row above: from the top of the block, or from another row."""
    rows = {steps.index(step): row for row, step in enumerate(part)}
    lines = []
    for row, step in enumerate(part):
        for source in step.inputs:
            if rows.get(source) == row - 1 or (row == 0 and source not in rows):
                continue
            begin = ROW * (rows[source] + 0.5) if source in rows else 0
            lines.append(
                f'<span class="way" style="top:{begin}px;height:{ROW * (row + 0.5) - begin}px">'
                "</span>"
            )
    return "".join(lines)
