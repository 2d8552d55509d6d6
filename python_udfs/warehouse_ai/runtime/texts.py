"""Reduce a column of texts to what a model has to see: NULL and blank rows out, each text once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

NULL = -1
BLANK = -2


@dataclass(frozen=True)
class Distinct:
    """The distinct texts of a column and where each row finds its own.

    Attributes:
        texts: distinct, non-blank texts in order of first appearance.
        rows: int64 ``[rows]``, an index into ``texts``, or ``NULL``, or ``BLANK``.
    """

    texts: list[str]
    rows: np.ndarray


def distinct(column: pa.ChunkedArray | pa.Array) -> Distinct:
    """Remove NULL and blank rows and duplicates from a string column."""
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks) if array.num_chunks else pa.array([], pa.string())
    encoded = array.dictionary_encode()
    values = encoded.dictionary
    blank = pc.equal(pc.utf8_length(pc.utf8_trim_whitespace(values)), 0).to_numpy(zero_copy_only=False).astype(bool)
    # Renumber the dictionary without its blank values; NULL rows point past its end.
    target = np.full(len(values) + 1, BLANK, np.int64)
    target[:-1][~blank] = np.arange(int((~blank).sum()))
    target[-1] = NULL
    rows = target[encoded.indices.fill_null(len(values)).to_numpy(zero_copy_only=False).astype(np.int64)]
    kept = values.filter(pa.array(~blank)) if blank.any() else values
    return Distinct(kept.to_pylist(), rows)
