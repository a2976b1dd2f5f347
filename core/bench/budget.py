"""What minutes buy: the plan for each budget, trained, beside what it promised."""

from collections.abc import Sequence

from core.bench.finish import Finish
from core.bench.race import train_ours
from core.bench.report import Report, publish
from core.data import load_dataset
from core.recipe import ConvNet
from core.training.planning import Plan, plan
from core.training.speed import speed_here
from core.wording import duration


def main(minutes: Sequence[float]) -> None:
    """Train every plan once and publish."""
    results: dict[float, tuple[Plan, Finish]] = {}
    for budget in minutes:
        planned = plan(budget, speed_here)
        print(planned.recipe.name, planned.recipe.about, sep=": ")
        data = load_dataset(planned.recipe.data)
        results[budget] = planned, train_ours(planned.recipe, data, tta=False)
    publish(report(results))


def report(results: dict[float, tuple[Plan, Finish]]) -> Report:
    """One row for each budget, by its minutes."""
    return Report(
        part="budget",
        title="What minutes buy on CIFAR-10",
        columns=("minutes", "channels", "epochs", "training", "expected", "test accuracy"),
        rows=tuple(
            (
                f"{minutes:g}",
                _channels(plan),
                plan.recipe.epochs,
                duration(finish.seconds),
                f"{plan.accuracy:.1%}",
                f"{finish.accuracy:.1%}",
            )
            for minutes, (plan, finish) in results.items()
        ),
        figures={
            f"{minutes:g}": {"seconds": finish.seconds, "accuracy": finish.accuracy}
            for minutes, (_, finish) in results.items()
        },
        notes=("One run each, one view of each test image.",),
    )


def _channels(plan: Plan) -> str:
    model = plan.recipe.model
    assert isinstance(model, ConvNet)
    return ", ".join(map(str, model.channels))
