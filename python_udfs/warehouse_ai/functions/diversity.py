"""Choose items that are relevant and differ from each other."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

BALANCE = 0.7
"""Weight of relevance against novelty."""


def maximal_marginal_relevance(relevance: np.ndarray, similarity: np.ndarray, balance: float = BALANCE) -> Iterator[int]:
    """Order items greedily by relevance less their likeness to those before them (Carbonell and Goldstein 1998).

    Args:
        relevance: ``[items]``, -1..1.
        similarity: ``[items, items]``, -1..1.
        balance: 1 ranks by relevance alone.

    Yields:
        Every index once, the best first; ties go to the first.
    """
    likeness = np.zeros(len(relevance))
    left = np.ones(len(relevance), bool)
    for taken in range(len(relevance)):
        gain = np.where(left, balance * relevance - (1 - balance) * likeness, -np.inf)
        best = int(gain.argmax())
        left[best] = False
        likeness = np.maximum(likeness, similarity[best]) if taken else similarity[best]
        yield best
