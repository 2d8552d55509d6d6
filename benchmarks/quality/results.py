"""``results/quality.json``: what was measured of every set, and what there is to say of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from benchmarks.machine import RESULTS, describe
from benchmarks.quality.references import references, targets
from benchmarks.quality.sets import SETS

PATH = RESULTS / "quality.json"
DIGITS = 6
MEASURED = ("n", "model", "coverage", "reliability", "calibration_error_by_category")
"""What is kept of a measurement beside its figures, which are the numbers with a fraction."""


def load() -> dict[str, Any]:
    """Read the file."""
    return json.loads(PATH.read_text(encoding="utf8"))


def save(document: Mapping[str, Any]) -> None:
    """Write the file."""
    PATH.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf8")


def figures(row: Mapping[str, Any]) -> dict[str, float]:
    """Return the figures of a set, which stand beside what is said of it."""
    return {key: value for key, value in row.items() if isinstance(value, float)}


def rounded(value: Any) -> Any:
    """Round all numbers of a measurement."""
    if isinstance(value, Mapping):
        return {key: rounded(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(one) for one in value]
    return round(float(value), DIGITS) if isinstance(value, float) else value


def described(name: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """Say of a measured set what it is, what it aims at and what others have reached."""
    one = SETS[name]
    return {
        "function": one.function,
        "set": one.source,
        "split": one.split,
        "trained_on": one.trained_on,
        **{key: row[key] for key in ("n", "model") if key in row},
        **figures(row),
        **{key: row[key] for key in MEASURED if key not in ("n", "model") and key in row},
        "targets": targets(name),
        "references": [
            {"name": found.name, "metric": found.metric, "value": found.value, "setting": found.setting, "source": found.source}
            for found in references(name)
        ],
    }


def refreshed(document: Mapping[str, Any]) -> dict[str, Any]:
    """Bring what is said of the sets up to date; sets that are known no more are left out."""
    rows = document["sets"]
    return {**document, "sets": {name: described(name, rows[name]) for name in SETS if name in rows}}


def model_of(name: str) -> str:
    """Return the fingerprint of the model that answers a set now."""
    from warehouse_ai.engines.duckdb import MODELS

    return MODELS[SETS[name].model or SETS[name].function.removeprefix("ai_")]


def enter(measured: Mapping[str, Mapping[str, Any]], *, measured_here: bool = False) -> dict[str, Any]:
    """Enter sets that were measured just now, and keep the others.

    Args:
        measured: by name, rows ``n`` and figures.
        measured_here: whether the machine that the file tells of is the one of this run.

    Returns:
        What the file now says of these sets.

    Raises:
        KeyError: nobody described a set.
    """
    missing = sorted(set(measured) - set(SETS))
    if missing:
        raise KeyError(f"not described in benchmarks/quality/sets: {', '.join(missing)}")
    document = load()
    document["sets"] |= {name: {**rounded(row), "model": model_of(name)} for name, row in measured.items()}
    if measured_here:
        document |= {"machine": describe()}
    document = refreshed(document)
    save(document)
    return {name: document["sets"][name] for name in measured}
