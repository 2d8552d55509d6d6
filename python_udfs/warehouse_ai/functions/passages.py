"""Passages that questions are searched in: their texts, vectors and words, kept in memory while a query runs."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from warehouse_ai.functions.bm25 import REVISION, WordIndex
from warehouse_ai.functions.frame import Call, RowFailed
from warehouse_ai.models.embedder import vectors
from warehouse_ai.models.named_encoder import TextEmbedder, text_encoder
from warehouse_ai.runtime.run import Failure, resolve

METHODS = ("vector", "bm25", "hybrid")
DEPTH = 1000
"""Places of either ranking that are fused."""
SLACK = 1e-4
"""Rounding of a product of many vectors, which depends on its shape; what comes this near to the last place is measured again."""
QUESTIONS = 64
"""Questions that are compared with all passages at a time."""


@dataclass(frozen=True)
class Hit:
    """A passage that was found.

    Attributes:
        place: index of the passage, from 0 on.
        score: what ranks it: cosine, BM25 weight, or the fused one.
        similarity: cosine of question and passage, -1..1; None where words alone were asked.
        bm25_score: BM25 weight, 0 for no common word; None where vectors alone were asked.
        vector_rank: place in the ranking by cosine, from 1 on; None beyond ``DEPTH``.
        bm25_rank: place in the ranking by words, from 1 on; None without a common word.
    """

    place: int
    score: float
    similarity: float | None
    bm25_score: float | None
    vector_rank: int | None
    bm25_rank: int | None


def fuse(rankings: Sequence[Sequence[int]], constant: int) -> list[tuple[int, float]]:
    """Fuse rankings by the sum of 1 / (constant + rank) (Cormack et al. 2009, https://doi.org/10.1145/1571941.1572114).

    Args:
        rankings: places of passages, the best first.
        constant: the larger, the less the first ranks stand out; 60 in the paper.

    Returns:
        Place and score, the best first; ties by place.
    """
    scores: dict[int, float] = {}
    for ranking in rankings:
        for rank, place in enumerate(ranking, 1):
            scores[place] = scores.get(place, 0.0) + 1 / (constant + rank)
    return sorted(scores.items(), key=lambda found: (-found[1], found[0]))


class Index:
    """Passages, ready to be searched.

    Attributes:
        id: names texts, sources, encoder and method.
        texts: of the passages.
        sources: what each is called.
        unit: unit vectors, float32 ``[passages, dimension]``, zero where there is none; None for BM25 alone.
        embedded: indices of the passages with a vector.
    """

    def __init__(
        self, texts: Sequence[str], sources: Sequence[str | None], unit: np.ndarray | None, words: WordIndex | None, own: str
    ) -> None:
        self.id = own
        self.texts, self.sources = texts, sources
        self.unit, self._words = unit, words
        self.embedded = np.flatnonzero(unit.any(axis=1)) if unit is not None else np.zeros(0, np.int64)

    def __len__(self) -> int:
        return len(self.texts)

    def search(self, questions: Sequence[str], asked: np.ndarray | None, method: str, k: int, constant: int) -> list[list[Hit]]:
        """Find passages.

        Args:
            questions: texts.
            asked: their unit vectors, float32 ``[questions, dimension]``; None for BM25 alone.
            method: one of ``METHODS``.
            k: most passages of a question.
            constant: see ``fuse``.

        Returns:
            The passages of each question, the best first; ties by place. Whatever else is asked, a question finds the same.
        """
        depth = k if method != "hybrid" else max(k, DEPTH)
        near = self._by_vector(asked, depth) if asked is not None else [np.zeros(0, np.int64)] * len(questions)
        found = []
        for i, question in enumerate(questions):
            weights = self._words.scores(question) if self._words else None
            by_words = _best(weights, np.flatnonzero(weights > 0), depth) if weights is not None else np.zeros(0, np.int64)
            rankings = [near[i].tolist(), by_words.tolist()]
            ranks = [{place: rank for rank, place in enumerate(ranking, 1)} for ranking in rankings]
            fused = fuse(rankings, constant)[:k] if method == "hybrid" else [(place, 0.0) for place in (rankings[method == "bm25"])[:k]]
            hits = []
            for place, score in fused:
                cosine = self._cosine(asked[i], np.array([place]))[0] if asked is not None and self.unit is not None else None
                similarity = None if cosine is None else float(np.clip(cosine, -1, 1))
                weight = None if weights is None else float(weights[place])
                score = score if method == "hybrid" else float(weight if method == "bm25" else similarity)  # type: ignore[arg-type]
                hits.append(Hit(place, score, similarity, weight, ranks[0].get(place), ranks[1].get(place)))
            found.append(hits)
        return found

    def _cosine(self, question: np.ndarray, places: np.ndarray) -> np.ndarray:
        """Exact cosines, float64 ``[places]``: a pair's bits depend on the pair alone."""
        assert self.unit is not None
        unit = self.unit[places].astype(np.float64)
        return np.einsum("pd,pd->p", unit, np.broadcast_to(question.astype(np.float64), unit.shape))

    def _by_vector(self, asked: np.ndarray, depth: int) -> list[np.ndarray]:
        assert self.unit is not None
        found = []
        known = self.embedded
        unit = self.unit if len(known) == len(self.unit) else self.unit[known]
        for at in range(0, len(asked), QUESTIONS):
            for question, row in zip(asked[at : at + QUESTIONS], asked[at : at + QUESTIONS] @ unit.T, strict=True):
                if len(row) > depth:
                    last = np.partition(row, len(row) - depth)[len(row) - depth]
                    places = known[row >= last - SLACK]
                else:
                    places = known
                found.append(_order(self._cosine(question, places), places)[:depth])
        return found


def _order(scores: np.ndarray, places: np.ndarray) -> np.ndarray:
    return places[np.lexsort((places, -scores))]


def _best(scores: np.ndarray, places: np.ndarray, depth: int) -> np.ndarray:
    return _order(scores[places], places)[:depth]


@dataclass(frozen=True)
class Retrieval:
    """How questions are searched.

    Attributes:
        method: one of ``METHODS``.
        k: most passages of a question.
        constant: of the fusion, see ``fuse``.
        encoder: what embeds questions and passages.
        index: the passages; None before they are known.
    """

    method: str
    k: int
    constant: int
    encoder: TextEmbedder
    index: Index | None = None

    @classmethod
    def parse(cls, options: dict[str, Any]) -> Retrieval:
        """Read what the macro printed."""
        return cls(options["method"], int(options["k"]), int(options["constant"]), text_encoder(options))

    def build(self, texts: Sequence[str | None], sources: Sequence[str | None], call: Call) -> Index:
        """Embed passages and index their words, as far as the method needs it; those without a text or a vector are not found by it.

        Raises:
            RowFailed: a passage failed and ``on_error`` is ``fail``.
        """
        told = [(text, source) for text, source in zip(texts, sources, strict=True) if text and text.strip()]
        bodies = [text for text, _ in told]
        digest = hashlib.sha256(f"{REVISION}\x1e{self.encoder.model}\x1e{self.method}".encode())
        for text, source in told:
            digest.update(f"\x1e{len(text)}\x1f{text}\x1f{source}".encode("utf-8", "replace"))
        unit = embed_all(bodies, self.encoder, call) if self.method != "bm25" else None
        words = WordIndex(bodies) if self.method != "vector" else None
        return Index(bodies, [source for _, source in told], unit, words, digest.hexdigest()[:16])

    def find(self, questions: list[str], call: Call, k: int | None = None) -> list[list[Hit] | Failure]:
        """Search the passages for each of distinct, non-blank questions."""
        assert self.index is not None
        if not len(self.index):
            return [[] for _ in questions]
        if self.method == "bm25":
            return list(self.index.search(questions, None, self.method, k or self.k, self.constant))
        results = resolve(self.encoder, questions, call.context, call.ledger_key)
        good = [i for i, result in enumerate(results) if isinstance(result, bytes)]
        found: list[list[Hit] | Failure] = [result if isinstance(result, Failure) else [] for result in results]
        if good:
            asked = vectors([result for result in results if isinstance(result, bytes)])
            hits = self.index.search([questions[i] for i in good], asked, self.method, k or self.k, self.constant)
            for i, mine in zip(good, hits, strict=True):
                found[i] = mine
        return found


def embed_all(texts: list[str], encoder: TextEmbedder, call: Call) -> np.ndarray:
    """Embed texts: unit vectors, float32 ``[texts, dimension]``, zero where one failed.

    Raises:
        RowFailed: one failed and ``on_error`` is ``fail``.
    """
    distinct = list(dict.fromkeys(texts))
    results = resolve(encoder, distinct, call.context, call.ledger_key)
    failed = next((result for result in results if isinstance(result, Failure)), None)
    if failed and call.on_error == "fail":
        raise RowFailed(f"{call.function}: a passage failed with '{failed.message}'; on_error='null' goes on")
    good = {text: result for text, result in zip(distinct, results, strict=True) if isinstance(result, bytes)}
    places = {text: place for place, text in enumerate(good)}
    unit = vectors(list(good.values()))
    rows = np.array([places.get(text, -1) for text in texts], np.int64)
    return np.where(rows[:, None] >= 0, unit[rows], np.float32(0)) if len(good) else np.zeros((len(texts), 1), np.float32)
