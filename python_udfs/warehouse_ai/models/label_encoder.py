"""Runtime task around the encoder of labels: a label, named or described, to the vector that texts which deserve it point at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from warehouse_ai.models.adapters import ZERO_SHOT
from warehouse_ai.models.embedder import AdaptedEmbedder
from warehouse_ai.models.loading import once
from warehouse_ai.models.registry import ENCODER
from warehouse_ai.runtime.cache import namespace

if TYPE_CHECKING:
    from torch import Tensor


class LabelEncoder(AdaptedEmbedder):
    """Runtime task: ``name`` or ``name: description`` to 384 float32 numbers of norm 1.

    The embeddings of texts are those of the default encoder, which every function shares; only labels, which are few, pass through an
    encoder of their own that was trained to place them among the texts that they fit.
    """

    dtype = np.float32

    def __init__(self) -> None:
        super().__init__(ZERO_SHOT)
        self.space = namespace("label", ZERO_SHOT.revision, "fp32")


def label_vectors(results: Sequence[bytes]) -> np.ndarray:
    """Decode cached labels to float64 ``[labels, 384]``."""
    return np.frombuffer(b"".join(results), np.float32).reshape(len(results), ENCODER.dimension).astype(np.float64)


def calibration(name: str) -> np.ndarray:
    """Return one of the numbers that ``training/classify.py`` fitted, float64."""
    tensors: dict[str, Tensor] = once(f"{ZERO_SHOT.name} numbers", ZERO_SHOT.load)
    return tensors[name].double().numpy()
