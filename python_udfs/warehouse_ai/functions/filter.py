"""Whether a statement is true of a text, from a trained entailment adapter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from warehouse_ai.functions.frame import ABSTAINED, EMPTY_INPUT, Call, apply, scatter, split_failures
from warehouse_ai.models.adapters import FILTER
from warehouse_ai.models.loading import once
from warehouse_ai.models.registry import ENCODER
from warehouse_ai.models.text_classifier import SEPARATOR, TextClassifier, logits, prompt_fits, sigmoid, with_prompt
from warehouse_ai.runtime.run import Failure, resolve

NAME = "filter"
MODEL = FILTER
TOO_LONG = f"longer than {ENCODER.max_tokens - 2} tokens: say it in fewer words"
RESULT = pa.struct([("value", pa.bool_()), ("score", pa.float64()), ("error", pa.string()), ("model", pa.string())])


@dataclass(frozen=True)
class Spec:
    """The statement and how sure an answer must be.

    Attributes:
        predicate: a statement such as ``the customer wants a refund``; None where every row brings its own, joined to its text by
            ``with_prompt``.
        threshold: the least probability, 0.5..1, of an answer, TRUE or FALSE; between both it is NULL.
    """

    predicate: str | None
    threshold: float

    @classmethod
    def parse(cls, options: dict[str, Any]) -> Spec:
        """Read what the macro printed.

        Raises:
            ValueError: the statement is longer than the model's window.
        """
        threshold, predicate = options.get("threshold"), options.get("predicate")
        if predicate is not None and not prompt_fits(predicate):
            raise ValueError(f"ai_filter: argument 'predicate' is {TOO_LONG}: '{predicate[:40]}...'")
        return cls(predicate, 0.5 if threshold is None else float(threshold))


def probability(results: list[bytes]) -> np.ndarray:
    """Calibrated probability that the text entails the statement: Platt scaling of the log odds of entailment on development rows."""
    slope, intercept = once("filter.platt", lambda: [float(x) for x in FILTER.load()["platt"]])
    scores = logits(results, 3)
    return sigmoid(slope * (scores[:, 0] - np.logaddexp(scores[:, 1], scores[:, 2])) + intercept)


def run(column: pa.ChunkedArray, spec: Spec, call: Call) -> pa.StructArray:
    """Judge a column of texts into ``RESULT``; a long text is judged by the mean over its windows."""

    def evaluate(texts: list[str]) -> dict[str, pa.Array]:
        task = TextClassifier(FILTER, prompted=True)
        prompted = texts if spec.predicate is None else [with_prompt(spec.predicate, text) for text in texts]
        results = resolve(task, prompted, call.context, call.ledger_key)
        if spec.predicate is None:
            results = [_own_failure(text) or result for text, result in zip(texts, results, strict=True)]
        good, found, errors = split_failures(results)
        score = probability(found)
        sure = np.maximum(score, 1 - score) >= spec.threshold
        for i in good[~sure]:
            errors[i] = ABSTAINED
        return {
            "value": scatter(pa.array(score > 0.5, mask=~sure), good, len(texts)),
            "score": scatter(pa.array(score), good, len(texts)),
            "error": pa.array(errors, pa.string()),
        }

    return apply(column, call, RESULT, evaluate)


def _own_failure(joined: str) -> Failure | None:
    """Say what is wrong with a row that brings its own statement."""
    statement, text = joined.split(SEPARATOR, 1)
    if not text.strip() or not statement.strip():
        return Failure(EMPTY_INPUT)
    return None if prompt_fits(statement) else Failure(TOO_LONG)
