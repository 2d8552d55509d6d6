"""Classifier heads: logistic regression on cached embeddings, fitted in the warehouse and kept as a row."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa

from warehouse_ai.functions.embed_image import embed, encoder_of
from warehouse_ai.functions.embed_image import vectors as image_vectors
from warehouse_ai.functions.files import Place
from warehouse_ai.functions.frame import Call
from warehouse_ai.functions.groups import GroupFailed, apply_groups, embedded
from warehouse_ai.functions.labels import Label, LabelHead, label_head
from warehouse_ai.models.adapters import ZERO_SHOT
from warehouse_ai.models.embedder import ADAPTED, AdaptedEmbedder, Embedder, vectors
from warehouse_ai.models.images import ImageEncoder
from warehouse_ai.models.named_encoder import TextEmbedder, text_encoder
from warehouse_ai.models.registry import ENCODER
from warehouse_ai.models.text_classifier import softmax
from warehouse_ai.runtime.run import Failure

logger = logging.getLogger(__name__)

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
        ("prior", pa.float64()),
        ("thresholds", pa.struct([(f"p{share}", pa.float64()) for share in (90, 95, 99)])),
        ("fitted_at", pa.timestamp("us")),
        ("error", pa.string()),
        ("model", pa.string()),
    ]
)
"""``weights`` is ``[labels x dimension]``; ``accuracy``, ``log_loss`` and ``thresholds`` are cross-validated, NULL where a label has but
one text; a threshold also where no score is that precise."""
STRENGTHS = (1.0, 10.0, 100.0)
"""Inverse regularisation strengths C to choose from."""
PRIORS = (1.0, 0.5, 0.0)
"""Weights of what the labels' names say to choose from."""
FOLDS = 5
MANY = 5000
"""Rows from which on three folds say as much."""
TEMPERATURES = np.geomspace(0.3, 3, 47)
NEVER = 2.0
"""A threshold that no probability reaches."""
METHOD = "logistic-2"
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
        if options.get("adapter"):
            return cls(AdaptedEmbedder(ADAPTED[options["adapter"]]))
        if options.get("input") != "image":
            return cls(text_encoder(options))
        place = Place.parse(options)
        return cls(None, encoder_of(options, place), place)


def threshold_of(wanted: float | str | None) -> tuple[float, str]:
    """Split ``threshold=`` into a probability, and the precision, such as ``p95``, whose probability only the head knows."""
    return (0.0, wanted) if isinstance(wanted, str) else (float(wanted or 0), "")


@dataclass(frozen=True, eq=False)
class Head:
    """A fitted head.

    Attributes:
        id: names rows, method and encoder.
        labels: what it tells apart.
        weights: float32 ``[labels, dimension]``.
        bias: float32 ``[labels]``.
        model: encoder that it was fitted on, ``name@revision``.
        thresholds: for ``p90``, ``p95`` and ``p99`` the least probability with which answers are that often right; None where none is.
    """

    id: str
    labels: tuple[str, ...]
    weights: np.ndarray
    bias: np.ndarray
    model: str
    thresholds: Mapping[str, float | None] = field(default_factory=dict)

    @classmethod
    def from_row(cls, row: dict[str, Any]) -> Head:
        """Read the STRUCT that ``ai_fit`` made."""
        labels = tuple(row["labels"])
        weights = np.asarray(row["weights"], np.float32).reshape(len(labels), -1)
        return cls(row["id"], labels, weights, np.asarray(row["bias"], np.float32), row["model"], row["thresholds"] or {})

    def least(self, precision: str) -> float:
        """Return the probability from which on answers are as often right as ``p95`` says; above 1 where they never were."""
        threshold = self.thresholds.get(precision)
        if threshold is None:
            logger.warning("head %s: no threshold was right in %s %% of the held-out texts, every answer abstains", self.id, precision[1:])
            return NEVER
        return threshold

    def probabilities(self, embeddings: np.ndarray) -> np.ndarray:
        """Score unit vectors ``[texts, dimension]``: float32 ``[texts, labels]``; einsum keeps a row's bits whatever the number of rows."""
        logits = np.einsum("td,ld->tl", embeddings.astype(np.float64), self.weights.astype(np.float64)) + self.bias
        return softmax(logits).astype(np.float32)


