"""Sentences and paragraphs of a text, with their places; the boundaries are those of ``sentencex``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import sentencex

from warehouse_ai.functions.frame import Call, apply
from warehouse_ai.models.registry import Library

NAME = "sentences"
MODEL = Library("sentencex", "sentence boundaries", "MIT")
RESULT = pa.struct([("value", pa.list_(pa.string())), ("error", pa.string()), ("model", pa.string())])
LONG = 400
"""Characters without an end mark after which a line break also ends a sentence: lists, tables, logs."""


@dataclass(frozen=True)
class Sentence:
    """A sentence, white space around it excluded.

    Attributes:
        start: character offset of its first character.
        end: character offset behind its last.
        opens_paragraph: whether a blank line, or the start of the text, stands before it.
    """

    start: int
    end: int
    opens_paragraph: bool


def sentences(text: str, language: str = "en") -> list[Sentence]:
    """Split a text into sentences; every character that is not white space is in one of them."""
    found: list[Sentence] = []
    opens = True
    for boundary in sentencex.get_sentence_boundaries(language, text):
        start, end = boundary["start_index"], boundary["end_index"]
        for line_start, line_end in _lines(text, start, end):
            body = text[line_start:line_end]
            stripped = body.strip()
            if stripped:
                first = line_start + len(body) - len(body.lstrip())
                found.append(Sentence(first, first + len(stripped), opens))
                opens = False
        opens = opens or boundary["is_paragraph_break"]
    return found


def _lines(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Split what is too long for a sentence at its line breaks."""
    if end - start <= LONG or "\n" not in text[start:end].strip():
        return [(start, end)]
    places, at = [], start
    for line in text[start:end].splitlines(keepends=True):
        places.append((at, at + len(line)))
        at += len(line)
    return places


@dataclass(frozen=True)
class Spec:
    """Nothing can be chosen."""

    @classmethod
    def parse(cls, options: dict[str, Any]) -> Spec:
        """Read what the macro printed."""
        return cls()


def run(column: pa.ChunkedArray, spec: Spec, call: Call) -> pa.StructArray:
    """Split a column of texts into ``RESULT``: sentences in their order, white space around them excluded."""

    def evaluate(texts: list[str]) -> dict[str, pa.Array]:
        value = [[text[s.start : s.end] for s in sentences(text)] for text in texts]
        return {"value": pa.array(value, RESULT.field("value").type), "error": pa.nulls(len(texts), pa.string())}

    return apply(column, call, RESULT, evaluate)
