"""Measure the SQL path against a plain UDF on the same machine, in the same run and on the same texts.

    python -m benchmarks.speed [--rows N]

The plain UDF does what one would write first: an Arrow function that calls ``SentenceTransformer.encode`` with batches of 32. Both take
the texts in slices of DuckDB's vector size, in turn, so that a machine whose speed drifts is fair to both. Texts are the AG News test set
where ``WAREHOUSE_AI_DATA`` is set, else the project's own feedback. Writes ``results/speed.json``.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import statistics
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import torch

from benchmarks.machine import write
from warehouse_ai.engines import duckdb as engine
from warehouse_ai.functions.classify import Spec
from warehouse_ai.functions.frame import Call
from warehouse_ai.functions.labels import label_head
from warehouse_ai.models.registry import encoder_folder, load_tokenizer
from warehouse_ai.models.text_classifier import softmax
from warehouse_ai.runtime.context import Context

VECTOR = 2048
LABELS = ["world news", "sports", "business", "science and technology"]
HIT_ROWS, HIT_TEXTS = 1_000_000, 10_000
FLOP_PER_TOKEN = 6 * 2 * (4 * 384 * 384 + 2 * 384 * 1536)
"""Multiplications and additions of the encoder's matrix products, attention scores aside."""


def texts() -> tuple[str, list[str]]:
    """Return the name of the set and its distinct texts."""
    folder = os.environ.get("WAREHOUSE_AI_DATA")
    if folder:
        import pandas as pd

        found = list(pd.read_parquet(Path(folder) / "ag_news/ag_news.parquet").text)
        return "AG News test", list(dict.fromkeys(found))
    print("WAREHOUSE_AI_DATA is not set: measuring on the project's own feedback")
    with (Path(__file__).parents[1] / "seeds/raw_feedback.csv").open(encoding="utf8", newline="") as file:
        found = [row["feedback_text"] for row in csv.DictReader(file) if row["feedback_text"].strip()]
    return "seeds/raw_feedback.csv", list(dict.fromkeys(found))


