"""What the shipped models answer on a small frozen sample.

    python tests/python/frozen.py    # writes the answers anew and prints the hash that CHANGELOG.md has to hold

The sample is the first texts of each kind in ``benchmarks/labelled``, written for this project. An answer holds a number for every decision
that a function takes: how far it is from the other side. Decisions nearer than ``MARGIN`` may fall either way on another processor.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import duckdb

from calls import call
from warehouse_ai.engines.duckdb import register
from warehouse_ai.models.adapters import EXTRACT

ROOT = Path(__file__).parents[2]
ANSWERS = Path(__file__).with_name("frozen_answers.json")
MARGIN = 0.05
TEXTS = 12
"""Texts of each kind."""
LABELS = [{"name": name} for name in ("billing", "delivery", "software", "people", "travel")]
CALLS: dict[str, dict[str, Any]] = {
    "classify": {"labels": LABELS},
    "classify_multi": {"labels": LABELS},
    "sentiment": {},
    "sentiment_aspects": {"aspects": ["price", "service"]},
    "filter": {"predicate": "somebody asks for something"},
    "moderate": {},
    "extract": {"fields": [{"name": name, "type": "string", "many": True} for name in ("person", "date", "amount", "product")]},
    "redact": {},
    "detect_language": {},
}


def texts() -> list[str]:
    """Read the sample."""
    found = []
    for kind in ("fields", "keywords", "languages", "summaries"):
        lines = (ROOT / f"benchmarks/labelled/{kind}.jsonl").read_text(encoding="utf8").splitlines()
        # Languages stand one after the other: every twentieth text is of another.
        found += [json.loads(line)["text"] for line in (lines[::20] if kind == "languages" else lines)[:TEXTS]]
    return found


def decisions(function: str, row: dict[str, Any]) -> dict[str, list[Any]]:
    """Name each decision of an answer, with what was decided and how clearly, 0 to 1; a number decides nothing and is clear."""
    if function in ("classify", "sentiment"):
        first, second = sorted(row["scores"].values(), reverse=True)[:2]
        return {"label": [row["value"] if function == "classify" else row["label"], first - second]}
    if function == "sentiment_aspects":
        return {aspect: [score, 1.0] for aspect, score in (row["value"] or {}).items() if score is not None}
    if function == "filter":
        return {"holds": [row["score"] > 0.5, abs(row["score"] - 0.5)]}
    if function == "detect_language":
        return {"language": [row["value"], row["score"]]}
    if function in ("classify_multi", "moderate"):
        least = 0.3 if function == "classify_multi" else 0.5
        return {name: [score >= least, abs(score - least)] for name, score in row["scores"].items()}
    least = float(EXTRACT.load()["threshold"][0])
    return {f"{s.get('field') or s['category']} {s['start']} to {s['end']}": [True, abs(s["score"] - least)] for s in row["spans"] or []}


def answers(connection: duckdb.DuckDBPyConnection, cache: Path) -> dict[str, list[dict[str, list[Any]]]]:
    """Ask every function about every text."""
    found: dict[str, list[dict[str, list[Any]]]] = {}
    for function, options in CALLS.items():
        rows = call(connection, function, list(texts()), cache, **options)
        found[function] = [
            {name: [what, round(margin, 3)] for name, (what, margin) in decisions(function, row or {}).items()} for row in rows
        ]
    return found


def changes(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """List the decisions that differ though one of the two was clear."""
    found = []
    for function, rows in before.items():
        for text, old, new in zip(texts(), rows, after[function], strict=True):
            for name in old.keys() | new.keys():
                (was, sure), (now, clear) = old.get(name, [None, 0.0]), new.get(name, [None, 0.0])
                numbers = isinstance(was, float) and isinstance(now, float)
                if (abs(was - now) > MARGIN) if numbers else (was != now and max(sure, clear) > MARGIN):
                    found.append(f"ai_{function}, {name}: {was} ({sure}) is now {now} ({clear}) for {text[:60]!r}")
    return sorted(found)


def sha256() -> str:
    """Hash the frozen answers."""
    return hashlib.sha256(ANSWERS.read_bytes()).hexdigest()


def main() -> None:
    """Write the answers anew."""
    connection = duckdb.connect()
    register(connection)
    with tempfile.TemporaryDirectory() as folder:
        found = answers(connection, Path(folder))
    ANSWERS.write_text(json.dumps(found, indent=0, ensure_ascii=False) + "\n", encoding="utf8")
    sys.stdout.write(f"answers: sha256 {sha256()}\n")


if __name__ == "__main__":
    main()
