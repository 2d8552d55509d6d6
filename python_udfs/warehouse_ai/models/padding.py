"""Turn model inputs of various lengths into one batch of a given shape."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from torch import Tensor


def pad(inputs: Sequence[np.ndarray], rows: int, length: int, device: str) -> tuple[Tensor, Tensor]:
    """Pad token ids.

    Args:
        inputs: int32 ids of each input, at most ``length`` long; at most ``rows`` of them.
        rows: rows of the batch.
        length: tokens of a row.
        device: torch device.

    Returns:
        int64 ids and bool mask, both ``[rows, length]``. An unused row has one real token, since attention over nothing is undefined.
    """
    import torch

    ids = np.zeros((rows, length), np.int64)
    mask = np.zeros((rows, length), bool)
    mask[:, 0] = True
    for row, tokens in enumerate(inputs):
        ids[row, : len(tokens)] = tokens
        mask[row, : len(tokens)] = True
    return torch.from_numpy(ids).to(device), torch.from_numpy(mask).to(device)
