"""Sentiment of a text, from a trained three-class adapter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from warehouse_ai.functions.frame import ABSTAINED, Call, apply, split_failures
from warehouse_ai.models.adapters import SENTIMENT
from warehouse_ai.models.text_classifier import TextClassifier
from warehouse_ai.runtime.run import resolve

NAME = "sentiment"
CLASSES = ("negative", "neutral", "positive")
RESULT = pa.struct(
    [
        ("value", pa.float64()),
        ("label", pa.string()),
        ("scores", pa.map_(pa.string(), pa.float64())),
        ("error", pa.string()),
        ("model", pa.string()),
    ]
)


@dataclass(frozen=True)
class Spec:
    """What to do with uncertain texts.

    Attributes:
        threshold: the least probability, 0..1, of the likeliest class; below it the value is NULL.
        none_label: label of such texts; None for NULL.
    """

    threshold: float
    none_label: str | None

    @classmethod
    def parse(cls, options: dict[str, Any]) -> Spec:
        """Read what the macro printed."""
        return cls(float(options.get("threshold") or 0), options.get("none_label"))


def run(column: pa.ChunkedArray, spec: Spec, call: Call) -> pa.StructArray:
    """Score a column of texts into ``RESULT``; ``value`` is P(positive) - P(negative), -1..1."""

    def evaluate(texts: list[str]) -> dict[str, pa.Array]:
        good, found, errors = split_failures(resolve(TextClassifier(SENTIMENT), texts, call.context, call.ledger_key))
        scores = np.frombuffer(b"".join(found), np.float32).reshape(len(found), len(CLASSES)).astype(np.float64)
        value: list[float | None] = [None] * len(texts)
        label: list[str | None] = [None] * len(texts)
        maps: list[list[tuple[str, float]] | None] = [None] * len(texts)
        for i, row in zip(good, scores, strict=True):
            best = int(row.argmax())
            maps[i] = list(zip(CLASSES, row.tolist(), strict=True))
            if row[best] < spec.threshold:
                label[i], errors[i] = spec.none_label, ABSTAINED
            else:
                label[i], value[i] = CLASSES[best], float(row[2] - row[0])
        return {
            "value": pa.array(value, pa.float64()),
            "label": pa.array(label, pa.string()),
            "scores": pa.array(maps, RESULT.field("scores").type),
            "error": pa.array(errors, pa.string()),
        }

    return apply(column, call, RESULT, evaluate)
