"""Put the passages that answer a question into one text of bounded length, each with a number and its source."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from warehouse_ai.functions.bm25 import words
from warehouse_ai.functions.frame import ABSTAINED, Call, apply
from warehouse_ai.functions.passages import Hit, Index, Retrieval
from warehouse_ai.models.named import NamedModel
from warehouse_ai.models.registry import ENCODER, load_tokenizer
from warehouse_ai.models.tokenizer import Tokenizer
from warehouse_ai.runtime.run import Failure

NAME = "context"
MODEL = ENCODER
SOURCE = pa.struct([("number", pa.int32()), ("source", pa.string()), ("text", pa.string()), ("score", pa.float64())])
RESULT = pa.struct(
    [("context", pa.string()), ("sources", pa.list_(SOURCE)), ("tokens", pa.int32()), ("error", pa.string()), ("model", pa.string())]
)
ALIKE = 0.95
"""Cosine from which on a passage says what a better one has said."""
RESERVE = 4
"""Passages that are looked at for each one wanted, because some are alike or too long."""
TOO_LONG = "every passage is longer than max_tokens: raise max_tokens, or cut the passages with ai_chunk"


@dataclass(frozen=True)
class Spec:
    """What is put together.

    Attributes:
        retrieval: method, number of passages, encoder and passages.
        max_tokens: most tokens of the text, numbers included, special tokens excluded.
        tokenizer: of the encoder, which counts them.
    """

    retrieval: Retrieval
    max_tokens: int
    tokenizer: Tokenizer | NamedModel

    @classmethod
    def parse(cls, options: dict[str, Any]) -> Spec:
        """Read what the macro printed."""
        return cls(Retrieval.parse(options), int(options["max_tokens"]), NamedModel.parse(options) or load_tokenizer())

    def over(self, index: Index) -> Spec:
        """Search these passages."""
        return replace(self, retrieval=replace(self.retrieval, index=index))


@dataclass(frozen=True)
class Context:
    """Passages in one text.

    Attributes:
        text: the passages, each after its number, ``[1] ...``.
        tokens: its length.
        hits: the passages, in the order of their numbers.
        error: why there are none.
    """

    text: str | None
    tokens: int | None
    hits: list[Hit]
    error: str | None = None


def numbered(texts: list[str]) -> str:
    """Write passages below each other, each after its number."""
    return "\n\n".join(f"[{number}] {text.strip()}" for number, text in enumerate(texts, 1))


def assemble(hits: list[Hit], spec: Spec) -> Context:
    """Take passages, the best first, that differ from those before them, as long as they fit.

    A passage that does not fit is left out whole and the next one is tried.
    """
    index = spec.retrieval.index
    assert index is not None
    taken: list[Hit] = []
    tokens = 0
    for hit in hits:
        if len(taken) == spec.retrieval.k:
            break
        if any(_alike(hit.place, other.place, index) for other in taken):
            continue
        # The whole text is counted: a tokenizer may join what meets at a seam.
        (offsets,) = spec.tokenizer.offsets([numbered([index.texts[h.place] for h in (*taken, hit)])])
        if len(offsets) <= spec.max_tokens:
            taken.append(hit)
            tokens = len(offsets)
    if not taken:
        return Context(None, None, [], TOO_LONG if hits else ABSTAINED)
    return Context(numbered([index.texts[hit.place] for hit in taken]), tokens, taken)


def _alike(one: int, other: int, index: Index) -> bool:
    if index.unit is not None and float(np.dot(index.unit[one].astype(np.float64), index.unit[other].astype(np.float64))) >= ALIKE:
        return True
    return words(index.texts[one]) == words(index.texts[other])


def contexts(questions: list[str], spec: Spec, call: Call) -> list[Context]:
    """Put together the context of each of distinct, non-blank questions."""
    found = spec.retrieval.find(questions, call, RESERVE * spec.retrieval.k)
    return [Context(None, None, [], hits.message) if isinstance(hits, Failure) else assemble(hits, spec) for hits in found]


def sources(context: Context, index: Index) -> list[dict[str, Any]] | None:
    """Write the passages of a context as ``SOURCE``."""
    if context.error:
        return None
    return [
        {"number": i, "source": index.sources[hit.place], "text": index.texts[hit.place], "score": hit.score}
        for i, hit in enumerate(context.hits, 1)
    ]


def run(column: pa.ChunkedArray, spec: Spec, call: Call) -> pa.StructArray:
    """Put together the contexts of a column of questions into ``RESULT``."""

    def evaluate(questions: list[str]) -> dict[str, pa.Array]:
        index = spec.retrieval.index
        assert index is not None
        found = contexts(questions, spec, call)
        return {
            "context": pa.array([c.text for c in found], pa.string()),
            "sources": pa.array([sources(c, index) for c in found], RESULT.field("sources").type),
            "tokens": pa.array([c.tokens for c in found], pa.int32()),
            "error": pa.array([c.error for c in found], pa.string()),
        }

    return apply(column, call, RESULT, evaluate)
