"""Embeddings of texts that come and go as Arrow record batches."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from warehouse_ai.functions import embed
from warehouse_ai.functions.frame import Call
from warehouse_ai.models.registry import ENCODER
from warehouse_ai.runtime.context import Context

VECTOR = pa.list_(pa.float32(), ENCODER.dimension)


def embed_batches(rows: pa.RecordBatchReader, text: str, context: Context) -> pa.RecordBatchReader:
    """Embed a column batch by batch, when the result is read; the result cache is shared with ``ai_embed``.

    Args:
        rows: any columns; all but the text are handed on.
        text: name of the column to embed; NULL and blank texts get a NULL vector.
        context: who asks, and where the cache is.

    Returns:
        The other columns and ``embedding``, float32 ``[384]`` of norm 1; a batch for each of the input.

    Raises:
        RowFailed: while the result is read, if a text could not be embedded.
    """
    call = Call("ai_embed", ENCODER.model, "fail", context)
    spec = embed.Spec.parse({})
    kept = [name for name in rows.schema.names if name != text]
    schema = pa.schema([*(rows.schema.field(name) for name in kept), ("embedding", VECTOR)])

    def results() -> Iterator[pa.RecordBatch]:
        for batch in rows:
            found = embed.run(pa.chunked_array([batch[text].cast(pa.string())]), spec, call)
            yield pa.RecordBatch.from_arrays([*(batch[name] for name in kept), found.field("value").cast(VECTOR)], schema=schema)

    return pa.RecordBatchReader.from_batches(schema, results())
