from __future__ import annotations

import csv
import runpy
from itertools import pairwise
from pathlib import Path

import pytest

from conftest import ROOT, Project, copy_project

LOOP = ("--select", "+rpt_topic_accuracy_by_round", "+topic_review_queue", "--exclude", "resource_type:unit_test", "resource_type:test")
ROUNDS = "select accuracy from main_gold.rpt_topic_accuracy_by_round where messages = 'english' order by review_round"


SCRIPT = runpy.run_path(str(ROOT / "seeds/review_topics.py"))


def reviews(folder: Path) -> list[dict[str, str]]:
    return SCRIPT["read"](folder / SCRIPT["SEED"])


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory, shared_cache: Path) -> Project:
    """A copy of the project whose three rounds were made anew."""
    project = Project(tmp_path_factory.mktemp("loop") / "project", shared_cache)
    project.folder.mkdir()
    copy_project(project.folder)
    # The same database and target folder throughout, so that dbt parses the project once.
    environment = project.environment | {"WAREHOUSE_AI_DATABASE": project.database.name}
    SCRIPT["review"](project.folder, environment)
    project.dbt("build", *LOOP)
    return project


def test_three_rounds_of_review_make_the_head_better(reviewed: Project) -> None:
    accuracies = [accuracy for (accuracy,) in reviewed.query(ROUNDS)]
    assert len(accuracies) == 4
    assert accuracies[-1] >= accuracies[0] + 0.05, accuracies
    # Other machines round otherwise and choose other messages: a round may lose what chance alone takes.
    assert all(later > earlier - 0.02 for earlier, later in pairwise(accuracies)), accuracies
    assert min(accuracies[1:]) > accuracies[0], accuracies


def test_the_rounds_of_the_seed_are_what_the_queue_chooses(reviewed: Project) -> None:
    made, kept = reviews(reviewed.folder), reviews(ROOT)
    assert [row["review_round"] for row in made] == ["0"] * 72 + [number for number in "123" for _ in range(80)]
    keys = [row["feedback_id"] for row in made if row["feedback_id"]]
    assert len(set(keys)) == len(keys)
    # The first round depends on arithmetic least; later ones on the heads before them.
    first, first_kept = ({row["feedback_id"] for row in rows if row["review_round"] == "1"} for rows in (made, kept))
    assert len(first & first_kept) >= 0.8 * len(first)


def test_a_review_stands_over_the_head_and_leaves_queue_and_evaluation(reviewed: Project) -> None:
    key, text, answer = reviewed.query(
        "select feedback_id, feedback_text, predicted_topic from main_silver.topic_review_queue where queue_position = 1"
    )[0]
    topic = "billing" if answer != "billing" else "delivery"
    heads = reviewed.query("select head.id from main_silver.topic_head")
    with (reviewed.folder / "seeds/topic_reviews.csv").open("a", encoding="utf8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerow((3, key, text, topic))
    reviewed.dbt("build", *LOOP)
    assert reviewed.query(f"select topic, decided_by from main_silver.feedback_topics where feedback_id = {key}") == [(topic, "reviewer")]
    for relation in ("topic_review_queue", "held_out_topics"):
        assert reviewed.query(f"select count(*) from main_silver.{relation} where feedback_id = {key}") == [(0,)]
    assert reviewed.query("select head.id from main_silver.topic_head") != heads
