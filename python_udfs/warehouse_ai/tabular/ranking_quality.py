"""Measure rankings against what users took up later, beside popularity and item-to-item neighbours."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from warehouse_ai.tabular.recommendations import PARTS, Ranker, top

NEIGHBOURS = 50


def popularity(ranker: Ranker) -> np.ndarray:
    """Return how many users took up each item, float64 ``[items]``."""
    return np.asarray(ranker.taken.getnnz(axis=0), np.float64)


def item_knn(ranker: Ranker, neighbours: int = NEIGHBOURS) -> np.ndarray:
    """Score by the cosine of items over their users, summed over what a user took up (Sarwar et al., WWW 2001).

    Args:
        ranker: holds what was taken up.
        neighbours: an item is compared with so many others, the most similar.

    Returns:
        ``[users x items]``, float64.
    """
    taken = ranker.taken.copy()
    taken.data[:] = 1.0
    together = (taken.T @ taken).toarray()
    norm = np.sqrt(np.diag(together))
    cosine = np.divide(together, np.outer(norm, norm), out=np.zeros_like(together), where=np.outer(norm, norm) > 0)
    np.fill_diagonal(cosine, 0)
    if neighbours < len(cosine):
        cosine[cosine < -np.partition(-cosine, neighbours - 1, axis=1)[:, [neighbours - 1]]] = 0
    return np.asarray(taken @ cosine.T)


def ndcg(score: np.ndarray, relevant: list[set[int]], k: int = 10) -> np.ndarray:
    """Measure the normalised discounted cumulative gain at k (Järvelin and Kekäläinen, TOIS 2002), gains 0 or 1.

    Args:
        score: ``[users x items]``, NaN for what is no candidate.
        relevant: for each user the items taken up later; at least one.
        k: length of the list.

    Returns:
        ``[users]``, 0 to 1.
    """
    discount = 1 / np.log2(np.arange(2, k + 2))
    gains = [
        sum(discount[i] for i, item in enumerate(chosen) if item in wanted) / discount[: min(k, len(wanted))].sum()
        for chosen, wanted in zip(top(score, k), relevant, strict=True)
    ]
    return np.array(gains, np.float64)


def compare(ranker: Ranker, later: Mapping[int, set[int]], k: int = 10, neighbours: int = NEIGHBOURS) -> dict[str, np.ndarray]:
    """Measure the combined score, each of its parts alone, popularity and item-kNN on the same users and candidates.

    Args:
        ranker: fitted on what came before.
        later: for each place of a user the places of the items taken up afterwards and not before.
        k: length of the list.
        neighbours: of item-kNN.

    Returns:
        For each method nDCG of each user, in the order of ``later``.
    """
    rows, relevant = np.array(list(later), np.int64), list(later.values())
    combined, parts = ranker.score(rows)
    unseen = ~np.isnan(combined)
    scores = {
        "popularity": np.where(unseen, popularity(ranker), np.nan),
        "item_knn": np.where(unseen, item_knn(ranker, neighbours)[rows], np.nan),
        **{part: np.where(unseen, np.nan_to_num(parts[part]), np.nan) for part in PARTS},
        "combined": combined,
    }
    return {name: ndcg(score, relevant, k) for name, score in scores.items()}
