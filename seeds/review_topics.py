"""Fill the rounds of ``topic_reviews.csv`` by the loop that the pipeline is made for.

    python seeds/review_topics.py

Keeps round 0. Then for each round: dbt fits the head on the rounds before and builds ``topic_review_queue``; the first messages of the
queue (var ``topic_review_batch``) get the topic that ``feedback_labels.csv`` has for them, as if a reviewer had answered, and join the
seed. Works in a database of its own and takes about a minute on an idle core. Run it again when the weights of ``classify`` or the rule of
the queue change: the same weights give the same file, however often it runs.
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb
import yaml

ROOT = Path(__file__).parents[1]
SEED = Path("seeds/topic_reviews.csv")
ROUNDS = 3
Row = dict[str, str]


def read(path: Path) -> list[Row]:
    """Read a seed."""
    with path.open(encoding="utf8", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, rows: list[Row]) -> None:
    """Write a seed with the columns of its first row."""
    with path.open("w", encoding="utf8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def queue(project: Path, environment: dict[str, str], batch: int) -> list[tuple[int, str]]:
    """Build the queue on what the seed holds and return the keys and texts of its first messages.

    Raises:
        SystemExit: dbt failed; with what it printed.
    """
    command = [str(Path(sys.executable).with_name("dbt")), "build", "--select", "+topic_review_queue"]
    command += ["--resource-type", "seed", "--resource-type", "model"]
    environment = {**os.environ, "DBT_PROFILES_DIR": str(project / "profiles"), **environment}
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    with duckdb.connect(str(project / environment["WAREHOUSE_AI_DATABASE"]), read_only=True) as connection:
        return connection.execute(
            "select feedback_id, feedback_text from main_silver.topic_review_queue order by queue_position limit ?", [batch]
        ).fetchall()


def review(project: Path, environment: dict[str, str], rounds: int = ROUNDS) -> None:
    """Fill the rounds of a project's seed.

    Args:
        project: folder of the dbt project.
        environment: variables for dbt, `WAREHOUSE_AI_DATABASE` among them, absolute or relative to the project.
        rounds: how many.
    """
    batch = yaml.safe_load((project / "dbt_project.yml").read_text(encoding="utf8"))["vars"]["topic_review_batch"]
    topics = {row["feedback_id"]: row["topic"] for row in read(project / "seeds/feedback_labels.csv")}
    rows = [row for row in read(project / SEED) if row["review_round"] == "0"]
    write(project / SEED, rows)
    for number in range(1, rounds + 1):
        for key, text in queue(project, environment, batch):
            rows.append({"review_round": str(number), "feedback_id": str(key), "feedback_text": text, "topic": topics[str(key)]})
        write(project / SEED, rows)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        review(ROOT, {"WAREHOUSE_AI_DATABASE": f"{folder}/review.duckdb", "DBT_TARGET_PATH": f"{folder}/target"})
