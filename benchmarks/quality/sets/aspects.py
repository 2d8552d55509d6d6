"""``ai_sentiment_aspects``: what a text says of one of its aspects."""

from __future__ import annotations

from collections.abc import Callable

import duckdb

from benchmarks.quality.measures import agreement
from benchmarks.quality.sets.definition import SAME, PublicSet, literal, parquet, sql_text


def aspects(name: str, where: str, table: str | None = None) -> Callable[[], str]:
    """Model SQL that asks each text for its own aspect, one SELECT an aspect."""

    def sql() -> str:
        source = parquet(name, table)
        selects = []
        for (aspect,) in duckdb.execute(f"select distinct lower(aspect) from {source} where {where} order by 1").fetchall():
            call = f"warehouse_ai.ai_sentiment_aspects_detail('text', {literal([aspect])})"
            own = f"select label, {{{{ {call} }}}} as answer from {source} where {where} and lower(aspect) = {sql_text(aspect)}"
            selects.append(f"select label, map_values(answer.labels)[1] from ({own})")
        return "\nunion all\n".join(selects)

    return sql


def asked(name: str, source: str, split: str, sql: Callable[[], str]) -> PublicSet:
    """Describe a set of texts with their aspects."""
    return PublicSet(name, "ai_sentiment_aspects", source, split, SAME, ("accuracy",), sql, agreement)


SETS = (
    asked(
        "semeval14_restaurant",
        "SemEval-2014 restaurants",
        "test",
        aspects("semeval14_absa", "split = 'test' and domain = 'restaurant'"),
    ),
    asked("semeval14_laptop", "SemEval-2014 laptops", "test", aspects("semeval14_absa", "split = 'test' and domain = 'laptop'")),
    asked("mams_terms", "MAMS aspect terms", "test", aspects("mams_absa", "split = 'test'", "mams_atsa")),
)
