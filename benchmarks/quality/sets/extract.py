"""``ai_extract``: spans for fields of any name."""

from __future__ import annotations

from collections.abc import Callable

import duckdb

from benchmarks.quality.measures import Measure, field_name, mean_of_parts, spans
from benchmarks.quality.sets.definition import NEVER, SAME, PublicSet, literal, parquet

SNIPS_INTENTS = ("AddToPlaylist", "BookRestaurant", "GetWeather", "PlayMusic", "RateBook", "SearchCreativeWork", "SearchScreeningEvent")
DOMAINS = {"ai": "AI", "literature": "literature", "music": "music", "politics": "politics", "science": "science"}


def fields_of(name: str, where: str) -> dict[str, str]:
    """Return a schema that asks for every label of some rows, as lists of strings."""
    entities = f"select unnest(cast(entities as json[])) as entity from {parquet(name)} where {where}"
    found = duckdb.execute(f"select distinct json_extract_string(entity, '$.label') from ({entities})")
    return {field_name(label): "string[]" for (label,) in sorted(found.fetchall())}


def asked(name: str, where: str, part: str = "") -> str:
    """SQL that asks for every label of some rows, with the name of the part in front where it has one."""
    call = f"warehouse_ai.ai_extract_detail('text', {literal(fields_of(name, where))})"
    answers = f"select entities, {{{{ {call} }}}} as answer from {parquet(name)} where {where}"
    return f"select {part and repr(part) + ', '}entities, answer.spans from ({answers})"


def extraction(name: str, where: str) -> Callable[[], str]:
    """Model SQL that asks for every label of some rows."""
    return lambda: asked(name, where)


def slots_of_the_intent() -> str:
    """Model SQL that asks each text for the slots of its own intent."""
    return "\nunion all\n".join(asked("snips", f"split = 'test' and label = '{intent}'") for intent in SNIPS_INTENTS)


def all_domains() -> str:
    """Model SQL that asks each text for the labels of its own domain."""
    return "\nunion all\n".join(asked("crossner", f"split = 'test' and domain = '{domain}'", domain) for domain in DOMAINS)


def found(
    name: str, source: str, split: str, trained_on: str, sql: Callable[[], str], measure: Measure = spans, note: str = ""
) -> PublicSet:
    """Describe a set of texts with spans."""
    return PublicSet(name, "ai_extract", source, split, trained_on, ("f1",), sql, measure, note=note)


SETS = (
    found(
        "snips_test",
        "SNIPS",
        "test, all 39 slots asked of every text",
        SAME,
        extraction("snips", "split = 'test'"),
        note="1.6 % of its test texts also stand in its training split. The published split cuts the same texts in another way.",
    ),
    found("snips_slots_of_the_intent", "SNIPS", "test, the slots of the text's own intent", SAME, slots_of_the_intent),
    found(
        "restaurant8k_test",
        "restaurant8k",
        "test",
        SAME,
        extraction("restaurant8k", "split = 'test'"),
        note="4.7 % of its test texts also stand in its training split.",
    ),
    *(
        found(f"crossner_{domain}", f"CrossNER {words}", "test", NEVER, extraction("crossner", f"split = 'test' and domain = '{domain}'"))
        for domain, words in DOMAINS.items()
    ),
    found("crossner_mean", "CrossNER", "test, mean of the five domains", NEVER, all_domains, mean_of_parts),
)
