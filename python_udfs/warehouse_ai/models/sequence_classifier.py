"""Classify a text, or a text in the light of a prompt such as an aspect or a statement."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from warehouse_ai.models.encoder import TextEncoder, mean_pool
from warehouse_ai.models.packing import Packed


class SequenceClassifier(nn.Module):
    """Encoder, pooling and a linear head.

    Without prompts the head reads the mean token state. With prompts, ``[CLS] prompt [SEP] text [SEP]`` in one sequence, it reads the means
    of prompt and text, their absolute difference and their product (Conneau et al. 2017, https://arxiv.org/abs/1705.02364), of states that
    have attended to each other.
    """

    def __init__(self, encoder: TextEncoder | nn.Module, classes: int, *, prompted: bool = False, hidden: int = 384) -> None:
        super().__init__()
        self.encoder = encoder
        self.dropout = nn.Dropout(0.1)
        self.head = nn.Linear(4 * hidden if prompted else hidden, classes)

    def forward(self, batch: Packed, prompts: Sequence[tuple[int, int]] | None = None, rows: int = 0) -> Tensor:
        """Return logits.

        Args:
            batch: the inputs.
            prompts: tokens of each input's prompt and of the whole input, in the order of the batch; None where there are no prompts.
            rows: rows of the product with the head; more than there are inputs keeps its shape, and so its rounding, canonical.

        Returns:
            Float ``[inputs, classes]`` in the order of the batch.
        """
        states = self.encoder(batch)
        if prompts is None:
            features = mean_pool(states, batch)
        else:
            # Special tokens are among the means, so that neither is ever empty.
            halves = [part.split([1 + p, n - 1 - p, len(part) - n]) for part, (p, n) in zip(batch.by_input(states), prompts, strict=True)]
            u, v = (torch.stack([half[side].mean(0) for half in halves]) for side in (0, 1))
            features = torch.cat([u, v, (u - v).abs(), u * v], 1)
        count = len(features)
        if rows > count:
            features = nn.functional.pad(features, (0, 0, 0, rows - count))
        return self.head(self.dropout(features))[:count]
