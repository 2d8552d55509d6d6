"""Pairs of texts that say nearly the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from warehouse_ai.functions.frame import Call
from warehouse_ai.functions.groups import apply_groups, embedded
from warehouse_ai.models.embedder import vectors
from warehouse_ai.models.named_encoder import TextEmbedder, text_encoder
from warehouse_ai.models.registry import ENCODER

NAME = "near_duplicates"
MODEL = ENCODER
INPUTS = ("VARCHAR[]",)
PAIR = pa.struct([("left", pa.int32()), ("right", pa.int32()), ("score", pa.float64())])
RESULT = pa.struct([("value", pa.list_(PAIR)), ("error", pa.string()), ("model", pa.string())])
BLOCK = 1024
"""Texts that are compared with all others at a time: memory grows with the number of texts, not with its square."""
SLACK = 1e-4
"""Rounding of a blocked product, which depends on its shape; pairs this near to the threshold are measured again."""


@dataclass(frozen=True)
class Spec:
    """How alike two texts must be.

    Attributes:
        threshold: least cosine, -1..1.
        encoder: what embeds the texts.
    """

    threshold: float
    encoder: TextEmbedder

    @classmethod
    def parse(cls, options: dict[str, Any]) -> Spec:
        """Read what the macro printed."""
        return cls(float(options["threshold"]), text_encoder(options))


def pairs(unit: np.ndarray, threshold: float) -> list[tuple[int, int, float]]:
    """Find the pairs of rows whose cosine reaches the threshold.

    Args:
        unit: unit vectors, float32 ``[texts, dimension]``.
        threshold: least cosine.

    Returns:
        Left index, right index (the larger one) and cosine, by left and right.
    """
    found = []
    for at in range(0, len(unit), BLOCK):
        block = unit[at : at + BLOCK] @ unit[at:].T
        left, right = np.nonzero(np.triu(block >= threshold - SLACK, 1))
        exact = np.einsum("pd,pd->p", unit[at + left].astype(np.float64), unit[at + right].astype(np.float64))
        found += [(int(at + i), int(at + j), float(s)) for i, j, s in zip(left, right, exact, strict=True) if s >= threshold - 1e-9]
    return found


def run(columns: list[pa.ChunkedArray], spec: Spec, call: Call) -> pa.StructArray:
    """Compare the texts of each group into ``RESULT``; ``left`` and ``right`` are places in the list, from 1 on.

    Blank texts match nothing.
    """

    def answer(texts: list[str | None]) -> dict[str, Any]:
        told = [i for i, text in enumerate(texts) if text and text.strip()]
        found = embedded(spec.encoder, list(dict.fromkeys(str(texts[i]) for i in told)), call)
        unit = vectors([found[str(texts[i])] for i in told])
        alike = pairs(unit, spec.threshold) if told else []
        return {"value": [{"left": told[i] + 1, "right": told[j] + 1, "score": min(1.0, s)} for i, j, s in alike]}

    return apply_groups(columns, call, RESULT, answer)
