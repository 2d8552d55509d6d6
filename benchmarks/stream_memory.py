"""Measure how much memory the stream of embeddings takes over the loaded model, for two numbers of passages.

    python -m benchmarks.stream_memory [--rows N N] [--computed N]

Does in a process of its own what the dbt model ``document_embeddings`` and dbt-duckdb do: reads passages from a table of a DuckDB file in
the order of their documents, hands the batches through `embed_batches` and writes the table of vectors to the same file. The passages are
generated and differ from each other. The encoder takes some 150 a second on two cores, so the cache is filled first, with random vectors
under the keys of the passages: the stream reads real hits, and computes a stretch in the middle that the cache lacks. Writes
``results/stream_memory.json``.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from benchmarks.machine import write
from warehouse_ai.functions.embed_batches import embed_batches
from warehouse_ai.models.embedder import Embedder
from warehouse_ai.models.registry import ENCODER
from warehouse_ai.runtime.cache import key, open_cache
from warehouse_ai.runtime.context import Context
from warehouse_ai.runtime.run import GROUP

ROWS, COMPUTED = (20_000, 200_000), 2_000
LIMIT = "400MB"
"""DuckDB's `memory_limit`: what it keeps of sorted rows and of the table that is written lies on disk beyond it."""
STREAM = 4096
"""Rows of a batch, as in models/silver/documents/document_embeddings.py."""
PASSAGE = (
    "Paragraph ' || i || ' of the contract: the supplier delivers ' || i % 97 || ' crates of part ' || i * 7919 % 100003 || ' to ' ||"
    " ['Peniche', 'Oslo', 'Graz', 'Vendel'][i % 4 + 1] || ' within ' || i % 31 || ' days, and pays a penalty of ' || i % 13 || ' percent"
)
SOURCE = f"select i as chunk_id, 'file ' || i // 40 as path, i % 40 as ordinal, '{PASSAGE}' as chunk_text from range(?) as passages (i)"
MEMORY = ("VmRSS", "RssAnon", "RssFile")
INTERVAL = 0.01
MB = 2**20


def memory() -> dict[str, int]:
    """Return the resident memory of this process in bytes: all of it, its own, and pages of mapped files, which any process may take."""
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return {name: int(lines[name].split()[0]) * 1024 for name in MEMORY}


class Watch:
    """Notes the peaks of the memory while it is open."""

    def __init__(self) -> None:
        self.start = memory()
        self.peak = dict(self.start)
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        while not self._done.wait(INTERVAL):
            self.peak = {name: max(value, self.peak[name]) for name, value in memory().items()}

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def grown(self) -> dict[str, int]:
        """Return by how many MB the peaks exceed what there was at the start."""
        return {name: round((self.peak[name] - self.start[name]) / MB) for name in MEMORY}


def groups(rows: int) -> Iterator[tuple[int, int]]:
    """Cut a number of rows into ranges."""
    return ((at, min(at + GROUP, rows)) for at in range(0, rows, GROUP))


def fill(connection: duckdb.DuckDBPyConnection, context: Context, rows: int, computed: int) -> None:
    """Write the passages, and random vectors of norm 1 for all but a stretch of them into the cache."""
    connection.execute(f"create table document_chunks as {SOURCE}", [rows])
    cache, space = open_cache(context.cache_dir, context.cache_max_gb), Embedder.space
    random = np.random.default_rng(0)
    first = (rows - computed) // 2
    for start, end in groups(rows):
        found = connection.execute("select chunk_id, chunk_text from document_chunks where chunk_id >= ? and chunk_id < ?", [start, end])
        known = [text for i, text in found.fetchall() if not first <= i < first + computed]
        unit = random.standard_normal((len(known), ENCODER.dimension), np.float32)
        unit /= np.linalg.norm(unit, axis=1, keepdims=True)
        cache.put_many((key(space, text), vector.tobytes()) for text, vector in zip(known, unit.astype(np.float16), strict=True))


def measure(folder: Path, rows: int, computed: int) -> dict[str, Any]:
    """Stream the passages of a folder that was filled, and return the time and by how many MB memory grew."""
    context = Context(cache_dir=folder / "cache")
    with duckdb.connect(str(folder / "warehouse.duckdb"), config={"memory_limit": LIMIT}) as connection:
        warm = connection.sql("select 0 as chunk_id, 'the model is loaded' as chunk_text").to_arrow_reader(1)
        embed_batches(warm, "chunk_text", Context(cache_dir=folder / "warm")).read_all()
        with Watch() as watch:
            began = time.perf_counter()
            passages = connection.table("document_chunks").project("chunk_id, path, ordinal, chunk_text").order("path, ordinal")
            stream = embed_batches(passages.to_arrow_reader(STREAM), "chunk_text", context)
            # dbt-duckdb too writes by a second cursor, since the first one is being read.
            with connection.cursor() as writer:
                writer.register("stream", stream)
                writer.execute("create table document_embeddings as select * from stream")
            seconds = time.perf_counter() - began
        written = connection.execute("select count(*), count(embedding) from document_embeddings").fetchall()
    assert written == [(rows, rows)], written
    grown = watch.grown()
    return {
        "rows": rows,
        "computed": computed,
        "seconds": round(seconds, 1),
        "before_mb": round(watch.start["VmRSS"] / MB),
        "grown_mb": grown["VmRSS"],
        "grown_own_mb": grown["RssAnon"],
        "grown_mapped_files_mb": grown["RssFile"],
    }


def in_own_process(step: str, folder: Path, rows: int, computed: int) -> str:
    """Run a step of the measurement in a fresh process and return what it prints."""
    command = [sys.executable, "-m", "benchmarks.stream_memory", "--rows", str(rows), "--computed", str(computed), "--step", step]
    return subprocess.run([*command, "--folder", str(folder)], check=True, capture_output=True, text=True).stdout


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=ROWS)
    parser.add_argument("--computed", type=int, default=COMPUTED)
    parser.add_argument("--step", choices=["fill", "measure"], help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.step == "fill":
        with duckdb.connect(str(given.folder / "warehouse.duckdb")) as connection:
            fill(connection, Context(cache_dir=given.folder / "cache"), given.rows[0], given.computed)
    elif given.step == "measure":
        print(json.dumps(measure(given.folder, given.rows[0], given.computed)))
    else:
        found = []
        for rows in given.rows:
            with tempfile.TemporaryDirectory() as folder:
                in_own_process("fill", Path(folder), rows, given.computed)
                found.append(json.loads(in_own_process("measure", Path(folder), rows, given.computed).splitlines()[-1]))
        figures = {"command": "python -m benchmarks.stream_memory", "batch_rows": STREAM, "memory_limit": LIMIT, "streams": found}
        print(json.dumps(figures, indent=2))
        print(f"written to {write('stream_memory', figures)}")


if __name__ == "__main__":
    main()
