"""Find the passages that answer a question, by meaning, by words, or both."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from warehouse_ai.functions.frame import Call, apply
from warehouse_ai.functions.passages import Hit, Index, Retrieval
from warehouse_ai.models.registry import ENCODER
from warehouse_ai.runtime.run import Failure

NAME = "search"
MODEL = ENCODER
HIT = pa.struct(
    [
        ("rank", pa.int32()),
        ("source", pa.string()),
        ("text", pa.string()),
        ("score", pa.float64()),
        ("similarity", pa.float64()),
        ("bm25_score", pa.float64()),
        ("vector_rank", pa.int32()),
        ("bm25_rank", pa.int32()),
    ]
)
RESULT = pa.struct([("value", pa.list_(HIT)), ("error", pa.string()), ("model", pa.string())])


@dataclass(frozen=True)
class Spec:
    """How questions are searched, and in what.

    Attributes:
        retrieval: method, number of passages, encoder and passages.
    """

    retrieval: Retrieval

    @classmethod
    def parse(cls, options: dict[str, Any]) -> Spec:
        """Read what the macro printed."""
        return cls(Retrieval.parse(options))

    def over(self, index: Index) -> Spec:
        """Search these passages."""
        return replace(self, retrieval=replace(self.retrieval, index=index))


def described(hit: Hit, rank: int, index: Index) -> dict[str, Any]:
    """Write a hit as ``HIT``."""
    return {
        "rank": rank,
        "source": index.sources[hit.place],
        "text": index.texts[hit.place],
        "score": hit.score,
        "similarity": hit.similarity,
        "bm25_score": hit.bm25_score,
        "vector_rank": hit.vector_rank,
        "bm25_rank": hit.bm25_rank,
    }


def run(column: pa.ChunkedArray, spec: Spec, call: Call) -> pa.StructArray:
    """Search for a column of questions into ``RESULT``."""

    def evaluate(questions: list[str]) -> dict[str, pa.Array]:
        index = spec.retrieval.index
        assert index is not None
        found = spec.retrieval.find(questions, call)
        values = [None if isinstance(hits, Failure) else [described(hit, i, index) for i, hit in enumerate(hits, 1)] for hits in found]
        errors = [hits.message if isinstance(hits, Failure) else None for hits in found]
        return {"value": pa.array(values, RESULT.field("value").type), "error": pa.array(errors, pa.string())}

    return apply(column, call, RESULT, evaluate)
