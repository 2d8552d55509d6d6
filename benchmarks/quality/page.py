"""Write docs/quality.md from ``results/quality.json``, the targets and the published figures.

    python -m benchmarks.quality.page

First brings what ``results/quality.json`` says of the sets up to date, and draws the pictures. Measures nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.quality.references import CALIBRATION, Reference, is_reached, references, sources, targets
from benchmarks.quality.results import figures, load, model_of, refreshed, save
from benchmarks.quality.sets import SETS, PublicSet
from benchmarks.quality.texts import CALIBRATED, INTRODUCTION, NOT_YET, SECTIONS, WORDS

PAGE = Path(__file__).parents[2] / "docs/quality.md"
PUBLISHED = "quality_published"
"""Name of the picture of ours beside the published figures."""


def cell(text: str) -> str:
    """Write a text so that it stays in its cell."""
    return text.replace("|", "\\|")


def number(metric: str, value: float) -> str:
    """Write a figure with as many digits as tell something."""
    return f"{value:.5f}" if metric.endswith("cosine") else f"{value:.3f}"


def count(row: Mapping[str, Any] | None) -> str:
    """Write how many rows were asked."""
    return f"{row['n']:,}" if row and "n" in row else ""


def words(metric: str) -> str:
    """Write the name of a figure in words."""
    return WORDS.get(metric, metric.replace("_", " "))


def aim(metric: str, value: float | None, target: float | None) -> str:
    """Write a target, and whether a figure reaches it."""
    if target is None:
        return ""
    shown = max(f"{target:.2f}", f"{target:g}", key=len)
    return shown if value is None else f"{shown}, {'reached' if is_reached(metric, value, target) else 'missed'}"


def published(found: Reference) -> str:
    """Write a published figure with its model and source."""
    mark = "" if found.is_checked else "†"
    place = sources().index(found.source) + 1
    return f"{found.value:.3f}{mark} {found.name}, {found.setting} [[{place}]](#sources)"


def main_metrics(one: PublicSet) -> list[str]:
    """Return the figures that have a line of their own: those that stand for the set, and those with a target or published ones."""
    listed = dict.fromkeys([*one.metrics, *targets(one.name), *(found.metric for found in references(one.name))])
    return [metric for metric in listed if metric != CALIBRATION]


def ours(name: str, metric: str, row: Mapping[str, Any] | None) -> str:
    """Write a figure of ours, or that there is none yet."""
    if row is None or metric not in row:
        return NOT_YET
    return number(metric, row[metric]) + ("" if row["model"] == model_of(name) else "\\*")


def table(function: str, rows: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Write the table of a function, sets in their order, one line a figure."""
    lines = [
        "| set | n | trained on it? | metric | ours | target | published |",
        "| --- | --: | --- | --- | --: | --- | --- |",
    ]
    for one in (one for one in SETS.values() if one.function == function):
        row = rows.get(one.name)
        for place, metric in enumerate(main_metrics(one)):
            trained = f"**yes**: {one.trained_on}" if one.is_trained_on else one.trained_on
            head = (f"{one.title}<br>`{one.name}`", count(row), trained) if place == 0 else ("", "", "")
            aimed = aim(metric, (row or {}).get(metric), targets(one.name).get(metric))
            beside = sorted((found for found in references(one.name) if found.metric == metric), key=lambda found: found.value)
            cells = (*head, words(metric), ours(one.name, metric, row), aimed, "<br>".join(map(published, beside)))
            lines.append("| " + " | ".join(map(cell, cells)) + " |")
    return lines


