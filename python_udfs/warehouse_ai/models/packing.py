"""Lay model inputs of various lengths end to end in one batch of a given size, without padding between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from torch import Tensor

    from warehouse_ai.runtime.batching import Batch


@dataclass(frozen=True)
class Segment:
    """Neighbouring inputs of one length; attention runs within each of them.

    Attributes:
        rows: inputs.
        length: tokens of each.
        mask: bool ``[rows, length]``, True at real tokens; None where all are.
    """

    rows: int
    length: int
    mask: Tensor | None


@dataclass(frozen=True)
class Packed:
    """A batch as the encoder takes it.

    Attributes:
        ids: int64 ``[tokens]``; what lies behind the last segment is filler.
        positions: int64 ``[tokens]``, place of each token in its input.
        segments: the inputs in order.
    """

    ids: Tensor
    positions: Tensor
    segments: tuple[Segment, ...]

    def by_segment(self, tokens: Tensor) -> list[Tensor]:
        """Split ``[tokens, ...]`` into the segments' parts and, last, the filler's."""
        sizes = [segment.rows * segment.length for segment in self.segments]
        return list(tokens.split([*sizes, len(tokens) - sum(sizes)]))

    def by_input(self, tokens: Tensor) -> list[Tensor]:
        """Split ``[tokens, ...]`` into the inputs' parts."""
        sizes = [segment.length for segment in self.segments for _ in range(segment.rows)]
        return list(tokens.split([*sizes, len(tokens) - sum(sizes)]))[:-1]


def pack_inputs(inputs: Sequence[np.ndarray], batch: Batch, device: str) -> Packed:
    """Lay token ids end to end.

    Args:
        inputs: int32 ids of each input, in the order of the batch: neighbours of one length share a segment.
        batch: size of the whole, and the multiple to which each input is padded.
        device: torch device.
    """
    import torch

    ids = np.zeros(batch.tokens, np.int64)
    positions = np.zeros(batch.tokens, np.int64)
    segments, at = [], 0
    for length, group in groupby(inputs, key=lambda tokens: batch.padded(len(tokens))):
        members = list(group)
        rows = len(members)
        block = ids[at : at + rows * length].reshape(rows, length)
        positions[at : at + rows * length] = np.tile(np.arange(length), rows)
        mask = np.zeros((rows, length), bool)
        for row, tokens in enumerate(members):
            block[row, : len(tokens)] = tokens
            mask[row, : len(tokens)] = True
        segments.append(Segment(rows, length, None if mask.all() else torch.from_numpy(mask).to(device)))
        at += rows * length
    return Packed(torch.from_numpy(ids).to(device), torch.from_numpy(positions).to(device), tuple(segments))
