from __future__ import annotations

from collections.abc import Callable

import pytest

from conftest import Project

LEDGER = "from main.ai_ledger where function = 'ai_moderate' and node_id like '%moderation_scores'"
SILVER = ("stg_user_content", "moderation_reviewed", "moderation_scores", "moderation_decisions")


@pytest.fixture
def moderated(copy_of: Callable[[], Project]) -> Project:
    """The pipeline as it was built."""
    return copy_of()


def levels(project: Project) -> dict[str, str]:
    return dict(project.query("select content_id, model_level from main_silver.moderation_decisions"))  # type: ignore[arg-type]


def test_another_policy_changes_decisions_without_calling_the_model(moderated: Project) -> None:
    before = levels(moderated)
    version = moderated.query("select any_value(policy_version) from main_silver.moderation_decisions")[0][0]
    scored, computed = moderated.query(f"select sum(distinct_texts), sum(computed) {LEDGER}")[0]
    assert scored == len(before) == 1000
    moderated.dbt("run", "--select", *SILVER, "fct_moderation", moderation_policy="strict")
    after = levels(moderated)
    assert moderated.query(f"select sum(computed) {LEDGER}") == [(computed,)]
    assert moderated.query("select distinct policy_name from main_gold.fct_moderation") == [("strict",)]
    assert moderated.query("select any_value(policy_version) from main_silver.moderation_decisions")[0][0] != version
    order = ["approved", "flagged", "review_required", "rejected"]
    moved = [key for key in before if before[key] != after[key]]
    assert len(moved) > 20
    # The strict thresholds lie below the default ones throughout, so that no decision becomes milder.
    assert all(order.index(after[key]) > order.index(before[key]) for key in moved)


def test_an_unknown_policy_is_named_with_those_that_there_are(moderated: Project) -> None:
    output = moderated.dbt("run", "--select", "moderation_decisions", fails=True, moderation_policy="lax")
    assert "names the unknown policy 'lax'" in output
    assert "strict" in output


def test_a_new_review_moves_the_final_decision_and_no_score(moderated: Project) -> None:
    scores = "select md5(string_agg(to_json(s), '' order by content_id)) from main_silver.moderation_scores as s"
    before = moderated.query(scores)
    decision = "select final_level, decided_by, is_overridden from main_silver.moderation_decisions where content_id = 'post-1'"
    assert moderated.query(decision) == [("approved", "policy", False)]
    with (moderated.folder / "seeds/moderation_reviews.csv").open("a", encoding="utf8") as file:
        file.write("post,1,ines,2026-06-02 09:00:00,flagged,\n")
    moderated.dbt("build", "--select", "moderation_reviews", *SILVER, "--exclude", "resource_type:test", "resource_type:unit_test")
    assert moderated.query(scores) == before
    assert moderated.query(decision) == [("flagged", "reviewer", True)]
