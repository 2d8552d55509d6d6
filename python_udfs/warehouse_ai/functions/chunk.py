"""Cut a text into chunks of bounded length that end where sentences or paragraphs end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from warehouse_ai.functions.frame import Call, apply
from warehouse_ai.functions.sentences import sentences
from warehouse_ai.models.named import NamedModel
from warehouse_ai.models.registry import ENCODER, load_tokenizer
from warehouse_ai.models.tokenizer import Tokenizer

NAME = "chunk"
MODEL = ENCODER
CHUNK = pa.struct([("text", pa.string()), ("start", pa.int32()), ("end", pa.int32()), ("tokens", pa.int32())])
RESULT = pa.struct([("value", pa.list_(CHUNK)), ("error", pa.string()), ("model", pa.string())])
FULL = 0.6
"""Share of ``max_tokens`` from which on a chunk rather ends with its paragraph than takes the start of the next."""


@dataclass(frozen=True)
class Spec:
    """Size of a chunk.

    Attributes:
        max_tokens: most tokens of a chunk, special tokens excluded, at least 1.
        overlap: tokens of the end of a chunk that the next one repeats, at most, in whole sentences; below ``max_tokens``.
        tokenizer: of the default encoder, or the model that the user names.
    """

    max_tokens: int
    overlap: int
    tokenizer: Tokenizer | NamedModel

    @classmethod
    def parse(cls, options: dict[str, Any]) -> Spec:
        """Read what the macro printed."""
        return cls(int(options["max_tokens"]), int(options["overlap"]), NamedModel.parse(options) or load_tokenizer())


@dataclass(frozen=True)
class Piece:
    """A run of tokens that is not cut: a sentence, or part of one that is too long."""

    first: int
    last: int
    opens_paragraph: bool


def chunks(text: str, offsets: np.ndarray, spec: Spec) -> list[tuple[int, int]]:
    """Cut one text.

    Args:
        text: what to cut.
        offsets: int32 ``[tokens, 2]``, character offsets of its tokens.
        spec: sizes.

    Returns:
        First and last token (exclusive) of each chunk. Every token is in one of them; none has more than ``max_tokens``.
    """
    pieces = _pieces(text, offsets, spec.max_tokens)
    found: list[tuple[int, int]] = []
    current: list[Piece] = []
    for piece in pieces:
        size = piece.last - current[0].first if current else 0
        ends_here = bool(current) and piece.opens_paragraph and current[-1].last - current[0].first >= FULL * spec.max_tokens
        if current and (size > spec.max_tokens or ends_here):
            found.append((current[0].first, current[-1].last))
            current = _repeated(current, spec.overlap, spec.max_tokens - (piece.last - piece.first))
        current.append(piece)
    if current:
        found.append((current[0].first, current[-1].last))
    return found


def _pieces(text: str, offsets: np.ndarray, max_tokens: int) -> list[Piece]:
    starts = offsets[:, 0]
    pieces: list[Piece] = []
    first = 0
    found = sentences(text)
    for index, sentence in enumerate(found):
        following = found[index + 1].start if index + 1 < len(found) else len(text) + 1
        last = int(np.searchsorted(starts, following))
        opens = sentence.opens_paragraph
        while last - first > max_tokens:
            cut = _word_start(offsets, first, first + max_tokens)
            pieces.append(Piece(first, cut, opens))
            first, opens = cut, False
        if last > first:
            pieces.append(Piece(first, last, opens))
        first = last
    return pieces


def _word_start(offsets: np.ndarray, first: int, limit: int) -> int:
    """Return the last token up to ``limit`` that begins a word, or the limit in the midst of a single endless word."""
    for cut in range(limit, first, -1):
        if offsets[cut, 0] > offsets[cut - 1, 1]:
            return cut
    return limit


def _repeated(pieces: list[Piece], overlap: int, room: int) -> list[Piece]:
    kept: list[Piece] = []
    for piece in reversed(pieces):
        if pieces[-1].last - piece.first > min(overlap, room):
            break
        kept.insert(0, piece)
    return kept


def run(column: pa.ChunkedArray, spec: Spec, call: Call) -> pa.StructArray:
    """Cut a column of texts into ``RESULT``."""

    def evaluate(texts: list[str]) -> dict[str, pa.Array]:
        value = []
        for text, offsets in zip(texts, spec.tokenizer.offsets(texts), strict=True):
            places = [(int(offsets[a, 0]), int(offsets[b - 1, 1]), b - a) for a, b in chunks(text, offsets, spec)]
            value.append([{"text": text[a:b], "start": a, "end": b, "tokens": n} for a, b, n in places])
        return {"value": pa.array(value, RESULT.field("value").type), "error": pa.nulls(len(texts), pa.string())}

    return apply(column, call, RESULT, evaluate)
