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
    "chunk": {"max_tokens": 20, "overlap": 8},
    "classify_multi": {"labels": [{"name": "billing"}, {"name": "software bug"}], "threshold": 0.1},
    "count_tokens": {},
    "detect_language": {},
    "embed": {},
    "filter": {"predicate": "the customer is angry"},
    "keywords": {"k": 3},
    "moderate": {"policy": {"spam": {"flagged": 0.5}}},
    "redact": {"categories": ["person", "email", "phone"], "replacement": "[{category}]"},
    "sentences": {},
    "sentiment_aspects": {"aspects": ["app", "invoice"]},
    "summarize": {"max_words": 12},
}
"""A valid specification for every function of a column."""

AGGREGATES: dict[str, dict[str, Any]] = {"fit": {}, "near_duplicates": {"threshold": 0.9}, "summarize_agg": {"max_words": 12}}
"""The same for every aggregate."""


def spec(function: str, **options: Any) -> str:
    return json.dumps({"function": function, "model": MODELS[function], "on_error": "null", **(SPECS | AGGREGATES)[function], **options})


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
