from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import ROOT, Project

Copy = Callable[[], Project]
FEEDBACK = ("+enriched_customers", "+enriched_feedback", "+feedback_signals")
"""The models that read the notes and messages of customers, and what they read."""


def new_customers(project: Project, number: int) -> None:
    """Append customers and a message of each to the seeds, as a new export would."""
    for i in range(number):
        append(
            project,
            "raw_customers",
            9001 + i,
            f"New customer {i}",
            "GB",
            f"A lighthouse museum with {i} keepers",
            f"They dream of lamp no. {i}.",
        )
        append(project, "raw_feedback", 9501 + i, 9001 + i, "chat", f"2026-08-31 22:0{i}:00", f"The lamp number {i} went out again.")


def append(project: Project, seed: str, *values: object) -> None:
    """Add a row with the file's own line ends."""
    path = project.folder / f"seeds/{seed}.csv"
    end = "\r\n" if b"\r\n" in path.read_bytes() else "\n"
    with path.open("a", encoding="utf8", newline="") as file:
        csv.writer(file, lineterminator=end).writerow(values)
    if path.stat().st_size > 1 << 20:
        # dbt knows so large a seed by its path alone, and would load the one that the project was copied from.
        (project.folder / "target/partial_parse.msgpack").unlink()


@pytest.mark.duckdb_1
def test_every_customer_and_message_has_a_row_in_silver(built: Project) -> None:
    assert built.query("select count(*) from main_silver.enriched_customers") == [(324,)]
    assert built.query("select count(*) from main_silver.enriched_feedback") == [(690,)]


@pytest.mark.duckdb_1
def test_a_second_build_sends_no_text_to_a_model(copy_of: Copy) -> None:
    project = copy_of()
    computed = project.query("select sum(computed) from main.ai_ledger")
    project.dbt("build", "--exclude", "resource_type:unit_test", "resource_type:test")
    assert project.query("select sum(computed) from main.ai_ledger") == computed


def test_a_second_build_appends_nothing_to_bronze(copy_of: Copy) -> None:
    project = copy_of()
    before = project.query("select count(*), max(updated_at) from main_bronze.bronze_customers")
    project.dbt("run", "--select", "bronze")
    assert project.query("select count(*), max(updated_at) from main_bronze.bronze_customers") == before


@pytest.mark.duckdb_1
def test_a_changed_row_appends_one_version_that_lands_after_all_others(copy_of: Copy) -> None:
    project = copy_of()
    # As if the clock had been set back by an hour since.
    project.execute("update main_bronze.bronze_customers set updated_at = updated_at + interval 1 hour")
    seed = project.folder / "seeds/raw_customers.csv"
    seed.write_bytes(seed.read_bytes().replace(b"Dhaba 47", b"Dhaba 48"))
    project.dbt("build", "--select", "raw_customers", "bronze_customers")
    versions = project.query("select customer_name from main_bronze.bronze_customers where customer_id = 1006 order by updated_at")
    assert versions == [("Dhaba 47",), ("Dhaba 48",)]
    late = project.query("select customer_id from main_bronze.bronze_customers qualify updated_at = max(updated_at) over ()")
    assert late == [(1006,)]


def test_five_new_customers_cost_at_most_five_texts_a_function(copy_of: Copy) -> None:
    project = copy_of()
    new_customers(project, 5)
    project.dbt("build", "--select", *FEEDBACK, "--exclude", "resource_type:unit_test", "resource_type:test")
    usage = project.last_usage()
    assert {"ai_classify", "ai_extract", "ai_sentiment"} <= set(usage)
    customers = project.query(
        "select function, distinct_texts, computed from main.ai_ledger where node_id like '%enriched_customers'"
        " and invocation_id = (select arg_max(invocation_id, started_at) from main.ai_ledger)"
    )
    assert len(customers) == 3
    for function, distinct, computed in customers:
        assert distinct == 5, function
        assert computed <= 5, function
    assert project.query("select count(*) from main_silver.enriched_customers where customer_id > 9000") == [(5,)]


@pytest.mark.duckdb_1
def test_a_full_refresh_is_answered_from_the_cache(copy_of: Copy) -> None:
    project = copy_of()
    project.dbt("run", "--full-refresh", "--select", "enriched_customers", "enriched_feedback")
    for function, counts in project.last_usage().items():
        assert counts["distinct"] > 0, function
        assert (counts["hits"], counts["computed"]) == (counts["distinct"], 0), function


