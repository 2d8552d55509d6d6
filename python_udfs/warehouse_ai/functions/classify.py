"""Classification: by the label whose description lies nearest to the text, by a fitted head, or by a classifier that the user names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from warehouse_ai.functions.frame import ABSTAINED, Call, apply, scatter, scores_map, split_failures
from warehouse_ai.functions.heads import Head, threshold_of
from warehouse_ai.functions.labels import METHOD, Label, label_head
from warehouse_ai.functions.named_labels import check_labels, judged
from warehouse_ai.models.adapters import ZERO_SHOT
from warehouse_ai.models.embedder import Embedder, embedder_of, vectors
from warehouse_ai.models.named import CLASSIFIER, ENCODER, NamedModel
from warehouse_ai.models.named_encoder import NamedEmbedder, TextEmbedder
from warehouse_ai.models.text_classifier import softmax
from warehouse_ai.runtime.cache import namespace
from warehouse_ai.runtime.run import Failure, derive, resolve

NAME = "classify"
MODEL = ZERO_SHOT
RESULT = pa.struct(
    [
        ("value", pa.string()),
        ("score", pa.float64()),
        ("scores", pa.map_(pa.string(), pa.float64())),
        ("error", pa.string()),
        ("model", pa.string()),
    ]
)


@dataclass(frozen=True)
class Spec:
    """Labels and what to do where none fits.

    Attributes:
        labels: at least two, in the caller's order, which only breaks exact ties; none with a head.
        threshold: the least probability, 0..1, with which a label is given.
        none_label: what stands for no label; None for NULL.
        head_relation: where to find a head that takes the place of the labels; empty without one.
        precision: ``p90``, ``p95`` or ``p99`` where the head's threshold for it takes the place of ``threshold``.
        head: that head, once it has been read.
        named: the encoder, classifier or model of entailment that the user names; None for the default.
    """

    labels: tuple[Label, ...]
    threshold: float
    none_label: str | None
    head_relation: str = ""
    precision: str = ""
    head: Head | None = None
    named: NamedModel | None = None

    @classmethod
    def parse(cls, options: dict[str, Any]) -> Spec:
        """Read what the macro printed.

        Raises:
            ValueError: the named model cannot be found, or cannot judge the labels.
        """
        head = options.get("head_relation") or ""
        named = NamedModel.parse(options, ENCODER) if head else NamedModel.parse(options, ENCODER, CLASSIFIER)
        given = options.get("labels") or ()
        labels = tuple(Label(x["name"], x.get("description") or "", tuple(x.get("examples") or ())) for x in given)
        if named:
            check_labels(named, labels, f"ai_{options['function']}")
        threshold, precision = threshold_of(options.get("threshold"))
        return cls(labels, threshold, options.get("none_label"), head, precision, named=named)

    @property
    def encoder(self) -> TextEmbedder:
        """What embeds texts and labels."""
        if self.named:
            return NamedEmbedder(self.named)
        return embedder_of(self.head.model) if self.head else Embedder()

    @property
    def judge(self) -> NamedModel | None:
        """The named model, where it judges the labels itself."""
        return self.named if self.named and self.named.kind == CLASSIFIER else None

    @cached_property
    def space(self) -> bytes:
        """Cache namespace of the probabilities; the threshold works on them later and is not part of it."""
        if self.head:
            return namespace("classify by head", self.head.model, "fp32", self.head.id)
        texts = ["\x1e".join((label.name, *label.texts)) for label in self.labels]
        return namespace("classify", self.named.model if self.named else ZERO_SHOT.model, "fp32", METHOD, *texts)

    @property
    def names(self) -> tuple[str, ...]:
        """What it tells apart."""
        return self.head.labels if self.head else tuple(label.name for label in self.labels)


def labelled(
    names: Sequence[str], p: np.ndarray, places: np.ndarray, errors: list[str | None], threshold: float, none_label: str | None
) -> dict[str, pa.Array]:
    """Give each scored row its likeliest label: the fields of ``RESULT`` but ``model``.

    Args:
        names: labels.
        p: probabilities, float64 ``[places, labels]``.
        places: ascending indices of the scored rows.
        errors: of every row; rows below the threshold are marked here.
        threshold: the least probability with which a label is given.
        none_label: what stands for no label; None for NULL.
    """
    best = p.argmax(axis=1) if len(p) else np.zeros(0, int)
    top = p[np.arange(len(p)), best]
    value = np.where(top >= threshold, np.array(names, object)[best], none_label)
    for i in places[top < threshold]:
        errors[i] = ABSTAINED
    return {
        "value": scatter(pa.array(value, pa.string()), places, len(errors)),
        "score": scatter(pa.array(top, pa.float64()), places, len(errors)),
        "scores": scores_map(names, p, places, len(errors)),
        "error": pa.array(errors, pa.string()),
    }


def run(column: pa.ChunkedArray, spec: Spec, call: Call) -> pa.StructArray:
    """Classify a column of texts into ``RESULT``."""

    def scores(unit: np.ndarray) -> np.ndarray | Failure:
        if spec.head:
            return spec.head.probabilities(unit)
        labels = label_head(spec.labels, spec.encoder, call)
        return labels if isinstance(labels, Failure) else softmax(labels.logits(unit)).astype(np.float32)

    def score(texts: list[str]) -> list[bytes | Failure]:
        results = resolve(spec.encoder, texts, call.context, call.ledger_key, hits=False)
        good, found, _ = split_failures(results)
        if found:
            rows = scores(vectors(found))
            if isinstance(rows, Failure):
                return [rows] * len(texts)
            for i, row in zip(good, rows, strict=True):
                results[i] = row.tobytes()
        return results

    def evaluate(texts: list[str]) -> dict[str, pa.Array]:
        if spec.judge:
            results = judged(spec.judge, spec.labels, texts, call, multi=False)
        else:
            results = derive(spec.space, texts, score, call.context, call.ledger_key)
        good, found, errors = split_failures(results)
        names = spec.names
        p = np.frombuffer(b"".join(found), np.float32).reshape(len(found), len(names)).astype(np.float64)
        return labelled(names, p, good, errors, spec.threshold, spec.none_label)

    return apply(column, call, RESULT, evaluate)
