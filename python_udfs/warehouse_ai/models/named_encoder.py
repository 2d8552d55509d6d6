"""Sentence embeddings by an encoder that the user names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from warehouse_ai.models.embedder import Embedder
from warehouse_ai.models.loading import once
from warehouse_ai.models.named import ENCODER, NamedModel, NamedWindow, accepted, forward
from warehouse_ai.runtime.cache import namespace
from warehouse_ai.runtime.run import Task

if TYPE_CHECKING:
    from torch import Tensor

    from warehouse_ai.runtime.batching import Batch
    from warehouse_ai.runtime.device import Device


@dataclass(frozen=True)
class NamedEmbedder:
    """Runtime task: a text to float16 numbers of norm 1; the windows of a long text are averaged by their tokens.

    Pooling and further layers are those that the model was published with; a bare encoder is mean-pooled.
    """

    named: NamedModel

    @property
    def model(self) -> str:
        """How ledgers and results call it: ``name@revision``."""
        return self.named.model

    @cached_property
    def space(self) -> bytes:
        """Cache namespace."""
        return namespace("embed", self.model, "fp32")

    def inputs(self, texts: list[str]) -> list[NamedWindow]:
        """Tokenize."""
        return self.named.windows(texts)

    def _load(self, device: Device) -> Any:
        import torch
        from sentence_transformers import SentenceTransformer

        try:
            return SentenceTransformer(
                str(self.named.folder),
                device=device.kind,
                local_files_only=True,
                trust_remote_code=False,
                model_kwargs={"use_safetensors": True, "dtype": torch.float32},
            ).eval()
        except (OSError, ValueError, RuntimeError, ImportError) as error:
            raise ValueError(f"model is '{self.named.name}', which cannot be loaded: {error}") from error

    def compute(self, inputs: Sequence[NamedWindow], batch: Batch, device: Device) -> list[np.ndarray]:
        """Return the embedding of each window, float32, not normalised."""
        encoder = once(("named encoder", str(self.named.folder), device.kind), partial(self._load, device))

        def embed(tensors: dict[str, Tensor]) -> Tensor:
            found: Tensor = encoder(accepted(encoder[0].auto_model, tensors))["sentence_embedding"]
            return found

        return forward(embed, inputs, batch, device)

    def merge(self, text: str, inputs: Sequence[NamedWindow], parts: Sequence[np.ndarray]) -> bytes:
        """Average over windows, weighted by their tokens, and normalise."""
        vector = np.average(parts, axis=0, weights=[len(window.ids) for window in inputs])
        return (vector / max(float(np.linalg.norm(vector)), 1e-12)).astype(np.float16).tobytes()


class TextEmbedder(Task[Any, Any], Protocol):
    """What turns texts into vectors that ``embedder.vectors`` decodes."""

    @property
    def model(self) -> str:
        """How ledgers and results call it: ``name@revision``."""


def text_encoder(options: dict[str, Any]) -> TextEmbedder:
    """Return the encoder that a specification names, or the default one.

    Raises:
        ValueError: the model cannot be found, or is no encoder.
    """
    named = NamedModel.parse(options, ENCODER)
    return NamedEmbedder(named) if named else Embedder()
