"""Order statistics of trailing windows of a fixed number of rows, cut at the first row of a segment."""

from __future__ import annotations

import math
from collections.abc import Iterable

import torch

STEPS = {2: (1, 1), 4: (2, 2), 5: (4, 1), 10: (5, 5), 20: (10, 10)}
"""How wider windows are made: those of ``STEPS[width][0]`` rows merged with those of ``STEPS[width][1]`` rows that end before them."""
WIDTH = 20
Rows = list[torch.Tensor]
"""Tensors of shape ``[n]``, one element for each row of the table."""


def trailing_quantiles(
    values: torch.Tensor, position: torch.Tensor, count: torch.Tensor, probabilities: Iterable[float], space: torch.Tensor
) -> Rows:
    """Compute quantiles of the last 20 rows of each row's segment, the row included.

    All windows are sorted at once: a window of 20 is merged from two of 10, these from two of 5, and so on, and each of these is shared by
    the windows that hold it. That takes 56 comparisons a row; a sorting network for 20 elements takes 91.

    Args:
        values: float64 ``[n]``, infinity where unknown.
        position: rows before each row in its segment, int64 ``[n]``.
        count: known values of the window, int64 ``[n]``.
        probabilities: of the quantiles, 0 to 1.
        space: float64 ``[2 + WIDTH, at least n]``, overwritten. New memory for each step would cost more than the step.

    Returns:
        ``[n]`` for each probability, NaN where nothing is known. Between order statistics they are interpolated linearly, as
        ``numpy.quantile`` does by default (type 7 of Hyndman and Fan, "Sample quantiles in statistical packages", 1996).
    """
    n = len(values)
    free = [row[:n] for row in space]
    offsets = {row.data_ptr(): number * space.shape[1] for number, row in enumerate(free)}
    rising = [offsets[row.data_ptr()] for row in _sorted_windows(values, position, free)]
    here = torch.arange(n, device=values.device)

    def look_up(table: list[float], dtype: torch.dtype) -> torch.Tensor:
        return torch.tensor(table, dtype=dtype, device=values.device).index_select(0, count)

    found = []
    for probability in probabilities:
        # Which two order statistics, and how far between them, follows from the count.
        places = [max(known - 1, 0) * probability for known in range(WIDTH + 1)]
        low, high = (
            space.view(-1).index_select(0, look_up([rising[end(place)] for place in places], torch.int64).add_(here))
            for end in (math.floor, math.ceil)
        )
        found.append(low.lerp_(high, look_up([math.nan, *(place % 1 for place in places[1:])], values.dtype)))
    return found


def _sorted_windows(values: torch.Tensor, position: torch.Tensor, free: Rows) -> Rows:
    windows = {1: [values]}
    for wide, (near, far) in STEPS.items():
        # Infinity replaces what is not of the segment; a maximum does it faster than a mask.
        bound = torch.full_like(values, -torch.inf).masked_fill_(position < near, torch.inf)
        earlier = []
        for row in windows[far]:
            shifted = free.pop()
            shifted[:near] = torch.inf
            torch.maximum(row[: max(len(row) - near, 0)], bound[near:], out=shifted[near:])
            earlier.append(shifted)
        # The rows alone are read again at width 5, so they are not overwritten.
        windows[wide] = _merge([free.pop().copy_(values)] if near == 1 else windows[near], earlier, free)
    return windows[WIDTH]


def _merge(left: Rows, right: Rows, free: Rows) -> Rows:
    """Merge rising sequences, elementwise over rows, by Batcher's odd-even network for any lengths.

    Knuth, The Art of Computer Programming, volume 3, section 5.3.4. A network compares the same places whatever the data, so that each
    comparison is two vector operations over all rows. Overwrites its arguments.
    """
    if not left or not right:
        return left or right
    if len(left) == len(right) == 1:
        return _exchange(left[0], right[0], free)
    even, odd = _merge(left[::2], right[::2], free), _merge(left[1::2], right[1::2], free)
    merged = [even[0]]
    for low, high in zip(odd, even[1:], strict=False):
        merged += _exchange(low, high, free)
    return merged + even[len(odd) + 1 :] + odd[len(even) - 1 :]


def _exchange(a: torch.Tensor, b: torch.Tensor, free: Rows) -> Rows:
    low = torch.minimum(a, b, out=free.pop())
    torch.maximum(a, b, out=b)
    free.append(a)
    return [low, b]