def test_a_changed_label_description_recomputes_that_column_from_cached_embeddings(copy_of: Copy) -> None:
    project = copy_of()
    config = project.folder / "dbt_project.yml"
    text = config.read_text(encoding="utf8")
    assert "loss of data" not in text
    config.write_text(text.replace("crashes, errors, outages", "crashes, errors, outages, loss of data"), encoding="utf8")
    project.dbt("run", "--full-refresh", "--select", "enriched_customers", "enriched_feedback")
    usage = {
        (node.split(".")[-1], function): (distinct, hits, computed)
        for node, function, distinct, hits, computed in project.query(
            "select node_id, function, distinct_texts, cache_hits, computed from main.ai_ledger"
            " where invocation_id = (select arg_max(invocation_id, started_at) from main.ai_ledger)"
        )
    }
    distinct, hits, computed = usage.pop(("enriched_feedback", "ai_classify"))
    assert hits == 0
    # The name with its description, the description and its new phrase, and the label in its own encoder; no message passes again.
    assert computed == 4
    assert distinct > 600
    for key, (distinct, hits, computed) in usage.items():
        assert (hits, computed) == (distinct, 0), key


def test_rows_of_another_specification_are_reported_as_stale(copy_of: Copy) -> None:
    project = copy_of()
    assert "PASS ai_stale_enriched_feedback_" in project.dbt("test", "--select", "test_name:ai_stale")
    config = project.folder / "dbt_project.yml"
    config.write_text(config.read_text(encoding="utf8").replace("crashes, errors", "errors, crashes"), encoding="utf8")
    assert "WARN 690 ai_stale_enriched_feedback_" in project.dbt("test", "--select", "test_name:ai_stale")


def test_provenance_names_model_and_specification_on_every_row(built: Project) -> None:
    (models, hashes, times) = built.query(
        "select count(distinct ai_model), count(distinct ai_spec_hash), count(processed_at) from main_silver.enriched_customers"
    )[0]
    assert (models, hashes, times) == (1, 1, 324)
    model = built.query("select any_value(ai_model) from main_silver.enriched_customers")[0][0]
    assert all(part in model for part in ("+classify@", "+sentiment@", "+extract@"))


@pytest.mark.duckdb_1
def test_the_usage_view_is_not_a_run_behind(built: Project) -> None:
    usage = built.query("select count(*), count(distinct invocation_id) from main_gold.ai_usage where node_id like '%enriched_feedback'")
    assert usage == [(2, 1)]


FOR_GENERATORS = {"ai_complete", "ai_context", "ai_fix_grammar", "ai_translate"}
"""Functions of no use without a language model, which the pipeline does not need."""


def test_the_pipeline_uses_every_function_on_real_text(built: Project) -> None:
    manifest = json.loads((built.folder / "target/manifest.json").read_text(encoding="utf8"))
    code = "\n".join(n["raw_code"] for n in manifest["nodes"].values() if n["resource_type"] == "model")
    called = set(re.findall(r"\b(ai_\w+?)(?:_detail|_label)?\(", code))
    offered = {re.sub("_(detail|label)$", "", path.stem) for path in (ROOT / "macros/ai").glob("*.sql")}
    assert offered - called == FOR_GENERATORS
    signals = built.query(
        "select count(feedback_language), count(keywords), count(tags), count(wants_refund),"
        " count(feedback_redacted), count(moderation_decision), count(app_sentiment) from main_silver.feedback_signals"
    )[0]
    assert all(count > 20 for count in signals), signals
    assert built.query("select count(*) > 0 from main_gold.near_duplicate_feedback") == [(True,)]
    assert built.query("select count(*), min(similarity) > 0 from main_gold.login_trouble") == [(20, True)]


def test_explain_counts_what_a_full_refresh_would_compute(copy_of: Copy) -> None:
    project = copy_of()
    project.write(
        "models/silver/moods.sql",
        "{{ config(materialized='table') }}\n"
        "select {{ ai_sentiment('feedback_text || 1') }} as mood, {{ ai_classify('feedback_text', 'feedback_topic') }} as topic\n"
        "from {{ ref('stg_feedback') }}\n",
    )
    command = [sys.executable, "-m", "warehouse_ai.explain", "moods", "--project-dir", str(project.folder)]
    command += ["--database", str(project.database), "--profiles-dir", str(project.folder / "profiles")]
    environment = {**project.environment, "WAREHOUSE_AI_DATABASE": str(project.database)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False, cwd=project.folder)
    cells = [[cell.strip() for cell in line.split("│")[1:-1]] for line in done.stdout.splitlines() if "│ ai_" in line]
    lines = {name: rest for name, *rest in cells}
    assert lines["mood"][:2] == ["ai_sentiment", "690"], done.stdout + done.stderr
    assert lines["mood"][3] == "0"
    assert int(lines["mood"][4]) > 600
    assert lines["topic"][3] == lines["topic"][2]
    assert lines["topic"][4] == "0"


