"""Span models that the user names: question answering models for any field, token classifiers for the fields that they know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from warehouse_ai.models.named import TOKEN_CLASSIFIER, NamedModel, NamedWindow, accepted, forward
from warehouse_ai.models.spans import OVERLAP, Span, united
from warehouse_ai.models.text_classifier import softmax
from warehouse_ai.runtime.cache import namespace

if TYPE_CHECKING:
    from torch import Tensor

    from warehouse_ai.runtime.batching import Batch
    from warehouse_ai.runtime.device import Device

MAX_ANSWER = 32
"""Tokens of an answer."""
BEST = 5
"""Answers of one field in a window that are kept; they share a probability of one with the answer that there is none."""


@dataclass(frozen=True)
class AskedWindow:
    """A window of a text behind the question for a field.

    Attributes:
        text: index of the text.
        field: index of the field.
        window: tokens and places.
    """

    text: int
    field: int
    window: NamedWindow

    @property
    def ids(self) -> np.ndarray:
        """Token ids, int32."""
        return self.window.ids


@dataclass(frozen=True)
class QuestionAnswerer:
    """Runtime task: the spans that answer ``What is the <field>?``; scores are the model's probabilities, against no answer.

    Attributes:
        named: the model.
        fields: field names or ``name: description``.
    """

    named: NamedModel
    fields: tuple[str, ...]

    @cached_property
    def space(self) -> bytes:
        """Cache namespace."""
        return namespace("question answering", self.named.model, "fp32", *self.fields)

    def inputs(self, texts: list[str]) -> list[AskedWindow]:
        """Tokenize: each window once for each field."""
        questions = [f"What is the {name}?" if not rest else f"What is the {name} ({rest})?" for name, rest in map(_parted, self.fields)]
        asked = [
            AskedWindow(window.text, field, window)
            for field, question in enumerate(questions)
            for window in self.named.windows(texts, [question] * len(texts), prompt_first=True, overlap=self._overlap)
        ]
        return sorted(asked, key=lambda item: item.text)

    @property
    def _overlap(self) -> int:
        return min(OVERLAP, self.named.max_tokens // 4)

    def compute(self, inputs: Sequence[AskedWindow], batch: Batch, device: Device) -> list[tuple[int, list[Span]]]:
        """Return field and spans of each window."""
        import torch

        model = self.named.load("AutoModelForQuestionAnswering", device.kind)

        def logits(tensors: dict[str, Tensor]) -> Tensor:
            found = model(**accepted(model, tensors))
            return torch.stack((found.start_logits, found.end_logits), -1)

        results = forward(logits, [item.window for item in inputs], batch, device)
        return [(item.field, _answers(scores, item.window.offsets)) for item, scores in zip(inputs, results, strict=True)]

    def merge(self, text: str, inputs: Sequence[AskedWindow], parts: Sequence[tuple[int, list[Span]]]) -> bytes:
        """Unite the windows' spans; of two that overlap the more probable stays."""
        return united([[s for field, spans in parts if field == index for s in spans] for index in range(len(self.fields))])


