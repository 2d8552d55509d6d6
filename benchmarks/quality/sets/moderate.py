"""``ai_moderate``: probabilities of harmful content."""

from __future__ import annotations

from collections.abc import Callable

import duckdb
from training.folds import fold_of

from benchmarks.quality.measures import HARMS, Measure, davidson, harm, offensive, spam
from benchmarks.quality.sets.definition import SAME, PublicSet, parquet, sql_text


def moderation(name: str, where: str | Callable[[], str], label: str) -> Callable[[], str]:
    """Model SQL for the scores of the categories."""

    def sql() -> str:
        rows = where if isinstance(where, str) else where()
        answers = f"select *, {{{{ warehouse_ai.ai_moderate_detail('text') }}}} as answer from {parquet(name)} where {rows}"
        return f"select {label}, answer.scores from ({answers})"

    return sql


def held_samples() -> str:
    """Condition on the moderation samples in the folds that training leaves out."""
    texts = duckdb.execute(f"select text from {parquet('openai_moderation')}").fetchall()
    literals = ", ".join(sql_text(text) for (text,) in texts if fold_of(text) >= 8)
    return f"text in ({{% raw %}}{literals}{{% endraw %}})"


def scored(
    name: str,
    source: str,
    split: str,
    trained_on: str,
    metrics: tuple[str, ...],
    sql: Callable[[], str],
    measure: Measure,
    note: str = "",
) -> PublicSet:
    """Describe a set of texts that may be harmful."""
    return PublicSet(name, "ai_moderate", source, split, trained_on, metrics, sql, measure, is_calibrated=True, note=note)


HELD, FOLDS = "folds 8 and 9", "folds 0 to 7"
SETS = (
    scored(
        "davidson_folds_8_9",
        "Davidson's tweets",
        HELD,
        FOLDS,
        ("weighted_f1",),
        moderation("davidson_hate", "fold >= 8", "label"),
        davidson,
        note="hate where P(hate) is 0.5 or more, else offensive where P(toxicity) is, else neither.",
    ),
    scored("olid_test", "OLID", "test", SAME, ("macro_f1",), moderation("olid", "split = 'test'", "label = 'OFF'"), offensive),
    scored(
        "wiki_toxicity_folds_8_9",
        "Wikipedia toxicity",
        HELD,
        FOLDS,
        ("auc",),
        moderation("wiki_toxicity", "fold >= 8", "label = 'toxic'"),
        offensive,
        note="The published figures are of Jigsaw's whole test, from the same source and larger.",
    ),
    scored("sms_spam_folds_8_9", "SMS Spam", HELD, FOLDS, ("f1",), moderation("sms_spam", "fold >= 8", "label"), spam),
    scored(
        "openai_moderation_folds_8_9",
        "OpenAI moderation",
        HELD,
        f"{FOLDS} by md5 of the text",
        tuple(f"{category}_average_precision" for category in HARMS),
        moderation("openai_moderation", held_samples, "[S, H, V, SH]"),
        harm,
        note="Area under precision and recall by category, on some tens of rows each; the published figures are of all 1,680 samples.",
    ),
)
