"""What studies, their goals and their states are called on screen."""

from core.runs.studies import StoredStudy
from core.runs.trials import Trial, TrialStatus
from core.studies.definition import Goal, Kind, Pruner, Sampler, Study

KINDS: dict[Kind, str] = {
    "search": "Search",
    "seeds": "Seeds",
    "ablation": "Ablation",
    "grid": "Grid",
    "settings": "Settings",
    "range": "Learning rate",
}
ASKS: dict[Kind, str] = {
    "search": "Which values are best? One setting after another is tried, each chosen by what the "
    "ones before reached.",
    "seeds": "How much does chance decide? The same recipe is trained again and again, with other "
    "initial weights, order and augmentation.",
    "ablation": "What does each part do? The recipe as it is, and with one thing changed at a "
    "time.",
    "grid": "How do two fields act together? Every pair of their values is tried.",
    "range": "Which learning rate suits? One epoch in which it climbs a thousandfold, to thirty "
    "times the recipe's.",
}
SAMPLERS: dict[Sampler, str] = {
    "tpe": "TPE",
    "cmaes": "CMA-ES",
    "gp": "Gaussian process",
    "random": "Random",
}
PRUNERS: dict[Pruner, str] = {
    "none": "None",
    "median": "Worse than the median",
    "halving": "Successive halving",
}
GOALS: dict[Goal, str] = {"accuracy": "Validation accuracy", "loss": "Validation loss"}
TRIALS: dict[TrialStatus, str] = {
    "running": "under way",
    "finished": "finished",
    "pruned": "ended early",
    "failed": "failed",
}


def state_of(trial: Trial) -> str:
    """How it stands; one of several seeds may wait for its first run."""
    waits = trial.status == "running" and not trial.runs
    return "waiting" if waits else TRIALS[trial.status]


STATES = {  # icon and colour of a study's state
    "queued": (":material/schedule:", "gray"),
    "running": (":material/autorenew:", "blue"),
    "pausing": (":material/hourglass_top:", "gray"),
    "paused": (":material/pause:", "orange"),
    "stopping": (":material/hourglass_top:", "gray"),
    "stopped": (":material/stop:", "gray"),
    "finished": (":material/check:", "green"),
    "failed": (":material/error:", "red"),
}


def state(stored: StoredStudy) -> str:
    """Its status, and what somebody has asked of its driver."""
    if stored.status == "running" and stored.request is not None:
        return {"pause": "pausing", "stop": "stopping"}[stored.request]
    return stored.status


def unit(study: Study) -> str:
    """The title of an axis of values."""
    return f"{GOALS[study.goal]} (%)" if study.maximises else GOALS[study.goal]


def scaled(study: Study, value: float | None) -> float | None:
    """In the unit that people read."""
    return 100 * value if value is not None and study.maximises else value


def measured(study: Study, value: float | None) -> str:
    """With its measure, where that is not an accuracy: 'loss 0.4312'."""
    return worth(study, value) if study.maximises or value is None else f"loss {value:.4f}"


def worth(study: Study, value: float | None) -> str:
    if value is None:
        return "-"
    return f"{100 * value:.2f} %" if study.maximises else f"{value:.4f}"
