"""Folds of sets that name none."""

from __future__ import annotations

import hashlib


def fold_of(text: str) -> int:
    """Fold of a text, 0 to 9: md5 of it, letter case and white space aside."""
    return int(hashlib.md5(" ".join(text.lower().split()).encode()).hexdigest(), 16) % 10
