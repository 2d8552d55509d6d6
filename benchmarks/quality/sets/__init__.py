"""Every set by name, in the order of the page."""

from __future__ import annotations

from benchmarks.quality.sets import (
    aspects,
    classify,
    elsewhere,
    embed,
    extract,
    filters,
    fit,
    moderate,
    own,
    pii,
    sentiment,
)
from benchmarks.quality.sets.definition import PublicSet

SETS: dict[str, PublicSet] = {
    one.name: one
    for module in (embed, classify, fit, sentiment, aspects, filters, extract, own, pii, moderate, elsewhere)
    for one in module.SETS
}

__all__ = ["SETS", "PublicSet"]
