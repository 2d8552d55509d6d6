"""The functions by name."""

from __future__ import annotations

from types import ModuleType

from warehouse_ai.functions import (
    answer,
    chunk,
    classify,
    classify_image,
    classify_multi,
    complete,
    context,
    embed,
    embed_image,
    extract,
    filter,
    heads,
    image_features,
    keywords,
    language,
    moderate,
    near_duplicates,
    parse_document,
    redact,
    search,
    sentences,
    sentiment,
    sentiment_aspects,
    summarize,
    summarize_agg,
    tokens,
)

COLUMN_FUNCTIONS = (
    *(chunk, classify, classify_multi, embed, extract, filter, keywords, language, moderate, redact, sentences, sentiment),
    *(sentiment_aspects, summarize, tokens),
)
FILE_FUNCTIONS = (classify_image, embed_image, image_features, parse_document)
"""Their column holds paths, not texts."""
AGGREGATES = (heads, near_duplicates, summarize_agg)
SEARCHES = (answer, context, search)
"""Functions of a column of questions, over passages that ``wai_index`` has read."""
GENERATIVE = (complete,)
"""Functions of a column whose model the caller chooses."""
FUNCTIONS: dict[str, ModuleType] = {
    module.NAME: module for module in (*COLUMN_FUNCTIONS, *FILE_FUNCTIONS, *AGGREGATES, *SEARCHES, *GENERATIVE)
}
"""Each module has ``NAME``, ``MODEL``, ``RESULT`` (Arrow struct), ``Spec.parse(options)`` and ``run(column, spec, call)``;
an aggregate also ``INPUTS``, the SQL types of its lists, and takes a list of columns."""
