"""Find the spans of a text that answer named fields, whatever the names.

The field names stand in front of the text in one sequence, ``[CLS] name [SEP] name [SEP] ... text [SEP]``, so that self-attention
relates them to the text, as GLiNER does (Zaratiana et al. 2023, https://arxiv.org/abs/2311.08526). A token is scored against each field
as start, end and inside of a span, the token-level form of the same authors' later models, which has no maximum span length.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from warehouse_ai.models.encoder import Projection, TextEncoder
from warehouse_ai.models.packing import Packed
from warehouse_ai.models.spans import Prompt


class SpanExtractor(nn.Module):
    """Encoder with start, end and inside scores for each (field, token)."""

    def __init__(self, encoder: TextEncoder | nn.Module, hidden: int = 384, width: int = 128) -> None:
        super().__init__()
        self.encoder = encoder
        self.width = width
        self.token = nn.Sequential(Projection(hidden, hidden), nn.GELU(), Projection(hidden, 3 * width))
        self.field = nn.Sequential(Projection(hidden, hidden), nn.GELU(), Projection(hidden, 3 * width))
        self.bias = nn.Parameter(torch.full((3,), -3.0))

    def forward(self, batch: Packed, prompts: Sequence[Prompt]) -> list[Tensor]:
        """Score the text tokens of each prompt against each of its fields.

        Args:
            batch: the prompts' ids.
            prompts: in the order of the batch.

        Returns:
            For each prompt logits ``[fields, text tokens, 3]`` for start, end and inside.
        """
        states = self.encoder(batch)
        named = [part[a:b].mean(0) for part, prompt in zip(batch.by_input(states), prompts, strict=True) for a, b in prompt.fields]
        # A field takes two tokens or more: rows for as many as the batch can hold keep the shape of the product canonical.
        rows = nn.functional.pad(torch.stack(named), (0, 0, 0, len(states) // 2 - len(named)))
        fields = self.field(rows)[: len(named)].split([len(prompt.fields) for prompt in prompts])
        logits = []
        for tokens, names, prompt in zip(batch.by_input(self.token(states)), fields, prompts, strict=True):
            text = tokens[slice(*prompt.text)].view(-1, 3, self.width)
            logits.append(torch.einsum("tkd,fkd->ftk", text, names.view(-1, 3, self.width)) / self.width**0.5 + self.bias)
        return logits
