"""Classifier heads: logistic regression on cached embeddings, fitted in the warehouse and kept as a row."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa

from warehouse_ai.functions.embed_image import embed, encoder_of
from warehouse_ai.functions.embed_image import vectors as image_vectors
from warehouse_ai.functions.files import Place
from warehouse_ai.functions.frame import Call
from warehouse_ai.functions.groups import GroupFailed, apply_groups, embedded
from warehouse_ai.models.embedder import Embedder, vectors
from warehouse_ai.models.images import ImageEncoder
from warehouse_ai.models.named_encoder import TextEmbedder, text_encoder
from warehouse_ai.models.registry import ENCODER
from warehouse_ai.models.text_classifier import softmax
from warehouse_ai.runtime.run import Failure

NAME = "fit"
MODEL = ENCODER
INPUTS = ("VARCHAR[]", "VARCHAR[]")
RESULT = pa.struct(
    [
        ("id", pa.string()),
        ("labels", pa.list_(pa.string())),
        ("weights", pa.list_(pa.float32())),
        ("bias", pa.list_(pa.float32())),
        ("n", pa.int32()),
        ("accuracy", pa.float64()),
        ("log_loss", pa.float64()),
        ("c", pa.float64()),
        ("fitted_at", pa.timestamp("us")),
        ("error", pa.string()),
        ("model", pa.string()),
    ]
)
"""``weights`` is ``[labels x dimension]``; ``accuracy`` and ``log_loss`` are cross-validated, NULL where a label has but one text."""
STRENGTHS = (1.0, 10.0, 100.0)
"""Inverse regularisation strengths C to choose from."""
FOLDS = 5
TEMPERATURES = np.geomspace(0.3, 3, 47)
METHOD = "logistic-1"
"""Part of a head's id: the same rows fitted in another way are another head."""


@dataclass(frozen=True)
class Spec:
    """What is embedded.

    Attributes:
        texts: encoder of texts; None for images.
        images: encoder of images, whose paths the rows then hold; None for texts.
        place: where the images are.
    """

    texts: TextEmbedder | None
    images: ImageEncoder | None = None
    place: Place | None = None

    @classmethod
    def parse(cls, options: dict[str, Any]) -> Spec:
        """Read what the macro printed."""
        if options.get("input") != "image":
            return cls(text_encoder(options))
        place = Place.parse(options)
        return cls(None, encoder_of(options, place), place)


@dataclass(frozen=True, eq=False)
class Head:
    """A fitted head.

    Attributes:
        id: names rows, method and encoder.
        labels: what it tells apart.
        weights: float32 ``[labels, dimension]``.
        bias: float32 ``[labels]``.
        model: encoder that it was fitted on, ``name@revision``.
    """

    id: str
    labels: tuple[str, ...]
    weights: np.ndarray
    bias: np.ndarray
    model: str

    @classmethod
    def from_row(cls, row: dict[str, Any]) -> Head:
        """Read the STRUCT that ``ai_fit`` made."""
        labels = tuple(row["labels"])
        weights = np.asarray(row["weights"], np.float32).reshape(len(labels), -1)
        return cls(row["id"], labels, weights, np.asarray(row["bias"], np.float32), row["model"])

    def probabilities(self, embeddings: np.ndarray) -> np.ndarray:
        """Score unit vectors ``[texts, dimension]``: float32 ``[texts, labels]``; einsum keeps a row's bits whatever the number of rows."""
        logits = np.einsum("td,ld->tl", embeddings.astype(np.float64), self.weights.astype(np.float64)) + self.bias
        return softmax(logits).astype(np.float32)


