"""Choose items that are relevant and differ from each other."""

from __future__ import annotations

import numpy as np

BALANCE = 0.7
"""Weight of relevance against novelty."""


def maximal_marginal_relevance(relevance: np.ndarray, similarity: np.ndarray, balance: float = BALANCE) -> list[int]:
    """Order items greedily by relevance less their likeness to those before them (Carbonell and Goldstein 1998).

    Args:
        relevance: ``[items]``, -1..1.
        similarity: ``[items, items]``, -1..1.
        balance: 1 ranks by relevance alone.

    Returns:
        Every index once, the best first; ties go to the first.
    """
    order: list[int] = []
    likeness = np.zeros(len(relevance))
    left = np.ones(len(relevance), bool)
    while len(order) < len(relevance):
        gain = np.where(left, balance * relevance - (1 - balance) * likeness, -np.inf)
        best = int(gain.argmax())
        order.append(best)
        left[best] = False
        likeness = similarity[best] if len(order) == 1 else np.maximum(likeness, similarity[best])
    return order
