"""Pack model inputs into batches of canonical shape.

A matrix product may round differently for different shapes, so a text that shared its batch with varying neighbours would get varying
scores. Here the shape of the batch depends on the length of the input alone: the length rounded up, and a fixed number of rows for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

QUANTUM = 8


@dataclass(frozen=True)
class Batch:
    """Inputs that go through the model together.

    Attributes:
        items: indices of the inputs, at most ``rows``.
        rows: rows of the batch, unused ones filled with padding.
        length: tokens of each row.
    """

    items: tuple[int, ...]
    rows: int
    length: int


def canonical_length(tokens: int) -> int:
    """Round a length up to a multiple of ``QUANTUM``."""
    return -(-tokens // QUANTUM) * QUANTUM


def pack(lengths: Sequence[int], budget: int) -> list[Batch]:
    """Group inputs by canonical length.

    Args:
        lengths: tokens of each input.
        budget: tokens of a batch, padding included; an input longer than it gets a batch of one row.

    Returns:
        Batches, the longest first, so that the workers finish together.
    """
    groups: dict[int, list[int]] = {}
    for index, tokens in enumerate(lengths):
        groups.setdefault(canonical_length(tokens), []).append(index)
    batches = []
    for length in sorted(groups, reverse=True):
        rows = max(1, budget // length)
        items = groups[length]
        batches += [Batch(tuple(items[at : at + rows]), rows, length) for at in range(0, len(items), rows)]
    return batches
