"""``ai_detect_pii``, which is what ``ai_redact`` masks."""

from __future__ import annotations

from benchmarks.quality.measures import PII, personal
from benchmarks.quality.sets.definition import PublicSet, literal, parquet


def every_category() -> str:
    """Model SQL that looks for all categories of the set."""
    call = f"warehouse_ai.ai_detect_pii('text', categories={literal(sorted(set(PII.values())))})"
    return f"select text, entities, {{{{ {call} }}}} from {parquet('presidio_pii')} where fold >= 8"


SETS = (
    PublicSet(
        name="presidio_folds_8_9",
        function="ai_detect_pii",
        source="Presidio's synthetic sentences",
        split="folds 8 and 9",
        trained_on="folds 0 to 7",
        metrics=("f1", "token_f2"),
        sql=every_category,
        measure=personal,
        model="redact",
        note="`f1` wants category, start and end. `token_f2` asks only whether a word is personal, and recall weighs twice as much as"
        " precision: the measure of presidio-research, which cuts tokens by spaCy and leaves stop words out. Its figures are of all 1,500"
        " sentences; those of two folds of the templates are asked here.",
    ),
)