@dataclass(frozen=True)
class TokenClassifier:
    """Runtime task: the spans of a model's own labels, as neighbouring tokens of one label; a score is the mean over the tokens.

    Attributes:
        named: the model.
        fields: of ``entities(named)``.
    """

    named: NamedModel
    fields: tuple[str, ...]

    @cached_property
    def space(self) -> bytes:
        """Cache namespace."""
        return namespace("token classification", self.named.model, "fp32", *self.fields)

    def inputs(self, texts: list[str]) -> list[NamedWindow]:
        """Tokenize."""
        return self.named.windows(texts, overlap=min(OVERLAP, self.named.max_tokens // 4))

    def compute(self, inputs: Sequence[NamedWindow], batch: Batch, device: Device) -> list[list[tuple[str, Span]]]:
        """Return the spans of each window with their labels."""
        model = self.named.load("AutoModelForTokenClassification", device.kind)

        def logits(tensors: dict[str, Tensor]) -> Tensor:
            found: Tensor = model(**accepted(model, tensors)).logits
            return found

        results = forward(logits, inputs, batch, device)
        return [
            _tagged(softmax(scores[: len(window.ids)].astype(np.float64)), window, self.named.labels)
            for window, scores in zip(inputs, results, strict=True)
        ]

    def merge(self, text: str, inputs: Sequence[NamedWindow], parts: Sequence[list[tuple[str, Span]]]) -> bytes:
        """Unite the windows' spans; of two that overlap the more probable stays."""
        return united([[s for part in parts for label, s in part if label == field] for field in self.fields])


def entities(named: NamedModel) -> tuple[str, ...]:
    """Return what a token classifier finds: its labels without ``B-`` and ``I-``."""
    return tuple(dict.fromkeys(entity for _, entity in map(_bio, named.labels) if entity))


def span_task(named: NamedModel, fields: tuple[str, ...]) -> QuestionAnswerer | TokenClassifier:
    """Return what finds fields with a named model; a token classifier knows its own labels alone, in capitals or not.

    Raises:
        ValueError: it does not know a field.
    """
    if named.kind != TOKEN_CLASSIFIER:
        return QuestionAnswerer(named, fields)
    known = {entity.lower(): entity for entity in entities(named)}
    unknown = [field for field in fields if field.lower() not in known]
    if unknown:
        raise ValueError(f"model '{named.name}' does not know {', '.join(unknown)}: it finds {', '.join(known.values())}")
    return TokenClassifier(named, tuple(known[field.lower()] for field in fields))


def _parted(field: str) -> tuple[str, str]:
    name, _, description = field.partition(": ")
    return name, description


def _bio(label: str) -> tuple[str, str]:
    """Split ``B-PER`` into its place and its entity; ``O`` has none."""
    place, mark, entity = label.partition("-")
    if mark and place in {"B", "I", "E", "S", "L", "U"}:
        return place, entity
    return "I", "" if label == "O" else label


def _answers(logits: np.ndarray, offsets: np.ndarray) -> list[Span]:
    """Find the best answers of a window.

    Args:
        logits: ``[tokens or more, 2]`` of start and end.
        offsets: int32 ``[tokens, 2]``; the first token stands for no answer.
    """
    start, end = softmax(logits[: len(offsets)].T.astype(np.float64))
    joint = np.triu(np.outer(start, end)) - np.triu(np.outer(start, end), MAX_ANSWER)
    inside = offsets[:, 0] >= 0
    joint[~inside] = 0
    joint[:, ~inside] = 0
    total = float(joint.sum() + start[0] * end[0])
    taken: list[Span] = []
    for place in np.argsort(-joint, axis=None, kind="stable")[: 20 * BEST]:
        a, b = divmod(int(place), len(offsets))
        span = Span(int(offsets[a, 0]), int(offsets[b, 1]), float(joint[a, b]) / max(total, 1e-12))
        if span.score > 1e-3 and span.end > span.start and all(span.end <= t.start or span.start >= t.end for t in taken):
            taken.append(span)
            if len(taken) == BEST:
                break
    return taken


def _tagged(p: np.ndarray, window: NamedWindow, labels: Sequence[str]) -> list[tuple[str, Span]]:
    """Join neighbouring tokens of one entity; a word has the label of its first piece.

    Args:
        p: probabilities ``[tokens, labels]``.
        window: their places.
        labels: in BIO or without it.
    """
    found: list[tuple[str, list[int]]] = []
    last = -1
    for token in np.flatnonzero(window.offsets[:, 0] >= 0).tolist():
        place, entity = _bio(labels[int(p[token].argmax())])
        goes_on = bool(found) and found[-1][1][-1] == last
        if last >= 0 and window.words[token] == window.words[last]:
            if goes_on:
                found[-1][1].append(token)
        elif entity and goes_on and found[-1][0] == entity and place not in {"B", "S", "U"}:
            found[-1][1].append(token)
        elif entity:
            found.append((entity, [token]))
        last = token
    return [
        (entity, Span(int(window.offsets[tokens[0], 0]), int(window.offsets[tokens[-1], 1]), float(p[tokens].max(axis=1).mean())))
        for entity, tokens in found
    ]
