"""Call functions the way the macros do, without dbt."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from warehouse_ai.engines.duckdb import MODELS

SPECS: dict[str, dict[str, Any]] = {
    "classify": {"labels": [{"name": "billing"}, {"name": "software bug", "description": "something is broken"}]},
    "sentiment": {},
    "extract": {"fields": [{"name": "person", "type": "string", "many": False}]},
}


def spec(function: str, **options: Any) -> str:
    return json.dumps({"function": function, "model": MODELS[function].model, "on_error": "null", **SPECS[function], **options})


def call(
    connection: duckdb.DuckDBPyConnection,
    function: str,
    texts: list[str | None],
    cache: Path,
    context: dict[str, Any] | None = None,
    **options: Any,
) -> list[dict[str, Any] | None]:
    """Return one struct a text, in order."""
    connection.register("texts", pa.table({"place": range(len(texts)), "body": pa.array(texts, pa.string())}))
    rows = connection.execute(
        f"select wai_{function}(body, wai_spec(?, ?)) from texts order by place",
        [spec(function, **options), json.dumps({"cache_dir": str(cache), **(context or {})})],
    ).fetchall()
    return [row[0] for row in rows]
