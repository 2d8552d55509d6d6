"""Sentence embeddings: mean-pooled, normalised token states of the default encoder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from warehouse_ai.models.adapters import MODERATE, SENTIMENT, Adapter
from warehouse_ai.models.loading import once
from warehouse_ai.models.packing import pack_inputs
from warehouse_ai.models.registry import ENCODER, load_text_encoder, load_tokenizer
from warehouse_ai.runtime.cache import namespace

if TYPE_CHECKING:
    from warehouse_ai.models.encoder import TextEncoder
    from warehouse_ai.models.tokenizer import Window
    from warehouse_ai.runtime.batching import Batch
    from warehouse_ai.runtime.device import Device


class Embedder:
    """Runtime task: a text to 384 float16 numbers of norm 1; the windows of a long text are averaged by their tokens."""

    name = "encoder"
    model = ENCODER.model
    space = namespace("embed", ENCODER.revision, "fp32")
    dtype: type[np.floating] = np.float16

    def _load(self) -> TextEncoder:
        return load_text_encoder()

    def inputs(self, texts: list[str]) -> list[Window]:
        """Tokenize."""
        return load_tokenizer().windows(texts)

    def compute(self, inputs: Sequence[Window], batch: Batch, device: Device) -> list[np.ndarray]:
        """Return the mean state of each window, float32 ``[384]``, not normalised."""
        import torch

        from warehouse_ai.models.encoder import mean_pool

        encoder = once((self.name, device.kind), lambda: self._load().to(device.kind))
        packed = pack_inputs([window.ids for window in inputs], batch, device.kind)
        with torch.inference_mode():
            return list(mean_pool(encoder(packed), packed).cpu().numpy())

    def merge(self, text: str, inputs: Sequence[Window], parts: Sequence[np.ndarray]) -> bytes:
        """Average over windows, weighted by their tokens, and normalise."""
        vector = np.average(parts, axis=0, weights=[len(window.ids) for window in inputs])
        return (vector / np.linalg.norm(vector)).astype(self.dtype).tobytes()


class AdaptedEmbedder(Embedder):
    """Runtime task: a text to 384 float16 numbers of norm 1, by an encoder that a shipped adapter changed.

    What an adapter was trained to tell apart, such as feelings, lies further apart in its states than in those of the default encoder: a
    head on them needs fewer labelled texts. They are no measure of what texts are about.
    """

    def __init__(self, adapter: Adapter) -> None:
        self.adapter = adapter
        self.name = f"encoder of {adapter.name}"
        self.model = adapter.model
        self.space = namespace("embed", adapter.revision, "fp32")

    def _load(self) -> TextEncoder:
        return load_text_encoder(self.adapter.encoder_changes(self.adapter.load()))


ADAPTED = {adapter.name: adapter for adapter in (SENTIMENT, MODERATE)}
"""Adapters that read a text without a prompt, whose encoders ``ai_fit`` accepts."""


def embedder_of(model: str) -> Embedder:
    """Return the shipped encoder that made a head's vectors, the default one where none did."""
    return next((AdaptedEmbedder(adapter) for adapter in ADAPTED.values() if adapter.model == model), Embedder())


def vectors(results: Sequence[bytes]) -> np.ndarray:
    """Decode cached embeddings of one encoder to float32 ``[texts, dimension]`` of norm 1."""
    dimension = len(results[0]) // 2 if results else ENCODER.dimension
    rounded = np.frombuffer(b"".join(results), np.float16).reshape(len(results), dimension).astype(np.float32)
    # Rounding to float16 moves a norm by up to 1e-4, and cosines with it.
    return rounded / np.linalg.norm(rounded, axis=1, keepdims=True)
