"""Time to accuracy: a preset through the ordinary `train()`, a plain loop, another's program."""

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from core.bench.external import run_external
from core.bench.finish import Finish, annealed_time, first_time
from core.bench.plain import PlainLoop
from core.bench.report import Report, Trials, publish
from core.data.dataset import Dataset
from core.evaluation.logits import logits_of
from core.evaluation.metrics import top_k_accuracy
from core.evaluation.spread import spread
from core.machine import pick_device
from core.models import build_model
from core.models.network import Network
from core.recipe import Recipe
from core.training import events, train

TARGETS = (0.90, 0.92, 0.93, 0.94, 0.95, 0.96)
Say = Callable[[str], None]


@dataclass(frozen=True)
class Race:
    """All that was run.

    ours: by budget in epochs, one finish a seed, with test-time augmentation
    plain: for each seed, where it stood after every epoch, with one view
    external: one finish a start
    """

    recipe: Recipe
    ours: dict[int, list[Finish]] = field(default_factory=dict)
    plain: list[list[Finish]] = field(default_factory=list)
    external: list[Finish] = field(default_factory=list)


def run_race(
    recipe: Recipe,
    data: Dataset,
    seeds: int,
    budgets: Sequence[int],
    plain_epochs: int,
    external: Path | None,
    say: Say = print,
) -> Race:
    """Run everybody once for each seed, in turn. The clock stands while accuracy is measured."""
    race = Race(recipe, ours={epochs: [] for epochs in budgets})
    for seed in range(seeds):
        for epochs, finishes in race.ours.items():
            budgeted = recipe.model_copy(update={"epochs": epochs, "seed": seed})
            finishes.append(train_ours(budgeted, data))
            say(f"seed {seed}, {epochs} epochs: {_told(finishes[-1])}")
        if plain_epochs:
            seeded = recipe.model_copy(update={"seed": seed})
            race.plain.append(train_plainly(seeded, data, plain_epochs, say))
        if external is not None:
            race.external.append(run_external(external))
            say(f"{external.name}: {_told(race.external[-1])}")
    return race


def train_ours(recipe: Recipe, data: Dataset, tta: bool = True) -> Finish:
    """Train and evaluate the best weights on the test images, with test-time augmentation."""
    device = pick_device()
    weights: dict | None = None
    started = time.perf_counter()
    for event in train(recipe, data, device=device):
        if isinstance(event, events.BestWeights):
            weights = event.weights
    seconds = time.perf_counter() - started
    model = build_model(recipe.model, len(data.classes))
    if weights is not None:
        model.load_state_dict(weights)
    network = Network(model.to(device).eval(), data.classes, data.normalisation)
    return Finish(seconds, _accuracy(network, data, tta))


def train_plainly(recipe: Recipe, data: Dataset, epochs: int, say: Say) -> list[Finish]:
    """The plain loop, evaluated after every epoch, until the highest target or for `epochs`."""
    loop = PlainLoop(recipe, data, pick_device())
    points, seconds = [], 0.0
    while len(points) < epochs and not (points and points[-1].accuracy >= TARGETS[-1]):
        started = time.perf_counter()
        for _ in loop.epoch():
            pass
        seconds += time.perf_counter() - started
        points.append(Finish(seconds, _accuracy(loop.network(), data, tta=False)))
        say(f"plain loop, seed {recipe.seed}, epoch {len(points)}: {_told(points[-1])}")
    return points


def main(race: Race, data: Dataset) -> None:
    """Publish two tables: how each budget ended, and the time to each target."""
    publish(finishes_report(race, data))
    publish(targets_report(race, data))


def finishes_report(race: Race, data: Dataset) -> Report:
    """One row for each contestant and budget."""
    rows = [(f"ours, {epochs} epochs", finishes) for epochs, finishes in race.ours.items()]
    if race.plain:
        last = [points[-1] for points in race.plain]
        rows.append((f"plain loop, {max(map(len, race.plain))} epochs", last))
    if race.external:
        rows.append(("external program", race.external))
    return Report(
        part="race",
        title=f"{race.recipe.name}: accuracy and training time on {data.name}",
        columns=(
            *("", "runs", "accuracy, mean", "standard deviation", "95 % interval"),
            *("seconds, median", "spread"),
        ),
        rows=tuple((name, *_row(finishes)) for name, finishes in rows),
        figures={name: [asdict(finish) for finish in finishes] for name, finishes in rows},
        notes=(
            f"{len(data.train):,} training images, {len(data.test):,} test images. Ours and the "
            "external program with test-time augmentation, the plain loop without.",
        ),
    )


def targets_report(race: Race, data: Dataset) -> Report:
    """One row for each target."""
    rows = []
    for target in TARGETS:
        ours, plain = annealed_time(race.ours, target), first_time(race.plain, target)
        theirs = annealed_time({0: race.external}, target) if race.external else None
        ratio = _ratio(ours, plain or theirs, race)
        rows.append((f"{target:.0%}", _seconds(ours), _seconds(plain), _seconds(theirs), ratio))
    return Report(
        part="race-targets",
        title=f"{race.recipe.name}: seconds of training to a test accuracy on {data.name}",
        columns=("test accuracy", "ours", "plain loop", "external program", "ratio"),
        rows=tuple(rows),
        figures={"targets": list(TARGETS), "rows": [list(row) for row in rows]},
        notes=(
            "Ours: the median time of the shortest budget whose mean accuracy is enough. Plain "
            "loop: when it first had it. The ratio is to the plain loop, else to the program; '<' "
            "where the plain loop did not get there in the time it had.",
        ),
    )


def _accuracy(network: Network, data: Dataset, tta: bool) -> float:
    evaluated = logits_of(network, data, "test", tta)
    return top_k_accuracy(evaluated.logits, evaluated.labels, 1)


def _row(finishes: Sequence[Finish]) -> tuple[int, str, str, str, str, str]:
    found = spread([finish.accuracy for finish in finishes])
    deviation, interval = "-", "-"
    if len(finishes) > 1:
        deviation, interval = f"{found.deviation:.2%}", f"{found.low:.2%} - {found.high:.2%}"
    seconds = Trials([finish.seconds for finish in finishes]).cells(1)
    return len(finishes), f"{found.mean:.2%}", deviation, interval, *seconds


def _told(finish: Finish) -> str:
    return f"{finish.accuracy:.2%} after {finish.seconds:,.1f} s"


def _ratio(ours: float | None, against: float | None, race: Race) -> str:
    if ours is None:
        return "-"
    if against is not None:
        return f"{ours / against:.2f}"
    longest = min((points[-1].seconds for points in race.plain), default=None)
    return "-" if longest is None or longest < ours else f"< {ours / longest:.2f}"


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:,.1f}"
