"""Whether a statement is true of a text, from a trained entailment adapter or a model of entailment that the user names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from warehouse_ai.functions.frame import ABSTAINED, EMPTY_INPUT, Call, apply, scatter, split_failures
from warehouse_ai.functions.named_labels import scored
from warehouse_ai.models.adapters import FILTER
from warehouse_ai.models.loading import once
from warehouse_ai.models.named import CLASSIFIER, NamedModel
from warehouse_ai.models.named_classifier import entailment_of
from warehouse_ai.models.text_classifier import SEPARATOR, TextClassifier, logits, prompt_fits, sigmoid, with_prompt
from warehouse_ai.runtime.run import resolve

NAME = "filter"
MODEL = FILTER
TOO_LONG = "too long for the model to read with a text: say it in fewer words"
RESULT = pa.struct([("value", pa.bool_()), ("score", pa.float64()), ("error", pa.string()), ("model", pa.string())])


@dataclass(frozen=True)
class Spec:
    """The statement and how sure an answer must be.

    Attributes:
        predicate: a statement such as ``the customer wants a refund``; None where every row brings its own, joined to its text by
            ``with_prompt``.
        threshold: the least probability, 0.5..1, of an answer, TRUE or FALSE; between both it is NULL.
        named: the model of entailment that the user names; None for the default.
    """

    predicate: str | None
    threshold: float
    named: NamedModel | None = None

    @classmethod
    def parse(cls, options: dict[str, Any]) -> Spec:
        """Read what the macro printed.

        Raises:
            ValueError: the statement is too long, or the named model knows nothing of entailment.
        """
        threshold, predicate = options.get("threshold"), options.get("predicate")
        named = NamedModel.parse(options, CLASSIFIER)
        if named and entailment_of(named) is None:
            raise ValueError(
                f"ai_filter: argument 'model' is '{named.name}', whose labels are {', '.join(named.labels)}: it needs entailment (NLI)"
            )
        spec = cls(predicate, 0.5 if threshold is None else float(threshold), named)
        if predicate is not None and not spec.fits(predicate):
            raise ValueError(f"ai_filter: argument 'predicate' is {TOO_LONG}: '{predicate[:40]}...'")
        return spec

    def fits(self, statement: str) -> bool:
        """Tell whether the model can read a statement together with a text."""
        return self.named.prompt_fits(statement) if self.named else prompt_fits(statement)

    def probabilities(self, pairs: list[str], call: Call) -> tuple[np.ndarray, np.ndarray, list[str | None]]:
        """Return indices of the judged pairs, the probability that each is true, and an error or None for each pair."""
        if self.named is None:
            good, found, errors = split_failures(resolve(TextClassifier(FILTER, prompted=True), pairs, call.context, call.ledger_key))
            return good, probability(found), errors
        good, p, errors = scored(self.named, pairs, call, prompted=True)
        return good, p[:, entailment_of(self.named)], errors


def probability(results: list[bytes]) -> np.ndarray:
    """Calibrated probability that the text entails the statement: Platt scaling of the log odds of entailment on development rows."""
    slope, intercept = once("filter.platt", lambda: [float(x) for x in FILTER.load()["platt"]])
    scores = logits(results, 3)
    return sigmoid(slope * (scores[:, 0] - np.logaddexp(scores[:, 1], scores[:, 2])) + intercept)


def run(column: pa.ChunkedArray, spec: Spec, call: Call) -> pa.StructArray:
    """Judge a column of texts into ``RESULT``; a long text is judged by the mean over its windows."""

    def evaluate(texts: list[str]) -> dict[str, pa.Array]:
        pairs = texts if spec.predicate is None else [with_prompt(spec.predicate, text) for text in texts]
        errors = [_own_failure(text, spec) if spec.predicate is None else None for text in texts]
        asked = np.array([i for i, error in enumerate(errors) if error is None], np.int64)
        told, score, failed = spec.probabilities([pairs[i] for i in asked], call)
        for i, error in zip(asked, failed, strict=True):
            errors[i] = error
        good = asked[told]
        sure = np.maximum(score, 1 - score) >= spec.threshold
        for i in good[~sure]:
            errors[i] = ABSTAINED
        return {
            "value": scatter(pa.array(score > 0.5, mask=~sure), good, len(texts)),
            "score": scatter(pa.array(score), good, len(texts)),
            "error": pa.array(errors, pa.string()),
        }

    return apply(column, call, RESULT, evaluate)


def _own_failure(joined: str, spec: Spec) -> str | None:
    """Say what is wrong with a row that brings its own statement."""
    statement, text = joined.split(SEPARATOR, 1)
    if not text.strip() or not statement.strip():
        return EMPTY_INPUT
    return None if spec.fits(statement) else TOO_LONG