def regression(x: np.ndarray, target: np.ndarray, c: float, offset: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Fit a multinomial logistic regression whose logits begin at an offset, which scikit-learn's cannot.

    Args:
        x: float32 ``[rows, dimension]``.
        target: labels by number, ``[rows]``.
        c: inverse strength of the ridge on the weights.
        offset: float32 ``[rows, labels]``.

    Returns:
        Weights ``[labels, dimension]`` and bias ``[labels]``, both float64.
    """
    from scipy.optimize import minimize

    classes, dimension, each = offset.shape[1], x.shape[1], np.arange(len(x))

    def loss(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        # Single precision for the products, which are the cost; the optimiser's own sums are double.
        own = parameters.astype(np.float32)
        weights, bias = own[:-classes].reshape(classes, dimension), own[-classes:]
        scores = x @ weights.T + bias + offset
        scores -= scores.max(axis=1, keepdims=True)
        p = np.exp(scores)
        total = p.sum(axis=1, keepdims=True)
        value = (
            np.log(total).sum(dtype=np.float64) - scores[each, target].sum(dtype=np.float64) + (weights**2).sum(dtype=np.float64) / (2 * c)
        )
        p /= total
        p[each, target] -= 1
        gradient = np.concatenate(((p.T @ x + weights / np.float32(c)).ravel(), p.sum(axis=0)))
        return value / len(x), gradient.astype(np.float64) / len(x)

    start = np.zeros(classes * (dimension + 1))
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 500, "gtol": 1e-5, "ftol": 1e-9}).x
    return found[:-classes].reshape(classes, dimension), found[-classes:]


def precise(p: np.ndarray, target: np.ndarray) -> dict[str, float | None]:
    """Find for each precision the least probability from which on answers reach it.

    Args:
        p: probabilities of rows that the head was not fitted on, ``[rows, labels]``.
        target: right labels by number.
    """
    score, hit = p.max(axis=1), p.argmax(axis=1) == target
    order = np.argsort(-score, kind="stable")
    share = np.cumsum(hit[order]) / np.arange(1, len(order) + 1)
    # Rows of equal score stay or go together.
    last = np.append(score[order][1:] != score[order][:-1], True)
    found: dict[str, float | None] = {}
    for name in RESULT.field("thresholds").type:
        enough = np.flatnonzero(last & (share >= int(name.name[1:]) / 100))
        found[name.name] = float(score[order][enough[-1]]) if len(enough) else None
    return found


@dataclass(frozen=True, eq=False)
class Trial:
    """What cross-validation made of one choice.

    Attributes:
        loss: mean log loss of the right labels, held out.
        c: inverse regularisation strength.
        prior: weight of the labels' names.
        temperature: of the softmax, the one with the least loss.
        logits: held out, float32 ``[rows, labels]``.
    """

    loss: float
    c: float
    prior: float
    temperature: float
    logits: np.ndarray


def fit(rows: list[tuple[str, str]], unit: np.ndarray, model: str, named: Callable[[list[str]], LabelHead] | None = None) -> dict[str, Any]:
    """Fit a head.

    The labels' names say something before the first row does: the regression starts from what zero-shot classification makes of them, with
    the weight that, like C, has the least cross-validated log loss. The probabilities are calibrated by a temperature on the same
    out-of-fold scores (Guo et al. 2017, https://arxiv.org/abs/1706.04599) and the head is fitted on all rows, in one thread: sums in
    another order would give other weights.

    Args:
        rows: distinct (text, label), sorted.
        unit: their unit vectors, float32 ``[rows, dimension]``.
        model: what embedded them, ``name@revision``.
        named: makes a head of the labels' names; None where names say nothing of the vectors.

    Returns:
        The fields of ``RESULT``.

    Raises:
        GroupFailed: there are fewer than two labels.
    """
    from sklearn.model_selection import StratifiedKFold
    from threadpoolctl import threadpool_limits

    labels = sorted({label for _, label in rows})
    if len(labels) < 2:
        raise GroupFailed(f"a head needs at least two labels, these rows have {len(labels)}")
    target = np.array([labels.index(label) for _, label in rows])
    folds = min(FOLDS if len(rows) <= MANY else 3, int(np.bincount(target).min()))
    names = named(labels) if named else LabelHead(np.zeros((len(labels), unit.shape[1])), np.zeros(len(labels)))
    x, told = np.ascontiguousarray(unit, np.float32), names.logits(unit).astype(np.float32)
    figures: dict[str, Any] = {"accuracy": None, "log_loss": None, "thresholds": None}

    with threadpool_limits(1):
        priors = PRIORS if named else PRIORS[-1:]
        best = Trial(np.inf, STRENGTHS[1], priors[0], 1.0, told)
        if folds >= 2:
            splits = list(StratifiedKFold(folds, shuffle=True, random_state=0).split(x, target))

            def tried(c: float, prior: float) -> Trial:
                out = np.zeros_like(told)
                for train, test in splits:
                    weights, bias = regression(x[train], target[train], c, prior * told[train])
                    out[test] = x[test] @ weights.T + bias + prior * told[test]
                right = [softmax(out / t)[np.arange(len(rows)), target] for t in TEMPERATURES]
                losses = [float(-np.log(np.maximum(p, 1e-12)).mean()) for p in right]
                at = int(np.argmin(losses))
                return Trial(losses[at], c, prior, float(TEMPERATURES[at]), out)

            best = min((tried(STRENGTHS[1], prior) for prior in priors), key=lambda trial: trial.loss)
            best = min((best, *(tried(c, best.prior) for c in (STRENGTHS[0], STRENGTHS[2]))), key=lambda trial: trial.loss)
            figures = {
                "accuracy": float((best.logits.argmax(axis=1) == target).mean()),
                "log_loss": best.loss,
                "thresholds": precise(softmax(best.logits.astype(np.float64) / best.temperature), target),
            }
        c, prior, temperature = best.c, best.prior, best.temperature
        weights, bias = regression(x, target, c, prior * told)
    weights, bias = weights + prior * names.weights, bias + prior * names.bias
    told_rows = "\x1e".join(f"{text}\x1f{label}" for text, label in rows)
    # Answers are kept by this id: what else the weights come from belongs to it.
    method = f"{METHOD} {ZERO_SHOT.revision}" if named else METHOD
    return figures | {
        "id": hashlib.sha256(f"{method}\x1e{model}\x1e{told_rows}".encode()).hexdigest()[:16],
        "labels": labels,
        "weights": (weights / temperature).astype(np.float32).ravel().tolist(),
        "bias": (bias / temperature).astype(np.float32).tolist(),
        "n": len(rows),
        "c": c,
        "prior": prior,
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

        def named(names: list[str]) -> LabelHead:
            head = label_head([Label(name, "", ()) for name in names], encoder, call)
            if isinstance(head, Failure):
                raise GroupFailed(head.message)
            return head

        # Labels lie among the embeddings of the default encoder, not among what an adapter makes of it.
        prior = None if isinstance(encoder, AdaptedEmbedder) else named
        return fit(rows, vectors([found[text] for text, _ in rows]), encoder.model, prior)

    return apply_groups(columns, call, RESULT, answer)
