"""Text classifiers with fixed classes: an adapter merged into the encoder, mean pooling and a linear head."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from warehouse_ai.models.adapters import Adapter
from warehouse_ai.models.loading import once
from warehouse_ai.models.packing import pack_inputs
from warehouse_ai.models.registry import load_text_encoder, load_tokenizer
from warehouse_ai.runtime.cache import namespace

if TYPE_CHECKING:
    from torch import Tensor

    from warehouse_ai.models.encoder import TextEncoder
    from warehouse_ai.models.tokenizer import Window
    from warehouse_ai.runtime.batching import Batch
    from warehouse_ai.runtime.device import Device


@dataclass(frozen=True)
class TextClassifier:
    """Runtime task: a text to float32 probabilities, one for each class of the adapter.

    The softmax temperature was fitted on development rows (Guo et al. 2017, https://arxiv.org/abs/1706.04599). The probabilities of the
    windows of a long text are averaged by their tokens.
    """

    adapter: Adapter

    @cached_property
    def space(self) -> bytes:
        """Cache namespace."""
        return namespace("classifier", self.adapter.revision, "fp32")

    def inputs(self, texts: list[str]) -> list[Window]:
        """Tokenize."""
        return load_tokenizer().windows(texts)

    def _load(self, device: Device) -> tuple[TextEncoder, Tensor, Tensor]:
        tensors = self.adapter.load()
        encoder = load_text_encoder(self.adapter.encoder_factors(tensors)).to(device.kind)
        scale = 1.0 / float(tensors["temperature"][0])
        return encoder, tensors["head.weight"].to(device.kind) * scale, tensors["head.bias"].to(device.kind) * scale

    def compute(self, inputs: Sequence[Window], batch: Batch, device: Device) -> list[np.ndarray]:
        """Return class probabilities of each window, float32 ``[classes]``."""
        import torch

        from warehouse_ai.models.encoder import mean_pool

        encoder, weight, bias = once((self.adapter.name, device.kind), lambda: self._load(device))
        packed = pack_inputs([window.ids for window in inputs], batch, device.kind)
        with torch.inference_mode():
            pooled = mean_pool(encoder(packed), packed)
            # The number of inputs varies with the neighbours, the shape of the product must not: as many rows as the batch can hold.
            rows = torch.nn.functional.pad(pooled, (0, 0, 0, batch.tokens // 2 - len(pooled)))
            logits = torch.nn.functional.linear(rows, weight, bias)
            return list(torch.softmax(logits, -1).cpu().numpy()[: len(inputs)])

    def merge(self, text: str, inputs: Sequence[Window], parts: Sequence[np.ndarray]) -> bytes:
        """Average over windows, weighted by their tokens."""
        return np.average(parts, axis=0, weights=[len(window.ids) for window in inputs]).astype(np.float32).tobytes()
