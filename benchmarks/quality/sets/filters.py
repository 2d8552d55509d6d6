"""``ai_filter``: whether a statement is true of a text."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.quality.measures import entailed
from benchmarks.quality.sets.definition import PublicSet, parquet


def statements(name: str, where: str) -> Callable[[], str]:
    """Model SQL that judges each text by its own statement."""
    call = "warehouse_ai.ai_filter_detail('premise', {'sql': 'hypothesis'})"

    def sql() -> str:
        answers = f"select label, {{{{ {call} }}}} as answer from {parquet(name)} where {where}"
        return f"select label = 'entailment', answer.value, answer.score from ({answers})"

    return sql


def judged(name: str, source: str, split: str, trained_on: str, sql: Callable[[], str]) -> PublicSet:
    """Describe a set of texts with their statements."""
    return PublicSet(name, "ai_filter", source, split, trained_on, ("balanced_accuracy",), sql, entailed, is_calibrated=True)


SETS = (
    judged(
        "mnli_dev_odd_folds",
        "MultiNLI",
        "development, odd folds",
        "its even folds",
        statements("mnli_dev", "fold % 2 = 1"),
    ),
    judged("snli_test", "SNLI", "test", "its development split", statements("snli_devtest", "split = 'test'")),
    # The rows of its test split are published without labels.
    judged("conjnli_dev", "ConjNLI", "development", "adversarial pairs made from like sentences", statements("conjnli", "split = 'dev'")),
)
