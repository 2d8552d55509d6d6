"""Measure the quality of every function on public sets and texts of the project's own, through the macros of the package.

    WAREHOUSE_AI_DATA=... python -m benchmarks.quality [set ...]

The project's own texts, the sets ``own_...``, need no ``WAREHOUSE_AI_DATA``.

Makes a dbt project of its own that installs the package, with one model a set, runs it, and compares the answers with the labels. Writes
``results/quality.json`` and docs/quality.md. Sets that are named are measured again, the others keep their figures.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from benchmarks.quality import page, results
from benchmarks.quality.running import answers
from benchmarks.quality.sets import SETS


def main(names: list[str]) -> None:
    """Measure, print and write."""
    known = {name: one for name, one in SETS.items() if one.sql and one.measure}
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise SystemExit(f"not a set that is measured here: {', '.join(unknown)}; there are {', '.join(known)}")
    chosen = {name: one for name, one in known.items() if name in names or not names}
    with tempfile.TemporaryDirectory() as folder:
        found = answers({name: one.sql() for name, one in chosen.items()}, Path(folder))
    figures = {name: {"n": len(found[name]), **one.measure(found[name])} for name, one in chosen.items()}
    print(json.dumps(results.enter(figures, measured_here=True), indent=2))
    page.main()


if __name__ == "__main__":
    main(sys.argv[1:])
