"""Key phrases of a text, ranked by the encoder without a pass of their own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa

from warehouse_ai.functions.diversity import maximal_marginal_relevance
from warehouse_ai.functions.frame import ABSTAINED, Call, apply, scatter, split_failures
from warehouse_ai.functions.language import identify
from warehouse_ai.models.adapters import KEYWORDS
from warehouse_ai.models.embedder import Embedder, vectors
from warehouse_ai.models.loading import once
from warehouse_ai.models.phrase_vectors import PhraseVectors
from warehouse_ai.runtime.run import resolve

NAME = "keywords"
MODEL = KEYWORDS
PHRASE = pa.struct([("text", pa.string()), ("start", pa.int32()), ("end", pa.int32()), ("score", pa.float64())])
RESULT = pa.struct([("value", pa.list_(pa.string())), ("phrases", pa.list_(PHRASE)), ("error", pa.string()), ("model", pa.string())])
WORD = re.compile(r"\w+(?:[-'’.&/+]\w+)*[+#]*")
MAX_WORDS = 3
"""Words of a phrase."""
LANGUAGES = {
    "da": "DANISH", "nl": "DUTCH", "en": "EN_PLUS", "fr": "FRENCH", "de": "GERMAN", "it": "ITALIAN", "no": "NORWEGIAN", "nb": "NORWEGIAN",
    "pt": "PORTUGUESE", "ru": "RUSSIAN", "es": "SPANISH", "sv": "SWEDISH", "tr": "TURKISH",
}  # fmt: skip


@dataclass(frozen=True)
class Spec:
    """How many phrases.

    Attributes:
        k: most phrases, at least 1.
    """

    k: int

    @classmethod
    def parse(cls, options: dict[str, Any]) -> Spec:
        """Read what the macro printed."""
        return cls(int(options["k"]))


@cache
def stop_words(language: str) -> frozenset[str]:
    """Return words that start and end no phrase: the lists of ``bm25s``, English where a language has none."""
    import bm25s.stopwords

    words = getattr(bm25s.stopwords, f"STOPWORDS_{LANGUAGES.get(language, 'EN_PLUS')}")
    return frozenset(words) | frozenset(bm25s.stopwords.STOPWORDS_EN_PLUS)


def candidates(text: str) -> list[tuple[int, int]]:
    """Find runs of up to three neighbouring words without stop words and numbers, as character offsets."""
    stop = stop_words(identify(text)[0])
    found: list[tuple[int, int]] = []
    run: list[tuple[int, int]] = []
    last = 0
    for match in [*WORD.finditer(text), None]:
        # Only white space may lie between the words of a phrase.
        if match is None or text[last : match.start()].strip():
            found += _parts(run)
            run = []
        if match is None:
            break
        word = match.group().lower()
        last = match.end()
        if word in stop or word.replace("’", "'") in stop or len(word) < 2 or word.isnumeric():
            found += _parts(run)
            run = []
        else:
            run.append(match.span())
    return found


def _parts(words: list[tuple[int, int]]) -> list[tuple[int, int]]:
    return [(words[i][0], words[j][1]) for i in range(len(words)) for j in range(i, min(i + MAX_WORDS, len(words)))]


def rank(text: str, embedding: np.ndarray, k: int) -> list[tuple[int, int, float]]:
    """Rank the phrases of a text.

    Args:
        text: what the phrases are taken from.
        embedding: its unit vector, float32 ``[384]``.
        k: phrases to return.

    Returns:
        Start, end and score, the cosine of phrase and text, of each phrase, the best first. A phrase stands at its first place; of two that
        share a word the better one stays.
    """
    first: dict[str, tuple[int, int]] = {}
    for start, end in candidates(text):
        first.setdefault(text[start:end].lower(), (start, end))
    if not first:
        return []
    spans = list(first.values())
    model = once("phrase vectors", PhraseVectors)
    phrases = model.embed([text[a:b] for a, b in spans])
    relevance = np.einsum("pd,d->p", phrases, model.project(embedding))
    words = [set(text[a:b].lower().split()) for a, b in spans]
    taken: list[int] = []
    for index in maximal_marginal_relevance(relevance, np.einsum("pd,qd->pq", phrases, phrases)):
        if all(words[index].isdisjoint(words[other]) for other in taken):
            taken.append(index)
            if len(taken) == k:
                break
    return [(*spans[i], round(float(relevance[i]), 4)) for i in taken]


def run(column: pa.ChunkedArray, spec: Spec, call: Call) -> pa.StructArray:
    """Find the key phrases of a column of texts into ``RESULT``, the best first."""

    def evaluate(texts: list[str]) -> dict[str, pa.Array]:
        good, found, errors = split_failures(resolve(Embedder(), texts, call.context, call.ledger_key))
        phrases = []
        for i, vector in zip(good, vectors(found), strict=True):
            chosen = rank(texts[i], vector, spec.k)
            if not chosen:
                errors[i] = ABSTAINED
            phrases.append([{"text": texts[i][a:b], "start": a, "end": b, "score": s} for a, b, s in chosen])
        return {
            "value": scatter(pa.array([[p["text"] for p in ps] or None for ps in phrases], RESULT.field("value").type), good, len(texts)),
            "phrases": scatter(pa.array(phrases, RESULT.field("phrases").type), good, len(texts)),
            "error": pa.array(errors, pa.string()),
        }

    return apply(column, call, RESULT, evaluate)
