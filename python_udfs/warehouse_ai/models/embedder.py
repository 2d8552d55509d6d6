"""Sentence embeddings: mean-pooled, normalised token states of the default encoder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from warehouse_ai.models.loading import once
from warehouse_ai.models.padding import pad
from warehouse_ai.models.registry import ENCODER, load_text_encoder, load_tokenizer
from warehouse_ai.runtime.cache import namespace

if TYPE_CHECKING:
    from warehouse_ai.models.tokenizer import Window
    from warehouse_ai.runtime.device import Device


class Embedder:
    """Runtime task: a text to 384 float16 numbers of norm 1; the windows of a long text are averaged by their tokens."""

    space = namespace("embed", ENCODER.revision, "fp32")

    def inputs(self, texts: list[str]) -> list[Window]:
        """Tokenize."""
        return load_tokenizer().windows(texts)

    def compute(self, inputs: Sequence[Window], rows: int, length: int, device: Device) -> list[np.ndarray]:
        """Return the mean state of each window, float32 ``[384]``, not normalised."""
        import torch

        from warehouse_ai.models.encoder import mean_pool

        encoder = once(("encoder", device.kind), lambda: load_text_encoder().to(device.kind))
        ids, mask = pad([window.ids for window in inputs], rows, length, device.kind)
        with torch.inference_mode():
            pooled = mean_pool(encoder(ids, mask), mask).cpu().numpy()
        return list(pooled[: len(inputs)])

    def merge(self, text: str, inputs: Sequence[Window], parts: Sequence[np.ndarray]) -> bytes:
        """Average over windows, weighted by their tokens, and normalise."""
        vector = np.average(parts, axis=0, weights=[len(window.ids) for window in inputs])
        return (vector / np.linalg.norm(vector)).astype(np.float16).tobytes()


def vectors(results: Sequence[bytes]) -> np.ndarray:
    """Decode cached embeddings to float32 ``[texts, 384]``."""
    return np.frombuffer(b"".join(results), np.float16).reshape(len(results), ENCODER.dimension).astype(np.float32)