def product_rate(dtype: torch.dtype) -> float:
    """Measure the matrix-product rate in GFLOP/s at the shape of the encoder's widest layer."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    rows, repeat = (65_536, 50) if device == "cuda" else (768, 30)
    x, w = torch.randn(rows, 384, dtype=dtype, device=device), torch.randn(1536, 384, dtype=dtype, device=device)
    best = 0.0
    for _ in range(4):
        started = time.perf_counter()
        for _ in range(repeat):
            y = torch.nn.functional.linear(x, w)
        if device == "cuda":
            torch.cuda.synchronize()
        best = max(best, 2 * rows * 384 * 1536 * repeat / (time.perf_counter() - started) / 1e9)
        if dtype == torch.bfloat16 and best < 50:  # no such instructions: one round is enough
            break
    assert y.shape == (rows, 1536)
    return best


def classify_sql(cache: Path) -> tuple[str, list[str]]:
    """Return what ``ai_classify_detail`` compiles to, with its parameters."""
    spec = {"function": "classify", "model": engine.MODELS["classify"], "labels": [{"name": label} for label in LABELS]}
    return "select wai_classify(body, wai_spec(?, ?)) as answer from slice", [json.dumps(spec), json.dumps({"cache_dir": str(cache)})]


def windows_of(rows: list[str]) -> list[int]:
    """Return how many windows each text needs."""
    counts = Counter(window.text for window in load_tokenizer().windows(rows))
    return [counts[index] for index in range(len(rows))]


def compare(rows: list[str], folder: Path) -> dict[str, Any]:
    """Time both ways in turn, slice by slice, and compare their scores."""
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(encoder_folder()))
    connection = duckdb.connect()
    engine.register(connection)

    def encode(column: pa.ChunkedArray) -> pa.Array:
        vectors = model.encode(column.to_pylist(), batch_size=32, normalize_embeddings=True)
        return pa.FixedSizeListArray.from_arrays(pa.array(vectors.ravel()), 384)

    connection.create_function("plain_embed", encode, [duckdb.sqltype("VARCHAR")], duckdb.sqltype("FLOAT[384]"), type="arrow")
    sql, parameters = classify_sql(folder)
    spec = Spec.parse(json.loads(parameters[0]))
    call = Call("ai_classify", "", "fail", Context(cache_dir=folder))
    labels = label_head(spec.labels, spec.encoder, call)

    def run(part: list[str], plain: bool) -> tuple[float, list[Any]]:
        connection.register("slice", pa.table({"body": part}))
        started = time.perf_counter()
        found = connection.execute("select plain_embed(body) from slice") if plain else connection.execute(sql, parameters)
        answers = [row[0] for row in found.fetchall()]
        return time.perf_counter() - started, answers

    run(["warm up"], True), run(["warm up"], False)
    slices = [rows[at : at + VECTOR] for at in range(0, len(rows), VECTOR)]
    seconds: dict[bool, list[float]] = {True: [], False: []}
    fits = dict(zip(rows, windows_of(rows), strict=True))
    worst, same = 0.0, 0
    for number, part in enumerate(slices):
        answers: dict[bool, list[Any]] = {}
        for plain in (True, False) if number % 2 == 0 else (False, True):
            spent, answers[plain] = run(part, plain)
            seconds[plain].append(spent)
        theirs = softmax(labels.logits(np.array(answers[True], np.float32)))
        ours = np.array([[answer["scores"][label] for label in LABELS] for answer in answers[False]])
        # The plain way cuts what is longer than the model's window; there the scores differ on purpose.
        whole = np.array([fits[text] == 1 for text in part])
        worst = max(worst, float(np.abs(theirs - ours)[whole].max()))
        same += int((theirs.argmax(1) == ours.argmax(1)).sum())
        rates = [f"{len(part) / seconds[plain][-1]:.0f}" for plain in (True, False)]
        print(f"slice {number + 1} of {len(slices)}: plain {rates[0]}, ours {rates[1]} rows/s", flush=True)
    full = [i for i, part in enumerate(slices) if len(part) == VECTOR] or range(len(slices))
    tokens = sum(len(window.ids) for window in load_tokenizer().windows(rows))
    return {
        "rows": len(rows),
        "tokens": tokens,
        "plain_rows_per_second": len(rows) / sum(seconds[True]),
        "ours_rows_per_second": len(rows) / sum(seconds[False]),
        "ratio": sum(seconds[True]) / sum(seconds[False]),
        "ratio_by_slice_median": statistics.median(seconds[True][i] / seconds[False][i] for i in full),
        "plain_gflops": tokens * FLOP_PER_TOKEN / sum(seconds[True]) / 1e9,
        "ours_gflops": tokens * FLOP_PER_TOKEN / sum(seconds[False]) / 1e9,
        "texts_longer_than_the_window": sum(number > 1 for number in fits.values()),
        "largest_score_difference_where_the_window_holds_the_text": worst,
        "labels_that_agree": same / len(rows),
    }


def cache_hits(folder: Path) -> dict[str, Any]:
    """Time answers from the cache: a million rows with ten thousand distinct texts."""
    connection = duckdb.connect()
    engine.register(connection)
    sql, parameters = classify_sql(folder)
    some = f"select 'ticket number ' || (i % {HIT_TEXTS}) as body from range({HIT_ROWS}) r (i)"
    connection.execute(f"create table slice as select distinct body from ({some})")
    connection.execute(f"create table warm as {sql}", parameters)
    connection.execute(f"create or replace table slice as {some} order by hash(i)")
    # What `ai_classify` compiles to: the label alone.
    sql = sql.replace(" as answer", ".value as answer")
    rates = []
    for _ in range(3):
        started = time.perf_counter()
        connection.execute(f"create or replace table answers as {sql}", parameters)
        rates.append(HIT_ROWS / (time.perf_counter() - started))
    return {"rows": HIT_ROWS, "distinct": HIT_TEXTS, "rows_per_second": statistics.median(rates)}


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description="Measure the SQL path against a plain UDF.")
    parser.add_argument("--rows", type=int, help="only the first N texts")
    limit = parser.parse_args().rows
    name, rows = texts()
    figures: dict[str, Any] = {
        "command": "make bench",
        "texts": name,
        "product_gflops": {"fp32": product_rate(torch.float32), "bf16": product_rate(torch.bfloat16)},
    }
    with tempfile.TemporaryDirectory() as folder:
        figures["cold"] = compare(rows[:limit], Path(folder) / "cold")
        figures["cache_hits"] = cache_hits(Path(folder) / "hits")
    print(json.dumps(figures, indent=2))
    print(f"written to {write('speed', figures)}")


if __name__ == "__main__":
    main()
