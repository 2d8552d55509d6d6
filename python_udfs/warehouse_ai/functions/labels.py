"""What labels mean before any text has been labelled: a linear map of embeddings made of their names, descriptions and examples."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from warehouse_ai.functions.frame import Call, split_failures
from warehouse_ai.models.embedder import Embedder, vectors
from warehouse_ai.models.label_encoder import LabelEncoder, calibration, label_vectors
from warehouse_ai.models.named_encoder import TextEmbedder
from warehouse_ai.runtime.run import Failure, resolve

TEMPLATES = ("{}", "This is about {}.", "Topic: {}.", "A text on the subject of {}.")
"""Sentences around a bare label name; their mean is nearer to real texts than the name alone."""


METHOD = "labels-2"
"""Part of the cache's namespaces: the same labels and weights read in another way give other answers."""


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

    @property
    def told(self) -> str:
        """What the encoder of labels reads."""
        name = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", self.name).replace("_", " ").replace("/", " / ")
        return f"{name}: {self.description}" if self.description else name


@dataclass(frozen=True, eq=False)
class LabelHead:
    """Labels as a linear map of embeddings, so that a softmax of it is a calibrated probability.

    Attributes:
        weights: float64 ``[labels, dimension]``.
        bias: float64 ``[labels]``.
    """

    weights: np.ndarray
    bias: np.ndarray

    def logits(self, embeddings: np.ndarray) -> np.ndarray:
        """Score unit vectors: float64 ``[texts, labels]``; einsum keeps a row's bits whatever the number of rows."""
        return cosines(embeddings, self.weights) + self.bias


def label_head(labels: Sequence[Label], encoder: TextEmbedder, call: Call) -> LabelHead | Failure:
    """Turn labels into a head, or say why that failed.

    A label stands where the mean of its texts does and, with the default encoder, also where the encoder of labels puts it: that has
    learned from other label sets which texts a label means (``training/classify.py``). A text that resembles no label in particular
    lies near the mean of all texts, and what a label would score there is taken off.
    """
    means = prototypes(labels, encoder, call)
    if isinstance(means, Failure):
        return means
    if not isinstance(encoder, Embedder):
        return LabelHead(float(calibration("scale")[0]) * means.astype(np.float64), np.zeros(len(labels)))
    given = [label.told for label in labels]
    placed = resolve(LabelEncoder(), list(dict.fromkeys(given)), call.context, call.ledger_key, hits=False)
    _, found, errors = split_failures(placed)
    if len(found) < len(placed):
        return Failure(f"the labels could not be encoded: {next(filter(None, errors))}")
    by_text = dict(zip(dict.fromkeys(given), label_vectors(found), strict=True))
    told = np.stack([by_text[text] for text in given]) @ calibration("map")
    means_weight, told_weight, centring = calibration("weights")
    # Each example says twice as much of a label as its name and description do together (so it was on Banking77's training split).
    share = 1 / (1 + 2 * np.array([len(label.examples) for label in labels]))[:, None]
    weights = (means_weight + told_weight * (1 - share)) * means.astype(np.float64) + told_weight * share * told
    return LabelHead(weights, -centring * weights @ calibration("mean"))


def prototypes(labels: Sequence[Label], encoder: TextEmbedder, call: Call) -> np.ndarray | Failure:
    """Embed the labels: float32 ``[labels, dimension]`` of norm 1, or why that failed."""
    texts = list(dict.fromkeys(text for label in labels for text in label.texts))
    results = resolve(encoder, texts, call.context, call.ledger_key, hits=False)
    failed = next((r for r in results if isinstance(r, Failure)), None)
    if failed:
        return Failure(f"the labels could not be embedded: {failed.message}")
    embedded = dict(zip(texts, vectors([r for r in results if isinstance(r, bytes)]), strict=True))
    mean = np.stack([np.mean([embedded[text] for text in label.texts], axis=0) for label in labels])
    return mean / np.linalg.norm(mean, axis=1, keepdims=True)


def cosines(embeddings: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Cosines of unit vectors, float64 ``[texts, labels]``; einsum keeps a row's bits whatever the number of rows."""
    return np.einsum("td,ld->tl", embeddings.astype(np.float64), labels.astype(np.float64))
