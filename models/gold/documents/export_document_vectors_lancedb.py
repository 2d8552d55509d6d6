"""Write the embeddings of documents into a LanceDB table, batch by batch."""

from typing import Any

ROWS = 4096
"""Rows in memory at a time."""


def model(dbt: Any, session: Any) -> Any:
    """Return one row: where the table is, and how many passages it holds."""
    dbt.config(materialized="table")
    from pathlib import Path

    import lancedb
    import pyarrow as pa

    folder = Path(dbt.config.meta_get("lancedb")).expanduser()
    folder.mkdir(parents=True, exist_ok=True)
    vectors = dbt.ref("export_document_vectors").project("chunk_id, path, ordinal, chunk_text, embedding::float[384] as vector")
    reader = vectors.to_arrow_reader(ROWS)
    table = lancedb.connect(str(folder)).create_table("document_vectors", reader, schema=reader.schema, mode="overwrite")
    return pa.table({"location": [str(folder)], "table_name": ["document_vectors"], "chunk_count": [table.count_rows()]})
