"""Prompts that name fields in front of a text, and spans read from token scores."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

MAX_FIELDS = 16
"""Fields in one prompt; longer schemas take several passes."""

OVERLAP = 48
"""Tokens that neighbouring windows share: a shorter span is whole in one of them."""
CANDIDATE = 0.1
"""A token below this probability never starts or ends a span."""
SURE = 0.8
"""From this probability on a span stays beside a likelier one of another field that it overlaps."""


@dataclass(frozen=True)
class Span:
    """An answer: character offsets into the text and a score in 0..1."""

    start: int
    end: int
    score: float


@dataclass(frozen=True)
class Prompt:
    """One model input.

    Attributes:
        ids: int32 token ids of the fields and the text.
        fields: first and last token (exclusive) of each field name.
        text: first and last token (exclusive) of the text.
        offsets: int32 ``[text tokens, 2]`` character offsets.
    """

    ids: np.ndarray
    fields: tuple[tuple[int, int], ...]
    text: tuple[int, int]
    offsets: np.ndarray


def build_prompt(field_ids: list[np.ndarray], window_ids: np.ndarray, offsets: np.ndarray) -> Prompt:
    """Join field names and a window.

    Args:
        field_ids: ids of each field name, without special tokens.
        window_ids: ids of the window, ``[CLS]`` first and ``[SEP]`` last.
        offsets: ``[tokens of the window, 2]``, special tokens included.
    """
    cls, sep = window_ids[:1], window_ids[-1:]
    parts, places, at = [cls], [], 1
    for ids in field_ids:
        parts += [ids, sep]
        places.append((at, at + len(ids)))
        at += len(ids) + 1
    parts += [window_ids[1:-1], sep]
    return Prompt(np.concatenate(parts), tuple(places), (at, at + len(window_ids) - 2), offsets[1:-1])


def decode(probabilities: np.ndarray, offsets: np.ndarray) -> list[Span]:
    """Turn one field's token probabilities into spans.

    Args:
        probabilities: ``[tokens, 3]`` start, end and inside.
        offsets: ``[tokens, 2]`` character offsets.

    Returns:
        Spans that do not overlap, in the order of the text. A span's score is the geometric mean of its start, its end and the mean of
        its inside.
    """
    starts = np.flatnonzero(probabilities[:, 0] > CANDIDATE)
    ends = np.flatnonzero(probabilities[:, 1] > CANDIDATE)
    if not len(starts) or not len(ends):
        return []
    total = np.concatenate(([0.0], np.cumsum(probabilities[:, 2])))
    i, j = (grid.ravel() for grid in np.meshgrid(starts, ends, indexing="ij"))
    keep = j >= i
    i, j = i[keep], j[keep]
    inside = (total[j + 1] - total[i]) / (j + 1 - i)
    scores = np.cbrt(probabilities[i, 0] * probabilities[j, 1] * inside)
    taken: list[tuple[int, int, float]] = []
    for k in np.argsort(-scores, kind="stable"):
        if scores[k] < CANDIDATE:
            break
        if all(j[k] < a or i[k] > b for a, b, _ in taken):
            taken.append((int(i[k]), int(j[k]), float(scores[k])))
    return [Span(int(offsets[a, 0]), int(offsets[b, 1]), score) for a, b, score in sorted(taken)]


def without_rivals(found: Sequence[Sequence[Span]]) -> list[list[Span]]:
    """Let the fields of a schema compete: a span that is not sure yields to a likelier one of another field that it overlaps.

    Args:
        found: spans of each field, their scores probabilities.
    """
    rivals = sorted(((span, field) for field, spans in enumerate(found) for span in spans), key=lambda r: -r[0].score)
    kept: list[list[Span]] = [[] for _ in found]
    taken: list[tuple[Span, int]] = []
    for span, field in rivals:
        if span.score >= SURE or all(field == f or span.end <= t.start or span.start >= t.end for t, f in taken):
            kept[field].append(span)
            taken.append((span, field))
    return kept


def united(found: Sequence[Sequence[Span]]) -> bytes:
    """Encode the spans of each field for the cache, in the order of the text; of two that overlap the more probable stays."""
    out: list[list[tuple[int, int, float]]] = []
    for spans in found:
        taken: list[Span] = []
        for span in sorted(spans, key=lambda s: (-s.score, s.start, s.end)):
            if all(span.end <= t.start or span.start >= t.end for t in taken):
                taken.append(span)
        out.append([(s.start, s.end, round(s.score, 4)) for s in sorted(taken, key=lambda s: s.start)])
    return json.dumps(out).encode()
