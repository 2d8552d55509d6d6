"""Zero-shot classification into any number of labels, each judged for itself."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from warehouse_ai.functions import classify
from warehouse_ai.functions.frame import ABSTAINED, Call, apply, scatter, scores_map, split_failures
from warehouse_ai.functions.labels import METHOD, Label, label_head
from warehouse_ai.functions.named_labels import judged
from warehouse_ai.models.adapters import ZERO_SHOT
from warehouse_ai.models.embedder import vectors
from warehouse_ai.models.label_encoder import calibration
from warehouse_ai.models.text_classifier import sigmoid
from warehouse_ai.runtime.cache import namespace
from warehouse_ai.runtime.run import Failure, derive, resolve

NAME = "classify_multi"
MODEL = ZERO_SHOT
RESULT = pa.struct(
    [
        ("value", pa.list_(pa.string())),
        ("scores", pa.map_(pa.string(), pa.float64())),
        ("error", pa.string()),
        ("model", pa.string()),
    ]
)


@dataclass(frozen=True)
class Spec:
    """Labels and what to do where none fits.

    Attributes:
        threshold: the least probability, 0..1, with which a label is given.
        none_label: the only label of a text that no label fits; None for NULL.
        single: the same labels and model, as ``ai_classify`` sees them.
    """

    threshold: float
    none_label: str | None
    single: classify.Spec

    @classmethod
    def parse(cls, options: dict[str, Any]) -> Spec:
        """Read what the macro printed."""
        threshold = options.get("threshold")
        single = classify.Spec.parse({**options, "threshold": None})
        return cls(0.3 if threshold is None else float(threshold), options.get("none_label"), single)

    @cached_property
    def space(self) -> bytes:
        """Cache namespace of the probabilities; the threshold works on them later and is not part of it."""
        texts = ["\x1e".join((label.name, *label.texts)) for label in self.labels]
        return namespace("classify_multi", self.single.named.model if self.single.named else ZERO_SHOT.model, "fp32", METHOD, *texts)

    @property
    def labels(self) -> tuple[Label, ...]:
        """At least one."""
        return self.single.labels


def run(column: pa.ChunkedArray, spec: Spec, call: Call) -> pa.StructArray:
    """Label a column of texts into ``RESULT``, the likeliest label first."""

    def score(texts: list[str]) -> list[bytes | Failure]:
        results = resolve(spec.single.encoder, texts, call.context, call.ledger_key, hits=False)
        good, found, _ = split_failures(results)
        if found:
            labels = label_head(spec.labels, spec.single.encoder, call)
            if isinstance(labels, Failure):
                return [labels] * len(texts)
            # Slope and intercept make a probability of a single label's score.
            slope, intercept = calibration("platt_named" if spec.single.named else "platt")
            rows = sigmoid(slope * labels.logits(vectors(found)) + intercept).astype(np.float32)
            for i, row in zip(good, rows, strict=True):
                results[i] = row.tobytes()
        return results

    def evaluate(texts: list[str]) -> dict[str, pa.Array]:
        if spec.single.judge:
            results = judged(spec.single.judge, spec.labels, texts, call, multi=True)
        else:
            results = derive(spec.space, texts, score, call.context, call.ledger_key)
        good, found, errors = split_failures(results)
        names = [label.name for label in spec.labels]
        scores = np.frombuffer(b"".join(found), np.float32).reshape(len(found), len(names)).astype(np.float64)
        chosen: list[list[str] | None] = []
        for i, row in zip(good, scores, strict=True):
            fitting = [names[j] for j in np.argsort(-row, kind="stable") if row[j] >= spec.threshold]
            if not fitting:
                errors[i] = ABSTAINED
            chosen.append(fitting or (None if spec.none_label is None else [spec.none_label]))
        return {
            "value": scatter(pa.array(chosen, RESULT.field("value").type), good, len(texts)),
            "scores": scores_map(names, scores, good, len(texts)),
            "error": pa.array(errors, pa.string()),
        }

    return apply(column, call, RESULT, evaluate)
