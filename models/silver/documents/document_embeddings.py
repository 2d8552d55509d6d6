"""Embed the chunks of documents as record batches stream through."""

from typing import Any

ROWS = 4096
"""Rows in memory at a time."""


def model(dbt: Any, session: Any) -> Any:
    """Return a reader, so that dbt-duckdb writes batch by batch and the table is never in memory as a whole."""
    dbt.config(materialized="table", tags=["ai"])
    from pathlib import Path

    from dbt.flags import get_flags
    from dbt_common.invocation import get_invocation_id

    from warehouse_ai.functions.embed_batches import embed_batches
    from warehouse_ai.runtime.context import Context

    flags = get_flags()
    given = {
        "cache_dir": dbt.config.meta_get("cache_dir"),
        "cache_max_gb": dbt.config.meta_get("cache_max_gb"),
        "max_new_rows": dbt.config.meta_get("max_new_rows"),
        "device": dbt.config.meta_get("device"),
    }
    given = {name: value for name, value in given.items() if value not in (None, "", "None")}
    if "cache_dir" in given:
        given["cache_dir"] = Path(flags.PROJECT_DIR or ".") / Path(given["cache_dir"]).expanduser()
    context = Context(invocation=get_invocation_id(), node=f"model.warehouse_ai.{dbt.this.identifier}", **given)
    chunks = dbt.ref("document_chunks").project("chunk_id, path, ordinal, chunk_text")
    # dbt limits what SQL refers to under --empty, but not this relation.
    if flags.EMPTY:
        chunks = chunks.filter("false")
    return embed_batches(chunks.order("path, ordinal").to_arrow_reader(ROWS), "chunk_text", context)
