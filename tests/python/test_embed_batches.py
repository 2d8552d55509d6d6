from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from warehouse_ai.functions.embed_batches import embed_batches
from warehouse_ai.runtime.context import Context

SCHEMA = pa.schema([("id", pa.int64()), ("body", pa.string())])


def batches(*rows: list[tuple[int, str | None]]) -> pa.RecordBatchReader:
    made = [pa.RecordBatch.from_pylist([{"id": i, "body": text} for i, text in batch], SCHEMA) for batch in rows]
    return pa.RecordBatchReader.from_batches(SCHEMA, made)


def test_vectors_keep_their_rows_and_null_stays_null(shared_cache: Path) -> None:
    found = embed_batches(batches([(1, "a red boat"), (2, None)], [(3, "a red boat"), (4, " ")]), "body", Context(cache_dir=shared_cache))
    table = found.read_all()
    assert table.column_names == ["id", "embedding"]
    assert table["id"].to_pylist() == [1, 2, 3, 4]
    assert [row is None for row in table["embedding"].to_pylist()] == [False, True, False, True]
    one, other = (np.array(table["embedding"][i].as_py()) for i in (0, 2))
    assert np.array_equal(one, other)
    assert abs(np.linalg.norm(one) - 1) < 1e-5


def test_no_batch_is_read_before_the_one_before_it_was_taken(shared_cache: Path) -> None:
    read = []

    def rows() -> Iterator[pa.RecordBatch]:
        for i in range(3):
            read.append(i)
            yield pa.RecordBatch.from_pylist([{"id": i, "body": f"boat {i}"}], SCHEMA)

    found = embed_batches(pa.RecordBatchReader.from_batches(SCHEMA, rows()), "body", Context(cache_dir=shared_cache))
    assert read == []
    found.read_next_batch()
    assert len(read) <= 2


def test_an_empty_input_gives_an_empty_table_of_the_same_columns(shared_cache: Path) -> None:
    table = embed_batches(batches(), "body", Context(cache_dir=shared_cache)).read_all()
    assert (table.num_rows, table.column_names) == (0, ["id", "embedding"])


def test_the_cap_on_new_rows_holds(tmp_path: Path) -> None:
    context = Context(cache_dir=tmp_path, max_new_rows=0, invocation="capped")
    with pytest.raises(Exception, match="warehouse_ai_max_new_rows"):
        embed_batches(batches([(1, "never computed")]), "body", context).read_all()
