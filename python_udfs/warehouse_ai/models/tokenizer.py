"""WordPiece tokenization of the default encoder, with windows for texts that are too long."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tokenizers import Encoding
from tokenizers import Tokenizer as HFTokenizer


@dataclass(frozen=True)
class Window:
    """A piece of a text that fits the model.

    Attributes:
        text: index of the text it comes from.
        ids: int32 token ids, special tokens included.
        offsets: int32 ``[tokens, 2]`` character offsets into the text; (0, 0) at special tokens.
    """

    text: int
    ids: np.ndarray
    offsets: np.ndarray


class Tokenizer:
    """The model's own tokenizer; thread-safe."""

    def __init__(self, path: Path, max_tokens: int) -> None:
        self._tokenizer = HFTokenizer.from_file(str(path))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._cls = np.array([self._tokenizer.token_to_id("[CLS]")], np.int32)
        self._sep = np.array([self._tokenizer.token_to_id("[SEP]")], np.int32)
        self.max_tokens = max_tokens

    def windows(self, texts: list[str], overlap: int = 0) -> list[Window]:
        """Tokenize texts and split those over ``max_tokens`` into windows.

        Args:
            texts: any strings.
            overlap: tokens that neighbouring windows of one text share.

        Returns:
            At least one window a text, in the order of the texts. No token is ever dropped.
        """
        encodings = self._tokenizer.encode_batch(texts, add_special_tokens=False)
        return [window for index, encoding in enumerate(encodings) for window in self._split(index, encoding, overlap)]

    def vocabulary(self) -> dict[str, int]:
        """Return every token with its id."""
        return self._tokenizer.get_vocab()

    def tokens(self, texts: list[str]) -> list[tuple[np.ndarray, np.ndarray]]:
        """Tokenize texts whole, special tokens excluded: int32 ids ``[tokens]`` and character offsets ``[tokens, 2]`` of each."""
        encodings = self._tokenizer.encode_batch(texts, add_special_tokens=False)
        return [(np.asarray(e.ids, np.int32), np.asarray(e.offsets, np.int32).reshape(-1, 2)) for e in encodings]

    def offsets(self, texts: list[str]) -> list[np.ndarray]:
        """Tokenize texts whole: int32 ``[tokens, 2]`` character offsets of each, special tokens excluded."""
        return [offsets for _, offsets in self.tokens(texts)]

    def _split(self, text: int, encoding: Encoding, overlap: int) -> Iterator[Window]:
        ids = np.asarray(encoding.ids, np.int32)
        offsets = np.asarray(encoding.offsets, np.int32).reshape(-1, 2)
        none = np.zeros((1, 2), np.int32)
        body, start = self.max_tokens - 2, 0
        while True:
            stop = min(start + body, len(ids))
            yield Window(
                text,
                np.concatenate((self._cls, ids[start:stop], self._sep)),
                np.concatenate((none, offsets[start:stop], none)),
            )
            if stop == len(ids):
                return
            start = stop - overlap
