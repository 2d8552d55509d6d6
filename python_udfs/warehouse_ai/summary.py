"""Print what the last `dbt build` made: rows by layer, a sample of the AI columns, the reports, what the AI functions cost.

python -m warehouse_ai.summary [--project-dir .] [--database warehouse.duckdb]
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import duckdb
from duckdb import DuckDBPyConnection
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

SAMPLE_ROWS = 4
REPORT_ROWS = 12
COST_ROWS = 15
HIDDEN = ("ai_model", "ai_spec_hash", "ai_error")
WIDTH = 120
COLUMNS = 5
"""Columns of a sample: more would leave a line unreadable."""


def table(title: str, columns: list[str], rows: list[tuple[Any, ...]]) -> Group:
    """Lay out rows under a title; numbers stand to the right."""
    out = Table(header_style="bold")
    cells = [["" if v is None else f"{v:,.2f}" if isinstance(v, float) else " ".join(str(v).split()) for v in row] for row in rows]
    for index, column in enumerate(columns):
        widest = max((len(row[index]) for row in cells), default=0)
        if any(isinstance(row[index], int | float) for row in rows):
            # A name may go on a second line; no number and no word may be cut.
            words = column.replace("_", " ")
            out.add_column(words, justify="right", min_width=max(widest, *map(len, words.split())))
        else:
            out.add_column(column, overflow="ellipsis", max_width=44, min_width=min(widest, 10), no_wrap=True)
    for row in cells:
        out.add_row(*row)
    return Group(Text(title, style="italic", no_wrap=True), out)


def built(project: Path) -> list[dict[str, Any]]:
    """Return the models and seeds of the manifest that are in the warehouse.

    Raises:
        SystemExit: dbt has not run here.
    """
    path = project / "target/manifest.json"
    if not path.exists():
        raise SystemExit(f"{path} is missing: run `dbt build` first")
    nodes = json.loads(path.read_text(encoding="utf8"))["nodes"].values()
    return [n for n in nodes if n["resource_type"] in ("model", "seed") and n["config"]["materialized"] != "ephemeral"]


LAYERS = ["seed", "bronze", "silver", "gold", "other"]


def summarize(project: Path, database: Path, console: Console) -> None:
    """Print rows by layer, samples, reports and costs."""
    nodes = built(project)
    with duckdb.connect(str(database), read_only=True) as connection:
        there = {row[0] for row in connection.execute("select schema_name || '.' || table_name from duckdb_tables()").fetchall()}
        there |= {row[0] for row in connection.execute("select schema_name || '.' || view_name from duckdb_views()").fetchall()}
        nodes = [n for n in nodes if f"{n['schema']}.{n['alias']}" in there]
        console.print(sizes(connection, nodes))
        for node in nodes:
            if "sample" in node["tags"] and (shown := sample(connection, node)):
                console.print(shown)
        for node in nodes:
            if "report" in node["tags"]:
                console.print(report(connection, node))
        ledgers = [n for n in there if n.endswith(".ai_ledger")]
        if ledgers:
            invocation = json.loads((project / "target/run_results.json").read_text(encoding="utf8"))["metadata"]["invocation_id"]
            console.print(costs(connection, ledgers[0], invocation))


def layer(node: dict[str, Any]) -> str:
    """Name the layer of a node: its first folder."""
    if node["resource_type"] == "seed":
        return "seed"
    return node["fqn"][1] if node["fqn"][1] in LAYERS else "other"


def sizes(connection: DuckDBPyConnection, nodes: list[dict[str, Any]]) -> Group:
    """Count relations and rows by layer and subject, the folder within the layer."""
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for node in nodes:
        subject = node["fqn"][2] if layer(node) != "seed" and len(node["fqn"]) > 3 else ""
        found[layer(node), subject].append(connection.execute(f"select count(*) from {name(node)}").fetchall()[0][0])
    rows = [
        (*key, len(counts), f"{sum(counts):,}") for key, counts in sorted(found.items(), key=lambda item: (LAYERS.index(item[0][0]), item))
    ]
    return table("Rows by layer", ["layer", "subject", "relations", "rows"], rows)


def name(node: dict[str, Any]) -> str:
    """Quote the relation, without the database: the file may be opened under another name."""
    return f'"{node["schema"]}"."{node["alias"]}"'


def sample(connection: DuckDBPyConnection, node: dict[str, Any]) -> Group | None:
    """Show the key and the first AI columns of a few rows, None where it has none of plain values.

    An AI column is one whose description names its function.
    """
    result = connection.execute(f"select * from {name(node)} order by 1 limit {SAMPLE_ROWS}")
    columns = [c[0] for c in result.description or []]
    rows = result.fetchall()
    plain = [i for i, _ in enumerate(columns) if all(isinstance(row[i], str | int | float | None) for row in rows)]
    described = {c["name"] for c in node["columns"].values() if "`ai_" in c["description"] and c["name"] not in HIDDEN}
    shown = [i for i in plain if i == 0 or columns[i] in described or not described][:COLUMNS]
    if not shown:
        return None
    return table(f"First rows of {node['name']}", [columns[i] for i in shown], [tuple(row[i] for i in shown) for row in rows])


def report(connection: DuckDBPyConnection, node: dict[str, Any]) -> Group:
    """Show the first rows of a model that is tagged as a report, in its own order."""
    result = connection.execute(f"select * from {name(node)} limit {REPORT_ROWS}")
    columns = [c[0] for c in result.description or []]
    return table(node["name"], columns, result.fetchall())


def costs(connection: DuckDBPyConnection, ledger: str, invocation: str) -> Group | str:
    """Show the functions that took longest in an invocation, unit tests aside, and all together."""
    rows = connection.execute(
        f"""
        select split_part(node_id, '.', -1), function, rows, distinct_texts, cache_hits, computed, errors, seconds,
            cast(round(rows / nullif(seconds, 0)) as bigint)
        from {ledger}
        where invocation_id = ? and node_id like 'model.%'
        order by seconds desc, 1, 2
        """,
        [invocation],
    ).fetchall()
    if not rows:
        return "The last run called no AI function: no model had a new row to read, and no text reached a model."
    columns = ["node", "function", "rows", "distinct", "cache hits", "computed", "errors", "seconds", "rows/s"]
    total = [sum(row[i] or 0 for row in rows) for i in range(2, 8)]
    everything = ("all nodes", "all functions", *total, round(total[0] / total[-1]) if total[-1] else None)
    return table("What the AI functions cost in the last run, the longest first", columns, [*rows[:COST_ROWS], everything])


def main(arguments: list[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m warehouse_ai.summary", description="Print what the last dbt build made.")
    parser.add_argument("--project-dir", type=Path, default=Path())
    parser.add_argument("--database", type=Path, default=Path("warehouse.duckdb"))
    options = parser.parse_args(arguments)
    summarize(options.project_dir, options.database, Console(width=max(WIDTH, Console().width)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
