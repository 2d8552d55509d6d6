"""Say what a dbt model would cost before it runs: for each AI call rows, distinct texts, cached answers, tokens and expected seconds.

python -m warehouse_ai.explain MODEL [--project-dir .] [--database warehouse.duckdb] [dbt options ...]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
from rich.console import Console

from warehouse_ai.engines import duckdb as engine
from warehouse_ai.functions.frame import Call
from warehouse_ai.models.embedder import Embedder
from warehouse_ai.runtime import device as devices
from warehouse_ai.runtime.batching import pack
from warehouse_ai.runtime.context import Context
from warehouse_ai.runtime.run import LEDGER
from warehouse_ai.summary import table

INVOCATION = "explain"


class CountingSpecs(engine.Specs):
    """Specifications whose calls count what they would compute; each distinct one has a ledger row of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.options: list[dict[str, Any]] = []

    def call(self, options: dict[str, Any], context: Context) -> Call:
        """Count under the number of the specification."""
        self.options.append(options)
        counting = replace(context, invocation=INVOCATION, node=str(len(self.options) - 1), count_only=True)
        return replace(super().call(options, counting), on_error="null")


def compiled(model: str, project: Path, options: list[str]) -> str:
    """Compile a model with dbt and return its SELECT.

    Raises:
        SystemExit: dbt failed, or there is no such model.
    """
    command = [str(Path(sys.executable).with_name("dbt")), "compile", "--quiet", "--select", model, "--project-dir", str(project), *options]
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise SystemExit(done.stdout)
    nodes = json.loads((project / "target/manifest.json").read_text(encoding="utf8"))["nodes"].values()
    found = [n for n in nodes if n["name"] == model and n["resource_type"] == "model"]
    if not found:
        raise SystemExit(f"there is no model {model} in {project}")
    return found[0]["compiled_code"]


def columns(connection: duckdb.DuckDBPyConnection, sql: str) -> dict[str, str]:
    """Map each specification, as JSON, to the first column that it makes."""
    text = connection.execute("select json_serialize_sql(?::varchar)", [sql]).fetchall()[0][0]
    found: dict[str, str] = {}
    for spec, alias in _calls(json.loads(text), ""):
        found.setdefault(spec, alias)
    return found


def _calls(node: Any, alias: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, list):
        for item in node:
            yield from _calls(item, alias)
    elif isinstance(node, dict):
        alias = node.get("alias") or alias
        if node.get("function_name") == "wai_spec":
            # DuckDB 1 and 2 nest constants differently; the specification is the first JSON object among them, the context the second.
            yield next(text for text in _texts(node) if text.startswith("{")), alias
        for value in node.values():
            yield from _calls(value, alias)


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, list | dict):
        for value in node.values() if isinstance(node, dict) else node:
            yield from _texts(value)


def tokens_per_second(context: Context) -> float:
    """Time the encoder on this machine: a round of batches to warm up, and one that counts."""
    device = devices.choose(context.device)
    task = Embedder()
    sentence = "the meeting took place in the usual room at the usual time " * 3
    inputs = task.inputs([sentence] * (device.workers * device.capacity // 32))
    batches = pack([len(item.ids) for item in inputs], device.capacity, device.quantum)
    for _ in range(2):
        started = time.perf_counter()
        for _, outcome in devices.map_unordered(device, lambda b: task.compute([inputs[i] for i in b.items], b, device), batches):
            if isinstance(outcome, Exception):
                raise outcome
        seconds = time.perf_counter() - started
    return sum(len(item.ids) for item in inputs) / seconds


def explain(model: str, project: Path, database: Path, options: list[str], console: Console) -> None:
    """Count and print."""
    sql = compiled(model, project, options)
    specs = CountingSpecs()
    with duckdb.connect(str(database), read_only=True) as connection:
        engine.register(connection, specs)
        names = columns(connection, sql)
        reader: Any = connection.sql(sql).to_arrow_reader(100_000)
        for _ in reader:
            pass
    speed = tokens_per_second(Context())
    alias = {json.dumps(json.loads(spec), sort_keys=True): name for spec, name in names.items()}
    rows: list[tuple[Any, ...]] = []
    for row in LEDGER.drain(INVOCATION):
        options_of = specs.options[int(str(row["node_id"]))]
        column = alias.get(json.dumps(options_of, sort_keys=True), "")
        expected = float(str(row["tokens"])) / speed
        counts = [row[name] for name in ("rows", "distinct_texts", "cache_hits", "computed", "tokens")]
        rows.append((column, f"ai_{options_of['function']}", *counts, expected))
    if not rows:
        console.print(f"{model} calls no AI function on any row.")
        return
    total = sum(float(row[-1]) for row in rows)
    titles = ["column", "function", "rows", "distinct", "cached", "to compute", "tokens", "seconds"]
    console.print(table(f"What {model} would cost now", titles, rows))
    console.print(f"About {total:,.0f} s at {speed:,.0f} tokens/s on this machine. Texts that several columns share are counted once.")


def main(arguments: list[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m warehouse_ai.explain", description="Say what a dbt model would cost before it runs.")
    parser.add_argument("model")
    parser.add_argument("--project-dir", type=Path, default=Path())
    parser.add_argument("--database", type=Path, default=Path("warehouse.duckdb"))
    options, rest = parser.parse_known_args(arguments)
    explain(options.model, options.project_dir, options.database, rest, Console(width=max(110, Console().width)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
