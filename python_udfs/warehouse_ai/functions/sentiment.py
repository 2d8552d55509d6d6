"""Sentiment of a text, from a trained three-class adapter or a classifier that the user names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from warehouse_ai.functions.frame import ABSTAINED, Call, apply, scatter, scores_map, split_failures
from warehouse_ai.functions.named_labels import grouped, is_independent, scored, sentiment_places
from warehouse_ai.models.adapters import SENTIMENT
from warehouse_ai.models.named import CLASSIFIER, NamedModel
from warehouse_ai.models.text_classifier import TextClassifier, logits, softmax
from warehouse_ai.runtime.run import resolve

NAME = "sentiment"
MODEL = SENTIMENT
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
        named: the classifier that the user names; None for the default.
    """

    threshold: float
    none_label: str | None
    named: NamedModel | None = None

    @classmethod
    def parse(cls, options: dict[str, Any]) -> Spec:
        """Read what the macro printed.

        Raises:
            ValueError: the named model cannot be found, or its labels are not of sentiment.
        """
        named = NamedModel.parse(options, CLASSIFIER)
        if named:
            sentiment_places(named, "ai_sentiment")
        return cls(float(options.get("threshold") or 0), options.get("none_label"), named)

    def probabilities(self, texts: list[str], call: Call) -> tuple[np.ndarray, np.ndarray, list[str | None]]:
        """Return indices of the scored texts, their probabilities ``[scored, 3]``, and an error or None for each text."""
        if self.named is None:
            good, found, errors = split_failures(resolve(TextClassifier(SENTIMENT), texts, call.context, call.ledger_key))
            return good, softmax(logits(found, len(CLASSES))), errors
        good, p, errors = scored(self.named, texts, call)
        places = sentiment_places(self.named, "ai_sentiment")
        return good, grouped(p, places, len(CLASSES) + 1, 0.0, is_independent(self.named))[:, : len(CLASSES)], errors


def run(column: pa.ChunkedArray, spec: Spec, call: Call) -> pa.StructArray:
    """Score a column of texts into ``RESULT``; ``value`` is P(positive) - P(negative), -1..1."""

    def evaluate(texts: list[str]) -> dict[str, pa.Array]:
        good, scores, errors = spec.probabilities(texts, call)
        sure = scores.max(axis=1, initial=0) >= spec.threshold
        label = np.where(sure, np.array(CLASSES, object)[scores.argmax(axis=1)], spec.none_label)
        for i in good[~sure]:
            errors[i] = ABSTAINED
        return {
            "value": scatter(pa.array(scores[:, 2] - scores[:, 0], mask=~sure), good, len(texts)),
            "label": scatter(pa.array(label, pa.string()), good, len(texts)),
            "scores": scores_map(CLASSES, scores, good, len(texts)),
            "error": pa.array(errors, pa.string()),
        }

    return apply(column, call, RESULT, evaluate)
