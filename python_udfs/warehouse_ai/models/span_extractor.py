"""Find the spans of a text that answer named fields, whatever the names.

The field names stand in front of the text in one sequence, ``[CLS] name [SEP] name [SEP] ... text [SEP]``, so that self-attention
relates them to the text, as GLiNER does (Zaratiana et al. 2023, https://arxiv.org/abs/2311.08526). A token is scored against each field
as start, end and inside of a span, the token-level form of the same authors' later models, which has no maximum span length.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from warehouse_ai.models.encoder import TextEncoder

MAX_FIELDS = 8
"""Fields in one prompt; longer schemas take several passes."""

CANDIDATE = 0.1
"""A token below this probability never starts or ends a span."""


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


class SpanExtractor(nn.Module):
    """Encoder with start, end and inside scores for each (field, token)."""

    def __init__(self, encoder: TextEncoder | nn.Module, hidden: int = 384, width: int = 128) -> None:
        super().__init__()
        self.encoder = encoder
        self.width = width
        self.token = nn.Sequential(nn.Linear(hidden, hidden), nn.GELU(), nn.Linear(hidden, 3 * width))
        self.field = nn.Sequential(nn.Linear(hidden, hidden), nn.GELU(), nn.Linear(hidden, 3 * width))
        self.bias = nn.Parameter(torch.full((3,), -3.0))

    def forward(self, ids: Tensor, mask: Tensor, field_weights: Tensor) -> Tensor:
        """Score every token against every field.

        Args:
            ids: int64 ``[rows, length]``.
            mask: bool ``[rows, length]``.
            field_weights: float ``[rows, fields, length]``, rows that average the tokens of a field name (zeros for no field).

        Returns:
            Logits ``[rows, fields, length, 3]`` for start, end and inside.
        """
        states = self.encoder(ids, mask)
        rows, length, _ = states.shape
        tokens = self.token(states).view(rows, length, 3, self.width)
        fields = self.field(field_weights @ states).view(rows, -1, 3, self.width)
        return torch.einsum("rtkd,rfkd->rftk", tokens, fields) / self.width**0.5 + self.bias


def field_weights(prompts: list[Prompt], length: int, fields: int) -> np.ndarray:
    """Return float32 ``[rows, fields, length]`` averaging matrices for the field names."""
    weights = np.zeros((len(prompts), fields, length), np.float32)
    for row, prompt in enumerate(prompts):
        for index, (start, end) in enumerate(prompt.fields):
            weights[row, index, start:end] = 1.0 / (end - start)
    return weights


def decode(probabilities: np.ndarray, offsets: np.ndarray) -> list[Span]:
    """Turn one field's token probabilities into spans.

    Args:
        probabilities: ``[tokens, 3]`` start, end and inside.
        offsets: ``[tokens, 2]`` character offsets.

    Returns:
        Spans that do not overlap, in the order of the text. A span's score is the geometric mean of its start, its end and the mean of its inside.
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
