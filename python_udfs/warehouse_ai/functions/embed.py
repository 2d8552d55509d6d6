"""Embedding of a text by the default encoder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from warehouse_ai.functions.frame import Call, apply, scatter, split_failures
from warehouse_ai.models.embedder import Embedder, vectors
from warehouse_ai.models.registry import ENCODER
from warehouse_ai.runtime.run import resolve

NAME = "embed"
MODEL = ENCODER
RESULT = pa.struct([("value", pa.list_(pa.float32(), ENCODER.dimension)), ("error", pa.string()), ("model", pa.string())])


@dataclass(frozen=True)
class Spec:
    """Nothing to choose."""

    @classmethod
    def parse(cls, options: dict[str, Any]) -> Spec:
        """Read what the macro printed."""
        return cls()


def run(column: pa.ChunkedArray, spec: Spec, call: Call) -> pa.StructArray:
    """Embed a column of texts into ``RESULT``; vectors have norm 1."""

    def evaluate(texts: list[str]) -> dict[str, pa.Array]:
        good, found, errors = split_failures(resolve(Embedder(), texts, call.context, call.ledger_key))
        values = pa.FixedSizeListArray.from_arrays(pa.array(vectors(found).ravel()), ENCODER.dimension)
        return {"value": scatter(values, good, len(texts)), "error": pa.array(errors, pa.string())}

    return apply(column, call, RESULT, evaluate)
