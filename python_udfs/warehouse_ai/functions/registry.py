"""The functions by name."""

from __future__ import annotations

from types import ModuleType

from warehouse_ai.functions import (
    chunk,
    classify,
    classify_multi,
    embed,
    extract,
    filter,
    heads,
    keywords,
    language,
    moderate,
    near_duplicates,
    redact,
    sentiment,
    sentiment_aspects,
    summarize,
    summarize_agg,
    tokens,
)

COLUMN_FUNCTIONS = (
    *(chunk, classify, classify_multi, embed, extract, filter, keywords, language, moderate, redact, sentiment),
    *(sentiment_aspects, summarize, tokens),
)
AGGREGATES = (heads, near_duplicates, summarize_agg)
FUNCTIONS: dict[str, ModuleType] = {module.NAME: module for module in (*COLUMN_FUNCTIONS, *AGGREGATES)}
"""Each module has ``NAME``, ``MODEL``, ``RESULT`` (Arrow struct), ``Spec.parse(options)`` and ``run(column, spec, call)``;
an aggregate also ``INPUTS``, the SQL types of its lists, and takes a list of columns."""
