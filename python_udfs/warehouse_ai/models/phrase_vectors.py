"""Static vectors of phrases: what the encoder makes of their tokens one by one, so that a phrase needs no pass of its own."""

from __future__ import annotations

from collections.abc import Sequence
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

    def embed(self, texts: list[str], spans: Sequence[Sequence[tuple[int, int]]]) -> list[np.ndarray]:
        """Embed phrases of texts.

        Args:
            texts: any strings; each is tokenized once, since a word has the same tokens wherever it stands.
            spans: character offsets of each text's phrases.

        Returns:
            For each text unit vectors, float64 ``[phrases, dimensions]``; zero for a phrase without a token.
        """
        table, _ = self._tables
        found = []
        for (ids, offsets), places in zip(load_tokenizer().tokens(texts), spans, strict=True):
            bounds = np.array(places, np.int64).reshape(-1, 2)
            sums = np.concatenate((np.zeros((1, table.shape[1])), table[ids].astype(np.float64).cumsum(axis=0)))
            first = np.searchsorted(offsets[:, 0], bounds[:, 0])
            last = np.searchsorted(offsets[:, 0], bounds[:, 1])
            total = sums[last] - sums[first]
            total[first == last] = 0
            found.append(total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-9))
        return found

    def project(self, embedding: np.ndarray) -> np.ndarray:
        """Bring an embedding ``[384]`` into the space of the phrases, norm 1."""
        vector = np.einsum("d,dk->k", embedding.astype(np.float64), self._tables[1].astype(np.float64))
        return vector / max(float(np.linalg.norm(vector)), 1e-9)
