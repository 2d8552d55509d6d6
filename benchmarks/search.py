"""Measure search on the public set SciFact (claims against abstracts), through the macros of the package.

    WAREHOUSE_AI_DATA=... python -m benchmarks.search [run ...]

nDCG@10 and recall@10 of the 300 test claims over 5,183 abstracts, as BEIR measures them (Thakur et al. 2021). Whole abstracts are embedded
window by window; the published figure of the encoder cuts them at 256 tokens, which is measured beside it. Writes ``results/search.json``
and enters the figures in ``results/quality.json``.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.machine import RESULTS, public_sets, write
from benchmarks.quality.results import enter
from benchmarks.quality.running import answers
from benchmarks.quality.sets.embed import WINDOW

K = 10
RUNS = {
    "vector": ("body", "vector"),
    "vector_cut_at_256_tokens": ("cut", "vector"),
    "bm25": ("body", "bm25"),
    "hybrid": ("body", "hybrid"),
    "hybrid_cut_at_256_tokens": ("cut", "hybrid"),
}


def abstracts(data: Path) -> pa.Table:
    """Read the abstracts: id, whole text, and the text that fits one window."""
    from warehouse_ai.models.registry import load_tokenizer

    rows = duckdb.execute(
        f"select cast(doc_id as varchar), title || chr(10) || text from '{data}/scifact_corpus.parquet' order by 1"
    ).fetchall()
    ids, bodies = (list(column) for column in zip(*rows, strict=True))
    cut = [
        body if len(offsets) <= WINDOW else body[: offsets[WINDOW - 1, 1]]
        for body, offsets in zip(bodies, load_tokenizer().offsets(bodies), strict=True)
    ]
    return pa.table({"doc_id": ids, "body": bodies, "cut": cut})


def ndcg(found: list[str], relevant: set[str]) -> float:
    """Discounted cumulative gain of ten places over the best possible (Järvelin and Kekäläinen 2002), relevance 0 or 1."""
    gains = 1 / np.log2(np.arange(2, K + 2))
    return float(sum(gain for gain, doc in zip(gains, found, strict=False) if doc in relevant) / gains[: len(relevant)].sum())


def main() -> None:
    """Measure, print and write."""
    data = public_sets() / "scifact"
    relevant: dict[str, set[str]] = {}
    labels = (
        f"select cast(query_id as varchar), cast(doc_id as varchar) from '{data}/scifact_qrels.parquet' where split = 'test' and rel > 0"
    )
    for query, doc in duckdb.execute(labels).fetchall():
        relevant.setdefault(query, set()).add(doc)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pq.write_table(abstracts(data), folder / "abstracts.parquet")
        models = {}
        for run, (column, method) in RUNS.items():
            if sys.argv[1:] and run not in sys.argv[1:]:
                continue
            source = f"(select * from read_parquet('{folder}/abstracts.parquet'))"
            call = f"warehouse_ai.ai_retrieve('claim', \"{source}\", '{column}', source='doc_id', k={K}, method='{method}')"
            claims = (
                f"select cast(query_id as varchar) as query_id, text as claim from '{data}/scifact_queries.parquet' where split = 'test'"
            )
            models[run] = f"select query_id, [hit.source for hit in {{{{ {call} }}}}] as found from ({claims})"
        started = time.perf_counter()
        found = answers(models, folder)
        seconds = time.perf_counter() - started
    figures: dict[str, Any] = {}
    for run, rows in found.items():
        judged = [(docs, relevant[query]) for query, docs in rows if query in relevant]
        figures[run] = {
            "n": len(judged),
            "ndcg_at_10": round(float(np.mean([ndcg(docs, true) for docs, true in judged])), 4),
            "recall_at_10": round(float(np.mean([len(true.intersection(docs)) / len(true) for docs, true in judged])), 4),
        }
    known = RESULTS / "search.json"
    if sys.argv[1:] and known.exists():
        figures = {**json.loads(known.read_text(encoding="utf8"))["scifact"], **figures}
    print(json.dumps(figures, indent=2))
    enter({f"scifact_{run}": figures[run] for run in found})
    print(f"{seconds:.0f} s; written to {write('search', {'command': 'python -m benchmarks.search', 'scifact': figures})}")


if __name__ == "__main__":
    main()
