"""Key phrases of a text, ranked by the encoder without a pass of their own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa

from warehouse_ai.functions.diversity import maximal_marginal_relevance
from warehouse_ai.functions.frame import ABSTAINED, Call, apply, split_failures
from warehouse_ai.functions.language import identify
from warehouse_ai.models.adapters import KEYWORDS
from warehouse_ai.models.embedder import Embedder, vectors
from warehouse_ai.models.loading import once
from warehouse_ai.models.named import ENCODER, NamedModel
from warehouse_ai.models.named_encoder import NamedEmbedder, TextEmbedder
from warehouse_ai.models.phrase_vectors import PhraseVectors
from warehouse_ai.runtime.run import Failure, resolve

NAME = "keywords"
MODEL = KEYWORDS
PHRASE = pa.struct([("text", pa.string()), ("start", pa.int32()), ("end", pa.int32()), ("score", pa.float64())])
RESULT = pa.struct([("value", pa.list_(pa.string())), ("phrases", pa.list_(PHRASE)), ("error", pa.string()), ("model", pa.string())])
DEFAULT: TextEmbedder = Embedder()
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
        encoder: the one that the user names, which embeds the phrases too; None for the default and its distilled phrases.
    """

    k: int
    encoder: TextEmbedder | None = None

    @classmethod
    def parse(cls, options: dict[str, Any]) -> Spec:
        """Read what the macro printed."""
        named = NamedModel.parse(options, ENCODER)
        return cls(int(options["k"]), NamedEmbedder(named) if named else None)


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


def places(text: str) -> list[tuple[int, int]]:
    """Return the first place of each distinct candidate."""
    first: dict[str, tuple[int, int]] = {}
    for start, end in candidates(text):
        first.setdefault(text[start:end].lower(), (start, end))
    return list(first.values())


def rank(text: str, spans: list[tuple[int, int]], phrases: np.ndarray, whole: np.ndarray, k: int) -> list[tuple[int, int, float]]:
    """Rank the phrases of a text.

    Args:
        text: what the phrases are taken from.
        spans: their places.
        phrases: their unit vectors, float ``[spans, dimension]``.
        whole: the text's own, ``[dimension]``.
        k: phrases to return.

    Returns:
        Start, end and score, the cosine of phrase and text, of each phrase, the best first. Of two that share a word the better one stays.
    """
    if not spans:
        return []
    relevance = np.einsum("pd,d->p", phrases, whole)
    words = [set(text[a:b].lower().split()) for a, b in spans]
    taken: list[int] = []
    for index in maximal_marginal_relevance(relevance, np.einsum("pd,qd->pq", phrases, phrases)):
        if all(words[index].isdisjoint(words[other]) for other in taken):
            taken.append(index)
            if len(taken) == k:
                break
    return [(*spans[i], round(float(relevance[i]), 4)) for i in taken]


Ranked = list[tuple[int, int, float]] | Failure


def ranked_by_default(texts: list[str], embeddings: np.ndarray, k: int) -> list[Ranked]:
    """Rank by the phrases' distilled vectors."""
    model = once("phrase vectors", PhraseVectors)
    spans = [places(text) for text in texts]
    phrases = model.embed(texts, spans)
    return [rank(t, s, p, model.project(e), k) for t, s, p, e in zip(texts, spans, phrases, embeddings, strict=True)]


def ranked_by(encoder: TextEmbedder, texts: list[str], embeddings: np.ndarray, k: int, call: Call) -> list[Ranked]:
    """Rank by what a named encoder makes of each phrase."""
    spans = [places(text) for text in texts]
    distinct = list(dict.fromkeys(text[a:b] for text, found in zip(texts, spans, strict=True) for a, b in found))
    known = dict(zip(distinct, resolve(encoder, distinct, call.context, call.ledger_key, hits=False), strict=True))
    ranked: list[Ranked] = []
    for text, found, whole in zip(texts, spans, embeddings, strict=True):
        results = [known[text[a:b]] for a, b in found]
        failed = next((r for r in results if isinstance(r, Failure)), None)
        phrases = vectors([r for r in results if isinstance(r, bytes)]).astype(np.float64)
        ranked.append(failed or rank(text, found, phrases, whole.astype(np.float64), k))
    return ranked


def run(column: pa.ChunkedArray, spec: Spec, call: Call) -> pa.StructArray:
    """Find the key phrases of a column of texts into ``RESULT``, the best first."""

    def evaluate(texts: list[str]) -> dict[str, pa.Array]:
        good, found, errors = split_failures(resolve(spec.encoder or DEFAULT, texts, call.context, call.ledger_key))
        value: list[list[str] | None] = [None] * len(texts)
        phrases: list[list[dict[str, Any]] | None] = [None] * len(texts)
        told, unit = [texts[i] for i in good], vectors(found)
        ranked = ranked_by(spec.encoder, told, unit, spec.k, call) if spec.encoder else ranked_by_default(told, unit, spec.k)
        for i, chosen in zip(good, ranked, strict=True):
            if isinstance(chosen, Failure):
                errors[i] = chosen.message
                continue
            phrases[i] = [{"text": texts[i][a:b], "start": a, "end": b, "score": s} for a, b, s in chosen]
            value[i] = [texts[i][a:b] for a, b, _ in chosen] or None
            if not chosen:
                errors[i] = ABSTAINED
        return {
            "value": pa.array(value, RESULT.field("value").type),
            "phrases": pa.array(phrases, RESULT.field("phrases").type),
            "error": pa.array(errors, pa.string()),
        }

    return apply(column, call, RESULT, evaluate)
