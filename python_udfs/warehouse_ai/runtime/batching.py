"""Pack model inputs into batches of canonical size.

A matrix product may round differently for different shapes, so a text that shared its batch with varying neighbours would get varying
scores. Here every matrix product over a batch has the same number of rows, its token capacity; inputs lie in it end to end and only
attention, which looks at one input alone, knows where they begin.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

OPEN_BATCHES = 32
"""Unfinished batches that are searched for room."""


@dataclass(frozen=True)
class Batch:
    """Inputs that go through the model together.

    Attributes:
        items: indices of the inputs, the longest first.
        tokens: capacity; what the inputs leave free is filler.
        quantum: each input is padded to a multiple of it.
    """

    items: tuple[int, ...]
    tokens: int
    quantum: int = 1

    def padded(self, length: int) -> int:
        """Round a length up to the quantum."""
        return -(-length // self.quantum) * self.quantum


def pack(lengths: Sequence[int], capacity: int, quantum: int = 1) -> list[Batch]:
    """Group inputs by first-fit decreasing bin packing (Johnson 1973): the longest first, each where it still fits.

    Args:
        lengths: tokens of each input.
        capacity: tokens of a batch; an input longer than it gets a batch of its own.
        quantum: multiple to which each input is padded; 1 pads nothing.

    Returns:
        Batches, the longest inputs first, so that the workers finish together.
    """
    batches: list[tuple[list[int], int]] = []
    free: list[int] = []
    for index in sorted(range(len(lengths)), key=lambda i: (-lengths[i], i)):
        size = -(-lengths[index] // quantum) * quantum
        for at in range(max(0, len(batches) - OPEN_BATCHES), len(batches)):
            if free[at] >= size:
                batches[at][0].append(index)
                free[at] -= size
                break
        else:
            tokens = max(capacity, size)
            batches.append(([index], tokens))
            free.append(tokens - size)
    return [Batch(tuple(items), tokens, quantum) for items, tokens in batches]
