"""Texts that were written and labelled for this project, in ``benchmarks/labelled/``; nothing was trained on them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from benchmarks.quality.measures import lengths, phrases, spans_by_kind, split_sentences, summaries
from benchmarks.quality.sets.definition import PublicSet, literal, sql_text

ROOT = Path(__file__).parents[3]
LABELLED = ROOT / "benchmarks/labelled"
TRAINED = ROOT / "training/data"
OWN, WRITTEN = "this project's own", "no; written for this project"
PHRASES = 8
"""Key phrases that are asked for; the texts have four to eight labelled ones."""


def read(path: Path) -> list[dict[str, Any]]:
    """Read a file of labelled texts."""
    return [json.loads(line) for line in path.read_text(encoding="utf8").splitlines()]


def plain(name: str) -> str:
    """Write the name of a field so that two spellings of it are the same."""
    return name.lower().replace("_", " ")


def trained_names() -> set[str]:
    """Return the names of all fields that the model was trained to find, or to find absent, in this project's own training texts."""
    texts = [text for path in sorted(TRAINED.glob("extract_*.jsonl")) for text in read(path)]
    return {plain(name) for text in texts for name in (*text["fields"], *text["absent"])}


def occurrences(text: str, span: str) -> list[tuple[int, int]]:
    """Find every place of a span where it stands as whole words."""
    return [match.span() for match in re.finditer(rf"(?<!\w){re.escape(span)}(?!\w)", text)]


def asked(row: dict[str, Any], trained: set[str]) -> str:
    """SQL that asks a text for its own fields; empty where all their names were trained on."""
    names = [name for name in (*row["fields"], *row["absent"]) if plain(name) not in trained]
    if not names:
        return ""
    gold = [
        {"label": name, "start": start, "end": end}
        for name in names
        for span in row["fields"].get(name, ())
        for start, end in occurrences(row["text"], span)
    ]
    call = f"warehouse_ai.ai_extract_detail('text', {literal(dict.fromkeys(names, 'string[]'))})"
    answer = f"select {{{{ {call} }}}} as answer from (select {sql_text(row['text'])} as text)"
    return f"select '{row['kind']}', {sql_text(json.dumps(gold, ensure_ascii=False))}, answer.spans from ({answer})"


def own_fields() -> str:
    """Model SQL that asks each text for its own fields, those that it lacks among them, without names that were trained on."""
    trained = trained_names()
    return "\nunion all\n".join(filter(None, (asked(row, trained) for row in read(LABELLED / "fields.jsonl"))))


def source(name: str) -> str:
    """Return a FROM item for a file of labelled texts."""
    return f"read_json({sql_text(str(LABELLED / name))}, format='newline_delimited')"


def own_keywords() -> str:
    """Model SQL that asks for the key phrases of each text."""
    return f"select keywords, {{{{ warehouse_ai.ai_keywords('text', k={PHRASES}) }}}} from {source('keywords.jsonl')}"


def own_summaries() -> str:
    """Model SQL that asks for two sentences of each text, however long."""
    call = "warehouse_ai.ai_summarize('text', max_words=1000, max_sentences=2)"
    return f"select sentences, best, acceptable, {{{{ {call} }}}} from {source('summaries.jsonl')}"


def own_languages() -> str:
    """Model SQL that asks for the language of each text; of the twenty of a language eight are short, eight middle and four long."""
    ranked = f"select *, row_number() over (partition by language order by length(text)) as place from {source('languages.jsonl')}"
    length = "case when place <= 8 then 'short' when place <= 16 then 'middle' else 'long' end"
    return f"select {length}, language, {{{{ warehouse_ai.ai_detect_language('text') }}}} from ({ranked})"


def own_sentences() -> str:
    """Model SQL that asks for the sentences of each text."""
    return f"select text, sentences, {{{{ warehouse_ai.ai_sentences('text') }}}} from {source('sentences.jsonl')}"


SETS = (
    PublicSet(
        name="own_fields",
        function="ai_extract",
        source=f"{OWN} notes, tickets and invoices",
        split="fields of each text that no training text names",
        trained_on=WRITTEN,
        metrics=("f1",),
        sql=own_fields,
        measure=spans_by_kind,
        note="150 texts, each asked for fields of its own, a quarter of which it lacks. A field whose name stands anywhere in the training"
        " texts is left out.",
    ),
    PublicSet(
        name="own_keywords",
        function="ai_keywords",
        source=f"{OWN} letters and articles",
        split=f"{PHRASES} phrases of each",
        trained_on=WRITTEN,
        metrics=("f1",),
        sql=own_keywords,
        measure=phrases,
        note="Always as many phrases are asked for, mostly more than are labelled, so that the precision cannot reach 1.",
    ),
    PublicSet(
        name="own_summaries",
        function="ai_summarize",
        source=f"{OWN} letters and articles",
        split="two sentences of each",
        trained_on=WRITTEN,
        metrics=("best_recall",),
        sql=own_summaries,
        measure=summaries,
        note="Two sentences of a text are labelled as the best, some others as acceptable.",
    ),
    PublicSet(
        name="own_languages",
        function="ai_detect_language",
        source=f"{OWN} texts in 12 languages",
        split="three lengths",
        trained_on=WRITTEN,
        metrics=("accuracy",),
        sql=own_languages,
        measure=lengths,
        note="In languages with an alphabet short texts have 15 to 37 characters, middle ones 40 to 75, long ones 122 to 188.",
    ),
    PublicSet(
        name="own_sentences",
        function="ai_sentences",
        source=f"{OWN} texts with abbreviations, addresses and lists",
        split="all",
        trained_on=WRITTEN,
        metrics=("f1",),
        sql=own_sentences,
        measure=split_sentences,
        note="`F1` is of the ends of sentences within a text; the end of the text itself does not count.",
    ),
)
