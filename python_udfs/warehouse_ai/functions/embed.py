"""Embedding of a text by an encoder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from warehouse_ai.functions.frame import Call, apply, scatter, split_failures
from warehouse_ai.models.embedder import vectors
from warehouse_ai.models.named_encoder import TextEmbedder, text_encoder
from warehouse_ai.models.registry import ENCODER
from warehouse_ai.runtime.run import resolve

NAME = "embed"
MODEL = ENCODER
RESULT = pa.struct([("value", pa.list_(pa.float32())), ("error", pa.string()), ("model", pa.string())])
"""``value`` is as long as the encoder's vectors; the macro casts the default's to ``FLOAT[384]``."""


@dataclass(frozen=True)
class Spec:
    """What embeds.

    Attributes:
        encoder: the default one, or the one that the user names.
    """

    encoder: TextEmbedder

    @classmethod
    def parse(cls, options: dict[str, Any]) -> Spec:
        """Read what the macro printed."""
        return cls(text_encoder(options))


def run(column: pa.ChunkedArray, spec: Spec, call: Call) -> pa.StructArray:
    """Embed a column of texts into ``RESULT``; vectors have norm 1."""

    def evaluate(texts: list[str]) -> dict[str, pa.Array]:
        good, found, errors = split_failures(resolve(spec.encoder, texts, call.context, call.ledger_key))
        unit = vectors(found)
        ends = np.arange(len(unit) + 1, dtype=np.int32) * unit.shape[1]
        values = pa.ListArray.from_arrays(pa.array(ends), pa.array(unit.ravel()))
        return {"value": scatter(values, good, len(texts)), "error": pa.array(errors, pa.string())}

    return apply(column, call, RESULT, evaluate)
