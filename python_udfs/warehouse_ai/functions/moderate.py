"""Content moderation: probabilities of harmful content from a trained adapter, and a policy's decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from warehouse_ai.functions.frame import Call, apply, scatter, scores_map, split_failures
from warehouse_ai.functions.named_labels import HARMS, grouped, harm_places, is_independent, scored
from warehouse_ai.models.adapters import MODERATE
from warehouse_ai.models.named import CLASSIFIER, NamedModel
from warehouse_ai.models.text_classifier import TextClassifier, logits, sigmoid
from warehouse_ai.runtime.run import resolve

NAME = "moderate"
MODEL = MODERATE
CATEGORIES = tuple(HARMS)
LEVELS = ("approved", "flagged", "review_required", "rejected")
"""Decisions, the mildest first."""
DEFAULT_POLICY: dict[str, dict[str, float]] = {
    "hate": {"flagged": 0.4, "review_required": 0.55, "rejected": 0.7},
    "sexual": {"flagged": 0.4, "review_required": 0.55, "rejected": 0.7},
    "violence": {"flagged": 0.45, "review_required": 0.6, "rejected": 0.75},
    "self_harm": {"flagged": 0.3, "review_required": 0.5},
    "spam": {"flagged": 0.5, "review_required": 0.65, "rejected": 0.8},
    "toxicity": {"flagged": 0.6, "review_required": 0.8},
}
"""Least probability of each level by category; the dbt macro has the same, where dbt's state comparison sees it."""
RESULT = pa.struct(
    [
        ("value", pa.string()),
        ("category", pa.string()),
        ("scores", pa.map_(pa.string(), pa.float64())),
        ("error", pa.string()),
        ("model", pa.string()),
    ]
)


@dataclass(frozen=True)
class Spec:
    """A policy.

    Attributes:
        policy: for each category the least probability, 0..1, of each level; what a policy does not name never leads to it.
        named: the classifier that the user names; None for the default.
    """

    policy: dict[str, dict[str, float]]
    named: NamedModel | None = None

    @classmethod
    def parse(cls, options: dict[str, Any]) -> Spec:
        """Read what the macro printed.

        Raises:
            ValueError: the named model cannot be found, or knows none of the categories.
        """
        named = NamedModel.parse(options, CLASSIFIER)
        if named:
            harm_places(named, "ai_moderate")
        return cls(options["policy"], named)

    def probabilities(self, texts: list[str], call: Call) -> tuple[np.ndarray, np.ndarray, list[str | None]]:
        """Return indices of the scored texts, their probabilities ``[scored, 6]``, and an error or None for each text.

        What a named model does not judge is NaN.
        """
        if self.named is None:
            task = TextClassifier(MODERATE, merging="max")
            good, found, errors = split_failures(resolve(task, texts, call.context, call.ledger_key))
            return good, sigmoid(logits(found, len(CATEGORIES))), errors
        good, p, errors = scored(self.named, texts, call, merging="max")
        places = harm_places(self.named, "ai_moderate")
        return good, grouped(p, places, len(CATEGORIES), np.nan, is_independent(self.named)), errors

    def thresholds(self) -> np.ndarray:
        """Return the least probability of each level above ``approved``, ``[categories, 3]``; infinite where there is none."""
        return np.array([[self.policy.get(c, {}).get(level, np.inf) for level in LEVELS[1:]] for c in CATEGORIES])


def run(column: pa.ChunkedArray, spec: Spec, call: Call) -> pa.StructArray:
    """Decide on a column of texts into ``RESULT``.

    The probabilities are independent of each other and calibrated category by category; a long text has the highest of its windows. The
    policy works on cached scores: a new one calls no model. ``category`` is the one that led to the decision, of several the most probable.
    """
    thresholds = spec.thresholds()

    def evaluate(texts: list[str]) -> dict[str, pa.Array]:
        good, scores, errors = spec.probabilities(texts, call)
        reached = ((scores[:, :, None] >= thresholds) * np.arange(1, len(LEVELS))).max(axis=2)
        level = reached.max(axis=1, initial=0)
        leading = np.where(reached == level[:, None], scores, -1).argmax(axis=1)
        category = np.where(level > 0, np.array(CATEGORIES, object)[leading], None)
        return {
            "value": scatter(pa.array(np.array(LEVELS, object)[level], pa.string()), good, len(texts)),
            "category": scatter(pa.array(category, pa.string()), good, len(texts)),
            "scores": scores_map(CATEGORIES, scores, good, len(texts)),
            "error": pa.array(errors, pa.string()),
        }

    return apply(column, call, RESULT, evaluate)
