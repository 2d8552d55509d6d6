"""Answers change only together with the changelog."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb

import frozen


def test_clear_answers_of_the_shipped_models_are_those_that_were_frozen(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    expected = json.loads(frozen.ANSWERS.read_text(encoding="utf8"))
    changed = frozen.changes(expected, frozen.answers(connection, tmp_path))
    assert not changed, "\n".join(["run python tests/python/frozen.py and tell CHANGELOG.md what changed:", *changed])


def test_the_changelog_holds_the_hash_of_the_frozen_answers() -> None:
    assert f"sha256 {frozen.sha256()}" in (frozen.ROOT / "CHANGELOG.md").read_text(encoding="utf8")


def test_a_clear_decision_that_flips_is_a_change_and_one_on_the_border_is_none() -> None:
    before = {"filter": [{"holds": [True, 0.4]} for _ in frozen.texts()]}
    border = {"filter": [{"holds": [True, 0.01]} for _ in frozen.texts()]}
    after = {"filter": [{"holds": [False, 0.02]} for _ in frozen.texts()]}
    assert len(frozen.changes(before, after)) == len(frozen.texts())
    assert not frozen.changes(border, after)
