"""What is known of a set before it is measured, and the pieces of SQL that the sets share."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.machine import public_sets
from benchmarks.quality.measures import Measure

NEVER, SAME = "no", "its training split"


@dataclass(frozen=True)
class PublicSet:
    """A public set, or texts of the project's own, and how they are asked.

    Attributes:
        name: on the command line and in ``results/quality.json``.
        function: the macro that answers.
        source: the set as people call it.
        split: rows that are asked.
        trained_on: what the shipped weights saw of the set; begins with ``no`` where they saw nothing.
        metrics: the figures that stand for the set, the first one first.
        sql: makes the SQL of the dbt model, whose rows the measure takes; None where another command measures the set.
        measure: makes figures of the rows.
        model: whose fingerprint belongs to the figures, a key of ``MODELS``; None for that of the function.
        is_calibrated: whether the answers have probabilities that the measure judges.
        note: what a reader has to know of these figures.
    """

    name: str
    function: str
    source: str
    split: str
    trained_on: str
    metrics: tuple[str, ...]
    sql: Callable[[], str] | None = None
    measure: Measure | None = None
    model: str | None = None
    is_calibrated: bool = False
    note: str = ""

    @property
    def is_trained_on(self) -> bool:
        """Whether the shipped weights saw other rows of the set."""
        return not self.trained_on.startswith(NEVER)

    @property
    def title(self) -> str:
        """The set and its rows, for people."""
        return f"{self.source}, {self.split}"


def parquet(name: str, table: str | None = None) -> str:
    """Return a FROM item for a public set."""
    return f"read_parquet('{public_sets()}/{name}/{table or name}.parquet')"


def literal(value: object) -> str:
    """Write a value as Jinja."""
    return json.dumps(value, ensure_ascii=False).replace("null", "none")


def sql_text(value: str) -> str:
    """Quote a text for SQL."""
    return "'" + value.replace("'", "''") + "'"
