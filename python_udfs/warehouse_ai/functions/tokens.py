"""Count the tokens of a text as a model sees them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from warehouse_ai.functions.frame import Call, apply
from warehouse_ai.models.named import NamedModel
from warehouse_ai.models.registry import ENCODER, load_tokenizer
from warehouse_ai.models.tokenizer import Tokenizer

NAME = "count_tokens"
MODEL = ENCODER
RESULT = pa.struct([("value", pa.int32()), ("error", pa.string()), ("model", pa.string())])


@dataclass(frozen=True)
class Spec:
    """Whose tokens.

    Attributes:
        tokenizer: of the default encoder, or the model that the user names.
    """

    tokenizer: Tokenizer | NamedModel

    @classmethod
    def parse(cls, options: dict[str, Any]) -> Spec:
        """Read what the macro printed."""
        return cls(NamedModel.parse(options) or load_tokenizer())


def run(column: pa.ChunkedArray, spec: Spec, call: Call) -> pa.StructArray:
    """Count the tokens of a column of texts into ``RESULT``, special tokens excluded."""

    def evaluate(texts: list[str]) -> dict[str, pa.Array]:
        counts = np.array([len(offsets) for offsets in spec.tokenizer.offsets(texts)], np.int32)
        return {"value": pa.array(counts), "error": pa.nulls(len(texts), pa.string())}

    return apply(column, call, RESULT, evaluate)
