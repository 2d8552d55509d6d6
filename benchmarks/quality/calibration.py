"""Whether a probability is what it says: bins, their error, and how many texts can be answered at a precision."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

import numpy as np

BINS = 10
PRECISIONS = (0.9, 0.95, 0.99)


class Bin(TypedDict):
    """Rows whose probability lies in one tenth of 0..1; an empty bin has no means."""

    count: int
    mean_score: float | None
    share_right: float | None


def reliability(score: Sequence[float], right: Sequence[bool]) -> list[Bin]:
    """Compare probabilities with what came true, in ten bins of equal width (Guo et al. 2017, https://arxiv.org/abs/1706.04599).

    Args:
        score: ``[rows]``, 0..1, the probability of what was said.
        right: ``[rows]``, whether it is so.
    """
    p, hit = np.asarray(score, float), np.asarray(right, float)
    place = np.minimum((p * BINS).astype(int), BINS - 1)
    bins: list[Bin] = []
    for number in range(BINS):
        here = place == number
        means = (float(p[here].mean()), float(hit[here].mean())) if here.any() else (None, None)
        bins.append({"count": int(here.sum()), "mean_score": means[0], "share_right": means[1]})
    return bins


def calibration_error(bins: Sequence[Bin]) -> float:
    """Return the expected calibration error, 0..1: the mean over rows of the distance between a bin's probability and its share."""
    total = sum(one["count"] for one in bins)
    return sum(one["count"] * abs(one["mean_score"] - one["share_right"]) for one in bins if one["count"]) / total if total else 0.0


def coverage(score: Sequence[float], right: Sequence[bool], rows: int) -> dict[str, float]:
    """Return which share of the texts a threshold can answer so that the answers above it have a precision, by precision.

    Args:
        score: ``[answers]``, the probability of each answer.
        right: ``[answers]``, whether it is right.
        rows: texts that were asked; those without an answer are never covered.

    Returns:
        The largest share over all thresholds; 0 where none has the precision.
    """
    p, hit = np.asarray(score, float), np.asarray(right, float)
    order = np.argsort(-p, kind="stable")
    precision = np.cumsum(hit[order]) / np.arange(1, len(p) + 1)
    # Texts of equal probability pass a threshold together.
    ends = np.append(np.diff(p[order]) != 0, True)[: len(p)]
    return {
        f"{wanted:g}": float((np.flatnonzero(ends & (precision >= wanted)) + 1).max(initial=0) / rows) if rows else 0.0
        for wanted in PRECISIONS
    }
