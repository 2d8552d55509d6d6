"""Static vectors of phrases: what the encoder makes of their tokens one by one, so that a phrase needs no pass of its own."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from warehouse_ai.models.adapters import KEYWORDS
from warehouse_ai.models.registry import load_tokenizer


class PhraseVectors:
    """Mean of token vectors, distilled and reduced by ``training/keywords.py``."""

    @cached_property
    def _tables(self) -> tuple[np.ndarray, np.ndarray]:
        tensors = KEYWORDS.load()
        return tensors["table"].numpy() * float(tensors["scale"][0]), tensors["projection"].numpy()

    def embed(self, phrases: list[str]) -> np.ndarray:
        """Return unit vectors, float64 ``[phrases, dimensions]``; zero for a phrase without a known token."""
        table, _ = self._tables
        windows = load_tokenizer().windows(phrases)
        mean = np.zeros((len(phrases), table.shape[1]))
        for window in windows:
            if len(window.ids) > 2:
                mean[window.text] += table[window.ids[1:-1]].astype(np.float64).mean(axis=0)
        return mean / np.maximum(np.linalg.norm(mean, axis=1, keepdims=True), 1e-9)

    def project(self, embedding: np.ndarray) -> np.ndarray:
        """Bring an embedding ``[384]`` into the space of the phrases, norm 1."""
        vector = np.einsum("d,dk->k", embedding.astype(np.float64), self._tables[1].astype(np.float64))
        return vector / max(float(np.linalg.norm(vector)), 1e-9)
