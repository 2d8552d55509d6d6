"""What training changed in an encoder: low-rank factors, or the change of every parameter in four bits.

A fine-tuned weight differs little from the one it began as, and that difference bears a coarse grid where the weight itself would not
(Liu et al. 2024, https://arxiv.org/abs/2402.10193): four bits and one scale a row keep an adapter an eighth of the size of its float32.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

LEVELS = 7
"""Steps on either side of zero."""
LEAST = 0.22
"""Rows that changed less than this share of what one changed most keep their old values: a sixth of the words that training met."""


def quantized(before: Mapping[str, Tensor], after: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Encode the change of an encoder's parameters.

    Args:
        before: parameters by name, float32; matrices have an even number of columns.
        after: the same after training.

    Returns:
        Nothing for a parameter that did not change; for a matrix ``<name>.change``, uint8 ``[rows, columns / 2]`` with two numbers of four
        bits a byte, ``<name>.scale``, float16 ``[rows]``, and ``<name>.rows``, int32, the rows that changed where some did not; for a
        vector ``<name>.change``, float16.
    """
    found: dict[str, Tensor] = {}
    for name, old in before.items():
        change = (after[name] - old).float()
        if not change.any():
            continue
        if change.dim() == 1:
            found[f"{name}.change"] = change.half()
            continue
        # The numbers along a row are nearly normal: fifteen steps of this size err least (Max 1960).
        scale = change.std(1) / 2.8
        # Weight decay alone moves every row a little; the embeddings of words that no text held, or few, are left out.
        rows = torch.nonzero(scale >= scale.max() * LEAST).flatten()
        if len(rows) < len(scale):
            found[f"{name}.rows"] = rows.int()
        scale = scale[rows].half()
        steps = (change[rows] / scale.float()[:, None].clamp(min=1e-12)).round().clamp(-LEVELS, LEVELS).to(torch.int16) + 8
        found[f"{name}.change"] = (steps[:, ::2] * 16 + steps[:, 1::2]).to(torch.uint8)
        found[f"{name}.scale"] = scale
    return found


def apply(state: dict[str, Tensor], adapter: Mapping[str, Tensor]) -> None:
    """Add what training changed to an encoder's parameters, in place.

    Args:
        state: parameters by name, float32.
        adapter: what ``quantized`` made, or LoRA factors ``<module>.lora_A`` ``[rank, in]`` and ``<module>.lora_B`` ``[out, rank]``.
    """
    for key, tensor in adapter.items():
        name, kind = key.rsplit(".", 1)
        if kind == "lora_A":
            state[f"{name}.weight"] += adapter[f"{name}.lora_B"].float() @ tensor.float()
        elif kind == "change" and tensor.dim() == 1:
            state[name] += tensor.float()
        elif kind == "change":
            steps = torch.stack((tensor // 16, tensor % 16), -1).flatten(1).float() - 8
            change = steps * adapter[f"{name}.scale"].float()[:, None]
            rows = adapter.get(f"{name}.rows")
            if rows is None:
                state[name] += change
            else:
                state[name].index_add_(0, rows.long(), change)
