"""What a text says of each of several aspects, from a trained adapter that reads text and aspect together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from warehouse_ai.functions.frame import ABSTAINED, Call, apply, scatter, scores_map, split_failures
from warehouse_ai.functions.named_labels import grouped, is_independent, scored, sentiment_places
from warehouse_ai.models.adapters import ASPECTS
from warehouse_ai.models.named import CLASSIFIER, NamedModel
from warehouse_ai.models.text_classifier import TextClassifier, logits, prompt_fits, softmax, with_prompt
from warehouse_ai.runtime.run import resolve

NAME = "sentiment_aspects"
MODEL = ASPECTS
CLASSES = ("negative", "neutral", "positive", "not mentioned")
RESULT = pa.struct(
    [
        ("value", pa.map_(pa.string(), pa.float64())),
        ("labels", pa.map_(pa.string(), pa.string())),
        ("error", pa.string()),
        ("model", pa.string()),
    ]
)
"""``value`` has the score of each aspect, NULL where the text does not mention it; the macro makes it a STRUCT."""


@dataclass(frozen=True)
class Spec:
    """Aspects.

    Attributes:
        aspects: at least one; the model reads ``_`` as a space.
        named: the classifier of (text, aspect) that the user names; None for the default.
    """

    aspects: tuple[str, ...]
    named: NamedModel | None = None

    @classmethod
    def parse(cls, options: dict[str, Any]) -> Spec:
        """Read what the macro printed.

        Raises:
            ValueError: an aspect is longer than the model's window, or the named model's labels are not of sentiment.
        """
        named = NamedModel.parse(options, CLASSIFIER)
        if named:
            sentiment_places(named, "ai_sentiment_aspects")
        fits = named.prompt_fits if named else prompt_fits
        for aspect in options["aspects"]:
            if not fits(aspect):
                raise ValueError(f"ai_sentiment_aspects: argument 'aspects' has one that is too long to be an aspect: '{aspect[:40]}...'")
        return cls(tuple(options["aspects"]), named)

    def probabilities(self, asked: list[str], call: Call) -> tuple[np.ndarray, np.ndarray, list[str | None]]:
        """Return indices of the scored pairs, their probabilities ``[scored, 4]``, and an error or None for each pair."""
        if self.named is None:
            # Most windows of a long text do not speak of the aspect; the one that does is asked what it says.
            task = TextClassifier(ASPECTS, prompted=True, merging="mentioned")
            good, found, errors = split_failures(resolve(task, asked, call.context, call.ledger_key))
            return good, softmax(logits(found, len(CLASSES))), errors
        good, p, errors = scored(self.named, asked, call, prompted=True)
        places = sentiment_places(self.named, "ai_sentiment_aspects")
        return good, grouped(p, places, len(CLASSES), 0.0, is_independent(self.named)), errors


def run(column: pa.ChunkedArray, spec: Spec, call: Call) -> pa.StructArray:
    """Score a column of texts into ``RESULT``; a score is P(positive) - P(negative), -1..1.

    A text is one model input for each aspect, and each is cached for itself: a new aspect costs one pass.
    """

    def evaluate(texts: list[str]) -> dict[str, pa.Array]:
        scores = np.full((len(texts), len(spec.aspects)), np.nan)
        labels = np.full((len(texts), len(spec.aspects)), None, object)
        names = [aspect.replace("_", " ") for aspect in spec.aspects]
        asked = [with_prompt(name, text) for text in texts for name in names]
        good, p, failed = spec.probabilities(asked, call)
        best = p.argmax(axis=1)
        scores.reshape(-1)[good] = np.where(best < 3, p[:, 2] - p[:, 0], np.nan)
        labels.reshape(-1)[good] = np.array(CLASSES, object)[best]
        errors = [next(filter(None, failed[at : at + len(names)]), None) for at in range(0, len(asked), len(names))]
        whole = np.array([i for i, error in enumerate(errors) if error is None], np.int64)
        for i in whole[np.isnan(scores[whole]).all(axis=1)]:
            errors[i] = ABSTAINED
        told = np.array([i for i in whole if errors[i] is None], np.int64)
        entries = [list(zip(spec.aspects, row, strict=True)) for row in labels[whole]]
        return {
            "value": scores_map(spec.aspects, scores[told], told, len(texts)),
            "labels": scatter(pa.array(entries, RESULT.field("labels").type), whole, len(texts)),
            "error": pa.array(errors, pa.string()),
        }

    return apply(column, call, RESULT, evaluate)
