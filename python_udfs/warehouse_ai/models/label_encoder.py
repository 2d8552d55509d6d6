"""Runtime task around the encoder of labels: a label, named or described, to the vector that texts which deserve it point at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from warehouse_ai.models.adapters import ZERO_SHOT
from warehouse_ai.models.loading import once
from warehouse_ai.models.packing import pack_inputs
from warehouse_ai.models.registry import ENCODER, load_text_encoder, load_tokenizer
from warehouse_ai.runtime.cache import namespace

if TYPE_CHECKING:
    from torch import Tensor

    from warehouse_ai.models.encoder import TextEncoder
    from warehouse_ai.models.tokenizer import Window
    from warehouse_ai.runtime.batching import Batch
    from warehouse_ai.runtime.device import Device


class LabelEncoder:
    """Runtime task: ``name`` or ``name: description`` to 384 float32 numbers of norm 1.

    The embeddings of texts are those of the default encoder, which every function shares; only labels, which are few, pass through an
    encoder of their own that was trained to place them among the texts that they fit.
    """

    model = ZERO_SHOT.model
    space = namespace("label", ZERO_SHOT.revision, "fp32")

    def inputs(self, texts: list[str]) -> list[Window]:
        """Tokenize."""
        return load_tokenizer().windows(texts)

    @staticmethod
    def _load(device: Device) -> TextEncoder:
        tensors = ZERO_SHOT.load()
        return load_text_encoder(ZERO_SHOT.encoder_changes(tensors)).to(device.kind)

    def compute(self, inputs: Sequence[Window], batch: Batch, device: Device) -> list[np.ndarray]:
        """Return the mean state of each window, float32 ``[384]``, not normalised."""
        import torch

        from warehouse_ai.models.encoder import mean_pool

        encoder = once((ZERO_SHOT.name, device.kind), lambda: self._load(device))
        packed = pack_inputs([window.ids for window in inputs], batch, device.kind)
        with torch.inference_mode():
            return list(mean_pool(encoder(packed), packed).cpu().numpy())

    def merge(self, text: str, inputs: Sequence[Window], parts: Sequence[np.ndarray]) -> bytes:
        """Average over windows, weighted by their tokens, and normalise."""
        vector = np.average(parts, axis=0, weights=[len(window.ids) for window in inputs])
        return (vector / np.linalg.norm(vector)).astype(np.float32).tobytes()


def label_vectors(results: Sequence[bytes]) -> np.ndarray:
    """Decode cached labels to float64 ``[labels, 384]``."""
    return np.frombuffer(b"".join(results), np.float32).reshape(len(results), ENCODER.dimension).astype(np.float64)


def calibration(name: str) -> np.ndarray:
    """Return one of the numbers that ``training/classify.py`` fitted, float64."""
    tensors: dict[str, Tensor] = once(f"{ZERO_SHOT.name} numbers", ZERO_SHOT.load)
    return tensors[name].double().numpy()
