"""Zero-shot classification: the label whose description lies nearest to the text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from warehouse_ai.functions.frame import ABSTAINED, Call, apply, split_failures
from warehouse_ai.models.adapters import ZERO_SHOT
from warehouse_ai.models.embedder import Embedder, vectors
from warehouse_ai.models.loading import once
from warehouse_ai.runtime.cache import namespace
from warehouse_ai.runtime.context import Context
from warehouse_ai.runtime.run import Failure, derive, resolve

NAME = "classify"
RESULT = pa.struct(
    [
        ("value", pa.string()),
        ("score", pa.float64()),
        ("scores", pa.map_(pa.string(), pa.float64())),
        ("error", pa.string()),
        ("model", pa.string()),
    ]
)
TEMPLATES = ("{}", "This is about {}.", "Topic: {}.", "A text on the subject of {}.")
"""Sentences around a bare label name; their mean is nearer to real texts than the name alone."""


@dataclass(frozen=True)
class Label:
    """A label with what is known of it."""

    name: str
    description: str
    examples: tuple[str, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """Texts that stand for the label; the mean of their embeddings is its prototype. A description also counts phrase by phrase."""
        name = self.name.replace("_", " ")
        if self.description:
            phrases = (phrase.strip() for phrase in re.split("[,;]", self.description))
            return tuple(dict.fromkeys((f"{name}: {self.description}", self.description, *filter(None, phrases), *self.examples)))
        return (*(template.format(name) for template in TEMPLATES), *self.examples)


@dataclass(frozen=True)
class Spec:
    """Labels and what to do where none fits.

    Attributes:
        labels: at least two, in the caller's order, which only breaks exact ties.
        threshold: the least probability, 0..1, with which a label is given.
        none_label: what stands for no label; None for NULL.
    """

    labels: tuple[Label, ...]
    threshold: float
    none_label: str | None

    @classmethod
    def parse(cls, options: dict[str, Any]) -> Spec:
        """Read what the macro printed."""
        labels = (Label(x["name"], x.get("description") or "", tuple(x.get("examples") or ())) for x in options["labels"])
        return cls(tuple(labels), float(options.get("threshold") or 0), options.get("none_label"))

    @cached_property
    def space(self) -> bytes:
        """Cache namespace of the probabilities; the threshold works on them later and is not part of it."""
        texts = ["\x1e".join((label.name, *label.texts)) for label in self.labels]
        return namespace("classify", ZERO_SHOT.model, "fp32", *texts)


def calibration() -> float:
    """Return the scale of cosines before the softmax, fitted by ``training/classify.py``."""
    return once("classify.scale", lambda: float(ZERO_SHOT.load()["scale"][0]))


def prototypes(spec: Spec, context: Context, call: Call) -> np.ndarray:
    """Embed the labels: float32 ``[labels, 384]`` of norm 1.

    Raises:
        RuntimeError: a label text could not be embedded.
    """
    texts = list(dict.fromkeys(text for label in spec.labels for text in label.texts))
    results = resolve(Embedder(), texts, context, call.ledger_key, hits=False)
    failed = [r.message for r in results if isinstance(r, Failure)]
    if failed:
        raise RuntimeError(f"{call.function}: the labels could not be embedded: {failed[0]}")
    embedded = dict(zip(texts, vectors([r for r in results if isinstance(r, bytes)]), strict=True))
    mean = np.stack([np.mean([embedded[text] for text in label.texts], axis=0) for label in spec.labels])
    return mean / np.linalg.norm(mean, axis=1, keepdims=True)


def probabilities(embeddings: np.ndarray, labels: np.ndarray, scale: float) -> np.ndarray:
    """Softmax of scaled cosines, float32 ``[texts, labels]``; einsum keeps a row's bits whatever the number of rows."""
    logits = scale * np.einsum("td,ld->tl", embeddings.astype(np.float64), labels.astype(np.float64))
    exp = np.exp(logits - logits.max(axis=1, keepdims=True))
    return (exp / exp.sum(axis=1, keepdims=True)).astype(np.float32)


def run(column: pa.ChunkedArray, spec: Spec, call: Call) -> pa.StructArray:
    """Classify a column of texts into ``RESULT``."""

    def score(texts: list[str]) -> list[bytes | Failure]:
        results = resolve(Embedder(), texts, call.context, call.ledger_key, hits=False)
        good, found, _ = split_failures(results)
        if found:
            rows = probabilities(vectors(found), prototypes(spec, call.context, call), calibration())
            for i, row in zip(good, rows, strict=True):
                results[i] = row.tobytes()
        return results

    def evaluate(texts: list[str]) -> dict[str, pa.Array]:
        good, found, errors = split_failures(derive(spec.space, texts, score, call.context, call.ledger_key))
        names = np.array([label.name for label in spec.labels], object)
        scores = np.frombuffer(b"".join(found), np.float32).reshape(len(found), len(names)).astype(np.float64)
        best = scores.argmax(axis=1) if found else np.zeros(0, int)
        top = scores[np.arange(len(found)), best]
        value = np.full(len(texts), None, object)
        value[good] = np.where(top >= spec.threshold, names[best], spec.none_label)
        for i in good[top < spec.threshold]:
            errors[i] = ABSTAINED
        known = np.zeros(len(texts), bool)
        known[good] = True
        at = np.full(len(texts), -1)
        at[good] = np.arange(len(good))
        return {
            "value": pa.array(value, pa.string()),
            "score": pa.array(top, pa.float64()).take(pa.array(at, mask=~known)),
            "scores": _maps(names, scores, known),
            "error": pa.array(errors, pa.string()),
        }

    return apply(column, call, RESULT, evaluate)


def _maps(names: np.ndarray, scores: np.ndarray, known: np.ndarray) -> pa.Array:
    """Build MAP(label, probability), NULL where there is no score."""
    lengths = np.where(known, len(names), 0)
    offsets = np.concatenate(([0], np.cumsum(lengths))).astype(np.int32)
    keys = pa.array(names, pa.string()).take(pa.array(np.tile(np.arange(len(names)), len(scores))))
    maps = pa.MapArray.from_arrays(pa.array(offsets), keys, pa.array(scores.ravel(), pa.float64()))
    return maps if known.all() else maps.take(pa.array(np.arange(len(known)), mask=~known))
