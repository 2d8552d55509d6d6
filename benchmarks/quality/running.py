"""Run the SQL of the sets with the real dbt, in a project that installs the package."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb

from benchmarks.quality.measures import Rows

ROOT = Path(__file__).parents[2]


def answers(models: dict[str, str], folder: Path) -> dict[str, Rows]:
    """Run models and return their rows.

    Args:
        models: SQL with the package's macros, by name.
        folder: an empty one, for the project and its warehouse.
    """
    (folder / "models").mkdir()
    for name, sql in models.items():
        (folder / f"models/{name}.sql").write_text(sql + "\n", encoding="utf8")
    (folder / "dbt_project.yml").write_text("name: quality\nprofile: quality\nversion: '1.0'\nmodels: {quality: {+materialized: table}}\n")
    (folder / "packages.yml").write_text(f"packages:\n  - local: {ROOT}\n")
    (folder / "profiles.yml").write_text(
        "quality:\n  target: dev\n  outputs:\n    dev:\n      type: duckdb\n      path: quality.duckdb\n      threads: 1\n"
        "      plugins:\n        - module: warehouse_ai.plugin\n"
    )
    for command in (["deps"], ["run"]):
        subprocess.run([str(Path(sys.executable).with_name("dbt")), *command], cwd=folder, check=True)
    with duckdb.connect(str(folder / "quality.duckdb"), read_only=True) as connection:
        return {name: connection.execute(f"select * from {name}").fetchall() for name in models}