def also(function: str, rows: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Write remarks on the sets of a function, and the figures that have no line in its table."""
    lines = []
    for one in (one for one in SETS.values() if one.function == function):
        row = rows.get(one.name)
        rest = {key: value for key, value in figures(row).items() if key not in main_metrics(one)} if row else {}
        rest.pop(CALIBRATION, None)
        text = ", ".join(f"{words(metric)} {number(metric, value)}" for metric, value in rest.items())
        if text or one.note:
            lines.append(f"- `{one.name}`: " + " ".join(filter(None, [text and f"{text}.", one.note])))
    return ["", *lines] if lines else []


def calibration_picture(function: str) -> str:
    """Name the picture of a function's probabilities."""
    return f"quality_calibration_{function.removeprefix('ai_')}"


def judged(function: str, rows: Mapping[str, Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Return the bins of the sets of a function, by set and by what is judged."""
    return {name: row["reliability"] for name, row in rows.items() if row["function"] == function and "reliability" in row}


def calibration(rows: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Write the section on probabilities."""
    lines = ["## Calibration", "", CALIBRATED]
    lines += [
        "| function | set | n | calibration error | target | coverage at 90 % | 95 % | 99 % |",
        "| --- | --- | --: | --: | --- | --: | --: | --: |",
    ]
    for function in SECTIONS:
        for one in (one for one in SETS.values() if one.function == function and one.is_calibrated):
            row = rows.get(one.name, {})
            parts = row.get("calibration_error_by_category", {})
            shown = ours(one.name, CALIBRATION, row)
            if len(parts) > 1:
                shown += "<br>" + "<br>".join(f"{words(name)} {number(CALIBRATION, error)}" for name, error in parts.items())
            covered = row.get("coverage", {})
            cells = [f"{covered[key]:.2f}" if key in covered else "" for key in ("0.9", "0.95", "0.99")]
            aimed = aim(CALIBRATION, row.get(CALIBRATION), targets(one.name).get(CALIBRATION))
            lines.append("| " + " | ".join([f"`{function}`", f"`{one.name}`", count(row), shown, aimed, *cells]) + " |")
    pictures = [
        f"![Calibration of {function}: share that is so beside mean probability](images/{calibration_picture(function)}.svg)"
        for function in SECTIONS
        if judged(function, rows)
    ]
    if pictures:
        lines += ["", "Bin by bin; larger dots are more rows, and what lies on the line is calibrated.", "", *pictures]
    return [*lines, ""]


def summary(rows: Mapping[str, Mapping[str, Any]]) -> str:
    """Count the targets that are reached."""
    aims = [(name, metric, target) for name in SETS for metric, target in targets(name).items()]
    known = [(metric, rows[name][metric], target) for name, metric, target in aims if metric in rows.get(name, {})]
    reached = sum(is_reached(*one) for one in known)
    open_yet = len(aims) - len(known)
    return f"Of {len(aims)} targets {reached} are reached, {len(known) - reached} are missed and {open_yet} are not measured yet."


def render(document: Mapping[str, Any]) -> str:
    """Write the page.

    Args:
        document: what ``results/quality.json`` says.
    """
    rows: Mapping[str, Mapping[str, Any]] = document["sets"]
    machine = document["machine"]
    lines = [INTRODUCTION, summary(rows), ""]
    lines += [f"![Ours beside the published figures, a line a figure](images/{PUBLISHED}.svg)", ""]
    for function, text in SECTIONS.items():
        lines += [f"## {function}", "", text, "", *table(function, rows), *also(function, rows), ""]
    lines += calibration(rows)
    missing = [f"`{name}`" for name in SETS if name not in rows]
    if missing:
        lines += ["## Not measured yet", "", f"{len(missing)} of {len(SETS)} sets: {', '.join(missing)}.", ""]
    lines += ["## Models and machine", ""]
    models = dict.fromkeys(row["model"] for row in rows.values())
    for model in models:
        of = [f"`{name}`" for name, row in rows.items() if row["model"] == model]
        lines.append(f"- `{model}`: {', '.join(of)}")
    lines += ["", f"Last run on {machine['cpu']}, {machine['cores']} cores, {machine['measured_at'][:10]}.", ""]
    lines += ["## Sources", "", *(f"{place}. {cell(source)}" for place, source in enumerate(sources(), 1)), ""]
    return "\n".join(lines)


def main() -> None:
    """Refresh the file, draw and write."""
    document = refreshed(load())
    save(document)
    from benchmarks.quality import pictures

    pictures.draw(document["sets"])
    PAGE.write_text(render(document), encoding="utf8")
    print(f"written to {PAGE}")


if __name__ == "__main__":
    main()
