"""WordPiece tokenization of the default encoder, with windows for texts that are too long."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
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
        self._cls = self._tokenizer.token_to_id("[CLS]")
        self._sep = self._tokenizer.token_to_id("[SEP]")
        self.max_tokens = max_tokens

    def windows(self, texts: list[str], overlap: int = 0) -> list[Window]:
        """Tokenize texts and split those over ``max_tokens`` into windows.

        Args:
            texts: any strings.
            overlap: tokens that neighbouring windows of one text share.

        Returns:
            At least one window a text, in the order of the texts. No token is ever dropped.
        """
        body = self.max_tokens - 2
        windows = []
        for index, encoding in enumerate(self._tokenizer.encode_batch_fast(texts, add_special_tokens=False) if not overlap
                                         else self._tokenizer.encode_batch(texts, add_special_tokens=False)):
            windows.extend(self._split(index, encoding, body, overlap))
        return windows

    def _split(self, index, encoding, body, overlap):
        ids = np.asarray(encoding.ids, dtype=np.int32)
        offsets = np.asarray(encoding.offsets, dtype=np.int32).reshape(-1, 2)
        start = 0
        while True:
            stop = min(start + body, len(ids))
            none = np.zeros((1, 2), np.int32)
            yield Window(
                index,
                np.concatenate(([self._cls], ids[start:stop], [self._sep])).astype(np.int32),
                np.concatenate((none, offsets[start:stop], none)),
            )
            if stop == len(ids):
                return
            start = stop - overlap
