"""Extractive summaries: the sentences that stand nearest to the whole and differ from each other, in the order of the text."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from warehouse_ai.functions.diversity import maximal_marginal_relevance
from warehouse_ai.functions.frame import Call, apply, scatter, split_failures
from warehouse_ai.functions.sentences import sentences
from warehouse_ai.models.embedder import vectors
from warehouse_ai.models.named_encoder import TextEmbedder, text_encoder
from warehouse_ai.models.registry import ENCODER
from warehouse_ai.runtime.cache import namespace
from warehouse_ai.runtime.run import Failure, derive, resolve

NAME = "summarize"
MODEL = ENCODER
SENTENCE = pa.struct([("text", pa.string()), ("start", pa.int32()), ("end", pa.int32()), ("score", pa.float64())])
RESULT = pa.struct([("value", pa.string()), ("sentences", pa.list_(SENTENCE)), ("error", pa.string()), ("model", pa.string())])
SENTENCES = 2000
"""Sentences of one text that are compared with each other; of a longer text the first ones and as many evenly spaced."""


@dataclass(frozen=True)
class Spec:
    """Length of a summary.

    Attributes:
        max_words: most words of it, at least 1; a text whose best sentence alone is longer gets that sentence cut after as many words.
        encoder: what embeds the sentences.
        max_sentences: most sentences of it, at least 1; None for as many as the words allow.
    """

    max_words: int
    encoder: TextEmbedder
    max_sentences: int | None = None

    @classmethod
    def parse(cls, options: dict[str, Any]) -> Spec:
        """Read what the macro printed."""
        return cls(int(options["max_words"]), text_encoder(options), options.get("max_sentences"))


@dataclass(frozen=True)
class Chosen:
    """A sentence of a summary: its place in the text, and its cosine to the centroid."""

    start: int
    end: int
    score: float


def choose(bodies: Sequence[str], embedded: np.ndarray, max_words: int, max_sentences: int | None = None) -> list[tuple[int, float]]:
    """Choose sentences until the words are used up.

    Args:
        bodies: the sentences.
        embedded: their unit vectors, float32 ``[sentences, dimension]``.
        max_words: words to fill.
        max_sentences: most sentences to choose, or None.

    Returns:
        Index and relevance, 0..1 by cosine to the centroid, of the chosen ones in the order of the text; at least one.
    """
    lengths = np.array([len(body.split()) for body in bodies])
    # A sentence stands for the whole by its words: one of two words says little.
    centroid = (embedded * np.minimum(lengths, 30)[:, None]).sum(axis=0)
    relevance = embedded.astype(np.float64) @ centroid / max(float(np.linalg.norm(centroid)), 1e-12)
    order = list(maximal_marginal_relevance(relevance, embedded.astype(np.float64) @ embedded.T.astype(np.float64)))
    taken: list[int] = []
    words = 0
    for index in order:
        if len(taken) == max_sentences:
            break
        if words + lengths[index] <= max_words:
            taken.append(index)
            words += int(lengths[index])
    return [(i, float(relevance[i])) for i in sorted(taken or order[:1])]


def first_words(text: str, count: int) -> str:
    """Cut a text after a number of words."""
    words = text.split()
    return text if len(words) <= count else " ".join(words[:count]) + " …"


def run(column: pa.ChunkedArray, spec: Spec, call: Call) -> pa.StructArray:
    """Summarise a column of texts into ``RESULT``."""

    def score(texts: list[str]) -> list[bytes | Failure]:
        places = [_spread(sentences(text)) for text in texts]
        bodies = list(dict.fromkeys(text[s.start : s.end] for text, found in zip(texts, places, strict=True) for s in found))
        embedded = dict(zip(bodies, resolve(spec.encoder, bodies, call.context, call.ledger_key, hits=False), strict=True))
        return [_summary(text, found, embedded, spec) for text, found in zip(texts, places, strict=True)]

    def evaluate(texts: list[str]) -> dict[str, pa.Array]:
        length = f"{spec.max_words}, {spec.max_sentences} sentences" if spec.max_sentences else str(spec.max_words)
        space = namespace("summarize", spec.encoder.model, length)
        good, found, errors = split_failures(derive(space, texts, score, call.context, call.ledger_key))
        value, parts = [], []
        for i, result in zip(good, found, strict=True):
            chosen = [{"text": texts[i][a:b], "start": a, "end": b, "score": s} for a, b, s in json.loads(result)]
            value.append(first_words(" ".join(c["text"] for c in chosen), spec.max_words))
            parts.append(chosen)
        return {
            "value": scatter(pa.array(value, pa.string()), good, len(texts)),
            "sentences": scatter(pa.array(parts, RESULT.field("sentences").type), good, len(texts)),
            "error": pa.array(errors, pa.string()),
        }

    return apply(column, call, RESULT, evaluate)


def _spread(found: list[Any]) -> list[Any]:
    if len(found) <= SENTENCES:
        return found
    half = SENTENCES // 2
    rest = np.linspace(half, len(found) - 1, half).astype(int)
    return found[:half] + [found[i] for i in rest]


def _summary(text: str, places: list[Any], embedded: dict[str, bytes | Failure], spec: Spec) -> bytes | Failure:
    bodies = [text[s.start : s.end] for s in places]
    results = [embedded[body] for body in bodies]
    failed = next((r for r in results if isinstance(r, Failure)), None)
    if failed:
        return failed
    chosen = choose(bodies, vectors([r for r in results if isinstance(r, bytes)]), spec.max_words, spec.max_sentences)
    return json.dumps([(places[i].start, places[i].end, round(score, 4)) for i, score in chosen]).encode()