def test_accuracy_tests_print_figures_and_confusions(copy_of: Copy) -> None:
    output = copy_of().dbt("test", "--select", "test_name:ai_accuracy")
    assert "ai_accuracy enriched_customers.predicted_segment: accuracy 0." in output
    assert "taken for" in output


def test_a_run_stops_before_it_computes_more_rows_than_allowed(copy_of: Copy) -> None:
    project = copy_of()
    new_customers(project, 5)
    only = ["--select", *FEEDBACK, "--exclude", "resource_type:unit_test", "resource_type:test"]
    output = project.dbt("build", *only, fails=True, warehouse_ai_max_new_rows=3)
    assert "warehouse_ai_max_new_rows is 3" in output
    assert project.query(
        "select coalesce(sum(computed), 0) <= 3 from main.ai_ledger where invocation_id = ("
        "select arg_max(invocation_id, started_at) from main.ai_ledger)"
    ) == [(True,)]


def test_an_empty_build_builds_every_model_without_a_model_call(built: Project, tmp_path: Path) -> None:
    from conftest import CACHE, copy_project

    folder = tmp_path / "empty"
    folder.mkdir()
    copy_project(folder)
    project = Project(folder, tmp_path / CACHE)
    project.dbt("build", "--empty", "--exclude", "resource_type:unit_test", "resource_type:test")
    for relation in ("main_silver.enriched_customers", "main_silver.document_embeddings", "main_gold.fct_recommendations"):
        assert project.query(f"select count(*) from {relation}") == [(0,)], relation
    assert project.query("select coalesce(sum(computed), 0) from main.ai_ledger") == [(0,)]
    assert (project.folder / "target/exports/churn_summary.csv").exists()


def test_every_column_and_macro_is_described_where_dbt_docs_shows_it(built: Project) -> None:
    manifest = json.loads((built.folder / "target/manifest.json").read_text(encoding="utf8"))
    nodes = [*manifest["nodes"].values(), *manifest["sources"].values()]
    for node in nodes:
        if node["resource_type"] in ("model", "seed", "source"):
            assert node["description"], node["unique_id"]
            assert all(column["description"] for column in node["columns"].values()), node["unique_id"]
    for node in nodes:
        # dbt enforces no contract on a Python model; thin SQL on top of it has one.
        if node["resource_type"] == "model" and "bronze" not in node["tags"] and node["language"] == "sql":
            assert node["config"]["contract"]["enforced"], node["unique_id"]
    for macro in manifest["macros"].values():
        if macro["package_name"] == "warehouse_ai" and macro["docs"]["show"]:
            assert macro["description"], macro["name"]
            assert macro["name"].startswith(("ai_", "test_ai_")) or macro["path"].startswith("macros/pipeline"), macro["name"]
            assert all(argument["description"] and argument["type"] for argument in macro["arguments"]), macro["name"]
            assert not macro["name"].startswith("ai_") or "`" in macro["description"], f"{macro['name']} shows no example"


def test_an_interaction_that_lands_late_changes_the_batch_of_when_it_happened(copy_of: Copy) -> None:
    project = copy_of()
    hours = "select count(*), sum(interactions) from main_silver.interaction_hours"
    hour = f"{hours} where item_type = 'post' and item_id = 2 and hour_start = '2026-04-20 03:00:00'"
    others = f"{hours} where hour_start >= '2026-05-01'"
    before = project.query(others)
    assert project.query(hour) == [(0, None)]
    append(project, "raw_interactions", 900_001, 7, "post", 2, "view", "2026-04-20 03:10:00", "2026-06-02 08:00:00")
    project.dbt("build", "--select", "raw_interactions", "bronze_interactions", "stg_interactions", "interaction_hours")
    assert project.query(hour) == [(1, 1)]
    assert project.query(others) == before