def fit(rows: list[tuple[str, str]], unit: np.ndarray, model: str) -> dict[str, Any]:
    """Fit a head.

    C is the one with the least cross-validated log loss, the probabilities are calibrated by a temperature on the same out-of-fold scores
    (Guo et al. 2017, https://arxiv.org/abs/1706.04599) and the head is fitted on all rows, in one thread: sums in another order would give
    other weights.

    Args:
        rows: distinct (text, label), sorted.
        unit: their unit vectors, float32 ``[rows, dimension]``.
        model: what embedded them, ``name@revision``.

    Returns:
        The fields of ``RESULT``.

    Raises:
        GroupFailed: there are fewer than two labels.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold
    from threadpoolctl import threadpool_limits

    labels = sorted({label for _, label in rows})
    if len(labels) < 2:
        raise GroupFailed(f"a head needs at least two labels, these rows have {len(labels)}")
    target = np.array([labels.index(label) for _, label in rows])
    folds = min(FOLDS, int(np.bincount(target).min()))
    accuracy = loss = None
    strength, temperature = 10.0, 1.0

    def logits(c: float, train: np.ndarray, test: np.ndarray) -> tuple[np.ndarray, Any]:
        model = LogisticRegression(C=c, max_iter=500, tol=1e-4).fit(unit[train].astype(np.float64), target[train])
        return np.reshape(model.decision_function(unit[test].astype(np.float64)), (len(test), -1)), model

    with threadpool_limits(1):
        if folds >= 2:
            splits = list(StratifiedKFold(folds, shuffle=True, random_state=0).split(unit, target))
            best = np.inf
            for c in STRENGTHS:
                out = np.zeros((len(rows), len(labels)))
                for train, test in splits:
                    scores, _ = logits(c, train, test)
                    out[test] = np.hstack((-scores / 2, scores / 2)) if scores.shape[1] == 1 else scores
                for t in TEMPERATURES:
                    p = softmax(out / t)[np.arange(len(rows)), target]
                    if (found := float(-np.log(np.maximum(p, 1e-12)).mean())) < best:
                        best, strength, temperature = found, c, float(t)
                        accuracy, loss = float((out.argmax(axis=1) == target).mean()), found
        everything = np.arange(len(rows))
        _, fitted = logits(strength, everything, everything[:1])
    weights, bias = fitted.coef_, fitted.intercept_
    if len(weights) == 1:
        weights, bias = np.vstack((-weights / 2, weights / 2)), np.array([-bias[0] / 2, bias[0] / 2])
    told = "\x1e".join(f"{text}\x1f{label}" for text, label in rows)
    return {
        "id": hashlib.sha256(f"{METHOD}\x1e{model}\x1e{told}".encode()).hexdigest()[:16],
        "labels": labels,
        "weights": (weights / temperature).astype(np.float32).ravel().tolist(),
        "bias": (bias / temperature).astype(np.float32).tolist(),
        "n": len(rows),
        "accuracy": accuracy,
        "log_loss": loss,
        "c": strength,
        "fitted_at": datetime.now(UTC).replace(tzinfo=None),
    }


def fit_images(rows: list[tuple[str, str]], encoder: ImageEncoder, place: Place, call: Call) -> dict[str, Any]:
    """Fit a head on (path, label); images count by their vectors, whatever their paths.

    Raises:
        GroupFailed: there are fewer than two labels, or an image could not be embedded.
    """
    paths = list(dict.fromkeys(path for path, _ in rows))
    found = dict(zip(paths, embed(paths, place, encoder, call), strict=True))
    for result in found.values():
        if isinstance(result, Failure):
            raise GroupFailed(result.message)
    vector = {hashlib.sha256(result).hexdigest(): result for result in found.values() if isinstance(result, bytes)}
    address = {path: hashlib.sha256(result).hexdigest() for path, result in found.items() if isinstance(result, bytes)}
    distinct = sorted({(address[path], label) for path, label in rows})
    return fit(distinct, image_vectors([vector[a] for a, _ in distinct]) if distinct else np.zeros((0, 1)), encoder.model)


def run(columns: list[pa.ChunkedArray], spec: Spec, call: Call) -> pa.StructArray:
    """Fit one head a group into ``RESULT``; rows without a text or a label are left out, and of equal rows all but one."""
    if spec.images:
        call = replace(call, model=spec.images.model)

    def answer(texts: list[str | None], labels: list[str | None]) -> dict[str, Any]:
        rows = sorted({(t, label) for t, label in zip(texts, labels, strict=True) if t and t.strip() and label})
        if spec.images and spec.place:
            return fit_images(rows, spec.images, spec.place, call)
        encoder = spec.texts or Embedder()
        found = embedded(encoder, list(dict.fromkeys(text for text, _ in rows)), call)
        return fit(rows, vectors([found[text] for text, _ in rows]), encoder.model)

    return apply_groups(columns, call, RESULT, answer)
