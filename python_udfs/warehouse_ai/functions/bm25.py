"""Rank texts by the words that they share with a question: BM25, by the library ``bm25s``."""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

import numpy as np

REVISION = "bm25-1"
"""Of words and weights: others make another index."""
WORD = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]|[^\W\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]+")
"""Chinese, Japanese and Thai put no spaces between words: there a character is a word."""
K1 = 1.5
B = 0.75


@cache
def stop_words() -> frozenset[str]:
    """Return English words that say nothing of what a text is about."""
    from bm25s.stopwords import STOPWORDS_EN_PLUS

    return frozenset(STOPWORDS_EN_PLUS)


@cache
def _stemmer() -> Any:
    from Stemmer import Stemmer

    return Stemmer("english")


@lru_cache(1 << 18)
def _stem(word: str) -> str:
    return str(_stemmer().stemWord(word))


def words(text: str) -> list[str]:
    """Return the words of a text as the index knows them: without case, accents, English stop words and English endings (Porter 2)."""
    plain = text if text.isascii() else "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    stop = stop_words()
    return [_stem(word) for word in WORD.findall(plain.casefold()) if word not in stop]


class WordIndex:
    """The words of a list of texts, with their weights (Robertson et al. 1994, in the variant of Lucene)."""

    def __init__(self, texts: Sequence[str]) -> None:
        import bm25s

        # It sets its own level, and tells of every index.
        logging.getLogger("bm25s").setLevel(logging.WARNING)
        self._ids: dict[str, int] = {}
        told = [[self._ids.setdefault(word, len(self._ids)) for word in words(text)] for text in texts]
        self._count = len(told)
        self._weights = None
        if self._ids:
            self._weights = bm25s.BM25(k1=K1, b=B, method="lucene")
            self._weights.index((told, self._ids), show_progress=False)

    def scores(self, question: str) -> np.ndarray:
        """Score every text: float32 ``[texts]``, 0 where it shares no word with the question."""
        asked = [self._ids[word] for word in words(question) if word in self._ids]
        if not asked or self._weights is None:
            return np.zeros(self._count, np.float32)
        return np.asarray(self._weights.get_scores(asked), np.float32)
