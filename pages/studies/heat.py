"""A grid over two fields as a map of its values, in HTML: each cell leads to its runs."""

from html import escape

from app.links import link_attributes
from core.runs.trials import Trial
from core.studies.space import Choice, exactly
from pages.studies.subject import Subject
from pages.studies.words import scaled, state_of, unit, worth

STYLE = """<style>
.grid-map {overflow-x: auto}
.grid-map table {border-collapse: separate; border-spacing: 2px; font-size: 0.85rem;
  font-variant-numeric: tabular-nums}
.grid-map th {font-weight: 400; padding: 4px 8px; white-space: nowrap}
.grid-map tbody th {text-align: right}
.grid-map td {min-width: 64px; height: 44px; padding: 0; text-align: center; border-radius: 4px;
  background: color-mix(in srgb, light-dark(#7db3da, #205278) calc(100% * var(--v)),
    light-dark(#eef5fb, #16222e))}
.grid-map td.best {outline: 2px solid currentColor; font-weight: 600}
.grid-map td.none {background: none; opacity: 0.75}
.grid-map td a {display: grid; place-items: center; height: 100%; color: inherit;
  text-decoration: none}
.grid-map td a:hover {text-decoration: underline}
.grid-map .title {text-align: left; padding-left: 0}
</style>"""


def grid_map(subject: Subject) -> str:
    """The first field down, the second across; coloured from the worst to the best."""
    study = subject.study
    (down, rows), (across, columns) = (
        (path, part.values) for path, part in study.space.items() if isinstance(part, Choice)
    )
    placed = {
        (setting.get(down), setting.get(across)): trial
        for trial, setting in zip(subject.trials, subject.settings, strict=True)
    }
    known = [t.value for t in subject.trials if t.status == "finished" and t.value is not None]
    low, high = (min(known), max(known)) if known else (0.0, 0.0)

    def cell(trial: Trial | None) -> str:
        if trial is None or trial.value is None or trial.status != "finished":
            told = "" if trial is None else state_of(trial)
            return f'<td class="none">{told}</td>'
        share = (trial.value - low) / ((high - low) or 1.0)
        shade = share if study.maximises else 1 - share
        best = " best" if subject.best and trial.number == subject.best.number else ""
        link = link_attributes("runs", run=",".join(trial.runs.values()))
        text = f"{scaled(study, trial.value):.{2 if study.maximises else 4}f}"
        title = escape(f"{trial.name}: {worth(study, trial.value)}")
        return (
            f'<td class="cell{best}" style="--v:{shade:.2f}">'
            f'<a {link} title="{title}">{text}</a></td>'
        )

    head = "".join(f"<th>{escape(exactly(value))}</th>" for value in columns)
    body = "".join(
        f"<tr><th>{escape(exactly(row))}</th>"
        + "".join(cell(placed.get((row, column))) for column in columns)
        + "</tr>"
        for row in rows
    )
    title = f"{unit(study)}. Down: {subject.title(down)}. Across: {subject.title(across)}."
    return (
        f'{STYLE}<div class="grid-map"><div class="title">{escape(title)}</div>'
        f"<table><thead><tr><th></th>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )
