"""SQL macros with the names of the dbt macros, for connections without dbt."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from warehouse_ai.functions.moderate import DEFAULT_POLICY
from warehouse_ai.functions.redact import DEFAULT
from warehouse_ai.functions.registry import FUNCTIONS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

LABELS = "list_transform(labels, lambda x: {'name': x})"
PREDICATE = {"predicate": "predicate", "threshold": "threshold"}
SCHEMA = "[{'name': field, 'type': 'string', 'many': false}]"
POLICY = f"coalesce(policy, '{json.dumps(DEFAULT_POLICY)}'::json)"
CATEGORIES = f"coalesce(categories, {list(DEFAULT)})"

CALLS: dict[str, tuple[str, str, dict[str, str], str]] = {
    "ai_chunk": ("max_tokens := 200, overlap := 0", "chunk", {"max_tokens": "max_tokens", "overlap": "overlap"}, ".value"),
    "ai_count_tokens": ("", "count_tokens", {}, ".value"),
    "ai_detect_language": ("", "detect_language", {}, ".value"),
    "ai_detect_pii": ("categories := null", "redact", {"categories": CATEGORIES, "replacement": "''"}, ".spans"),
    "ai_embed": ("", "embed", {}, ".value"),
    "ai_extract": ("field", "extract", {"fields": SCHEMA}, ""),
    "ai_keywords": ("k := 5", "keywords", {"k": "k"}, ".value"),
    "ai_redact": (
        "categories := null, replacement := '[{category}]'",
        "redact",
        {"categories": CATEGORIES, "replacement": "replacement"},
        ".value",
    ),
    "ai_score": ("predicate", "filter", {"predicate": "predicate"}, ".score"),
    "ai_sentences": ("", "sentences", {}, ".value"),
    "ai_sentiment_label": ("", "sentiment", {}, ".label"),
    "ai_summarize": ("max_words := 50", "summarize", {"max_words": "max_words"}, ".value"),
}
WITH_DETAIL: dict[str, tuple[str, str, dict[str, str]]] = {
    "ai_classify": (
        "labels, threshold := null, none_label := null",
        "classify",
        {"labels": LABELS, "threshold": "threshold", "none_label": "none_label"},
    ),
    "ai_classify_multi": ("labels, threshold := null", "classify_multi", {"labels": LABELS, "threshold": "threshold"}),
    "ai_filter": ("predicate, threshold := null", "filter", PREDICATE),
    "ai_moderate": ("policy := null", "moderate", {"policy": POLICY}),
    "ai_sentiment": ("", "sentiment", {}),
    "ai_sentiment_aspects": ("aspects", "sentiment_aspects", {"aspects": "aspects"}),
}


def create_macros(connection: DuckDBPyConnection) -> None:
    """Create one temporary macro for each function of a column, and ``ai_similarity``."""
    calls = dict(CALLS)
    for name, (parameters, function, options) in WITH_DETAIL.items():
        calls[name] = (parameters, function, options, ".value")
        calls[f"{name}_detail"] = (parameters, function, options, "")
    for name, (parameters, function, options, field) in calls.items():
        default = FUNCTIONS[function].MODEL.model
        given = {"function": f"'{function}'", "model": f"coalesce(model, '{default}')", "named": "model", "on_error": "'null'", **options}
        spec = ", ".join(f"'{key}', {value}" for key, value in given.items())
        call = f"wai_{function}(body, wai_spec(cast(json_object({spec}) as varchar), '{{}}'))"
        value = f"json_extract_string({call}.value, '$.\"' || field || '\"')" if function == "extract" else call + field
        signature = ", ".join(filter(None, ("body", parameters, "model := null")))
        connection.execute(f"create or replace temp macro {name}({signature}) as {value}")
    connection.execute(
        "create or replace temp macro ai_similarity(a, b, model := null) as "
        "cast(list_cosine_similarity(ai_embed(a, model := model), ai_embed(b, model := model)) as double)"
    )
