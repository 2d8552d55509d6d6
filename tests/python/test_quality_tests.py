"""`ai_calibration`, `ai_drift` and `ai_coverage` in another team's project, beside the same figures by numpy."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
import yaml

from conftest import Project, beside

PREDICTED = """\
select
    i as id,
    case when i % 50 <> 0 then if(hash(i) % 2 = 0, 'bug', 'billing') end as team,
    case when i % 60 <> 0 then 0.4 + 0.6 * (hash(i + 1000) % 1000) / 1000 end as score,
    score * 100 as percent
from range(600) as t (i)
"""
# The share of right answers is the score less what it is too sure by; ids from 500 on have no label.
TRUTH = """\
select
    id,
    case when (hash(id + 5000) % 1000) / 1000 < score - {too_sure} then team else 'delivery' end as label
from {{{{ ref('predicted') }}}}
where id < 500
"""
ROWS = """\
select
    i as id,
    case when i % 20 <> 0 then ['bug', 'billing', 'delivery'][1 + if(i % 100 < {bugs}, 0, 1 + i % 2)] end as topic,
    cast(list_transform(range(8), lambda k: (hash(i * 8 + k + {seed}) % 1000) / 1000 + if(k = 0, {shift}, 0)) as float[8]) as vector
from range(200) as t (i)
order by hash(i + {order})
"""
MODELS = {
    "predicted": PREDICTED,
    "truth": TRUTH.format(too_sure=0),
    "modest_truth": TRUTH.format(too_sure=0.2),
    "reference": ROWS.format(bugs=20, seed=0, shift=0, order=0),
    "reordered": ROWS.format(bugs=20, seed=0, shift=0, order=77),
    "others": ROWS.format(bugs=20, seed=99_999, shift=0, order=0),
    "moved": ROWS.format(bugs=70, seed=99_999, shift=3, order=0),
    "nobody": "select * from {{ ref('reference') }} where false",
    "coverage": """\
select *
from {{ warehouse_ai.ai_coverage(ref('predicted'), 'team', 'score', ref('truth'), key='id', label='label', precision=[0.8, 0.9, 1]) }}
""",
    "shorter": "select id, topic, cast(vector[1:4] as float[4]) as vector from {{ ref('reference') }}",
}


def calibration(name: str, labels: str = "truth", config: dict[str, str] | None = None, **more: object) -> dict[str, object]:
    arguments = {"labels": f"ref('{labels}')", "key": "id", "label": "label", "score": "score", "at_most": 0.1, **more}
    return {"warehouse_ai.ai_calibration": {"name": name, "arguments": arguments, "config": config or {}}}


def drift(name: str, column: str, reference: str = "reference", config: dict[str, str] | None = None, **more: object) -> dict[str, object]:
    arguments = {"column_name": column, "reference": f"ref('{reference}')", **more}
    return {"warehouse_ai.ai_drift": {"name": name, "arguments": arguments, "config": config or {}}}


TESTS = {
    "reordered": [
        drift("labels_reordered", "topic"),
        drift("vectors_reordered", "vector", metric="embedding"),
        drift("vectors_as_labels", "vector"),
    ],
    "others": [
        drift("vectors_like_the_reference", "vector", metric="embedding"),
        drift("vectors_of_another_model", "vector", "shorter", metric="embedding"),
    ],
    "moved": [
        drift("labels_moved", "topic"),
        drift("labels_moved_as_allowed", "topic", at_most=5),
        drift("one_label", "topic", config={"where": "topic = 'bug'"}, reference_where="topic = 'bug'"),
        drift("no_reference", "topic", "nobody"),
        drift("vectors_moved", "vector", metric="embedding"),
        drift("labels_as_vectors", "topic", metric="embedding"),
        drift("unknown_reference_column", "topic", reference_column="subject"),
    ],
}
CALIBRATIONS = [
    calibration("calibrated"),
    calibration("over_confident", "modest_truth"),
    calibration("over_confident_reported", "modest_truth", config={"severity": "warn"}),
    calibration("low_scores", config={"where": "score < 0.6"}),
    calibration("no_labels", label_where="false"),
    calibration("percent", score="percent"),
    calibration("unknown_score", score="scores"),
    calibration("text_as_score", score="team"),
    calibration("unknown_label", label="lable"),
]


@pytest.fixture(scope="module")
def project(small: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = beside(small, tmp_path_factory.mktemp("quality") / "shop")
    for name, sql in MODELS.items():
        project.write(f"models/{name}.sql", sql)
    tested = [{"name": name, "data_tests": tests} for name, tests in TESTS.items()]
    tested.append({"name": "predicted", "columns": [{"name": "team", "data_tests": CALIBRATIONS}]})
    project.write("models/tests.yml", yaml.safe_dump({"version": 2, "models": tested}))
    return project


@pytest.fixture(scope="module")
def output(project: Project) -> str:
    return project.dbt("build", fails=True)


@pytest.fixture(scope="module")
def results(project: Project, output: str) -> dict[str, dict[str, str]]:
    """What dbt kept of every test, by name."""
    return results_of(project)


def results_of(project: Project) -> dict[str, dict[str, str]]:
    results = json.loads((project.folder / "target/run_results.json").read_text(encoding="utf8"))["results"]
    return {result["unique_id"].split(".")[2]: result for result in results if result["unique_id"].startswith("test.")}


def statuses(results: dict[str, dict[str, str]], *names: str) -> list[str]:
    return [results[name]["status"] for name in names]


def line(output: str, test: str) -> str:
    """What a test printed: the line before its outcome."""
    lines = output.splitlines()
    (end,) = [i for i, line in enumerate(lines) if re.search(rf"(PASS|FAIL 1|WARN 1) {test} ", line)]
    return lines[end - 1].split("  ", 1)[1]


def figures(line: str) -> list[float]:
    return [float(number) for number in re.findall(r"-?\d+\.\d+", line)]


def psi(p: np.ndarray, q: np.ndarray) -> float:
    p, q = (p + 0.5) / (p + 0.5).sum(), (q + 0.5) / (q + 0.5).sum()
    return float(((p - q) * np.log(p / q)).sum())


def vectors(project: Project, model: str) -> np.ndarray:
    return np.array([row[0] for row in project.query(f"select vector from {model}")], dtype=np.float64)


def mean_distance(a: np.ndarray, b: np.ndarray, pairs: int) -> float:
    return float(np.linalg.norm(a[:, None] - b[None], axis=2).sum() / pairs)


@pytest.mark.duckdb_1
def test_scores_that_mean_what_they_say_pass_and_scores_that_promise_too_much_do_not(results: dict[str, dict[str, str]]) -> None:
    assert statuses(results, "calibrated", "over_confident", "over_confident_reported") == ["pass", "fail", "warn"]
    assert statuses(results, "low_scores") == ["pass"]


def test_the_error_is_that_of_ten_bins_and_rows_that_cannot_be_compared_are_counted(project: Project, output: str) -> None:
    rows = project.query("select team, score, label from predicted left join modest_truth using (id)")
    compared = [(score, team == label) for team, score, label in rows if None not in (team, score, label)]
    score, right = np.array(compared, dtype=np.float64).T
    bins = np.minimum(np.floor(score * 10), 9)
    error = sum(abs((score - right)[bins == bin].sum()) for bin in range(10)) / len(score)
    said = line(output, "over_confident")
    assert said.startswith("ai_calibration predicted.team: error ")
    assert figures(said)[0] == pytest.approx(error, abs=0.0005)
    assert figures(said)[2:4] == [pytest.approx(score.mean(), abs=0.0005), pytest.approx(right.mean(), abs=0.0005)]
    assert f"on {len(score)} rows, error must not exceed 0.1. Worst bin: 0.7 to 0.8: mean score 0.7" in said
    without_label = sum(label is None for _, _, label in rows)
    assert f"Left out: {without_label} without a label, " in said
    assert sum(map(int, re.findall(r"(\d+) without", said))) == 600 - len(score)


def test_nothing_to_compare_and_scores_that_are_no_probabilities_fail_and_are_named(
    results: dict[str, dict[str, str]], output: str
) -> None:
    assert statuses(results, "no_labels", "percent", "no_reference") == ["fail"] * 3
    assert "predicted.team: no row could be compared. Left out: 600 without a label" in line(output, "no_labels")
    assert re.search(r"no row could be compared.* No probability, below 0 or above 1: \d{3}$", line(output, "percent"))
    assert "moved.topic: nothing to compare, 200 rows against 0." in line(output, "no_reference")


@pytest.mark.duckdb_1
def test_drift_is_found_where_shares_move_and_the_user_sets_the_bound(results: dict[str, dict[str, str]]) -> None:
    assert statuses(results, "labels_moved", "labels_moved_as_allowed", "one_label") == ["fail", "pass", "pass"]
    assert statuses(results, "vectors_moved", "vectors_like_the_reference") == ["fail", "pass"]


def test_another_order_of_the_rows_is_no_drift(results: dict[str, dict[str, str]], output: str) -> None:
    assert statuses(results, "labels_reordered", "vectors_reordered") == ["pass", "pass"]
    assert "psi 0.000 (0.030 by chance alone), js_distance 0.000 on 200 rows against 200" in line(output, "labels_reordered")
    assert line(output, "labels_reordered").endswith("Moved most: nothing")
    assert "cosine_distance 0.000 " in line(output, "vectors_reordered")


def test_label_drift_counts_null_as_a_label_and_says_what_moved(project: Project, output: str) -> None:
    counts = {model: dict(project.query(f"select topic, count(*) from {model} group by topic")) for model in ("moved", "reference")}
    p, q = (np.array([counts[model][topic] for topic in (None, "billing", "bug", "delivery")]) for model in ("moved", "reference"))
    middle = (p + q) / 2
    divergence = (p * np.log2(p / middle) + q * np.log2(q / middle)).sum() / 2 / 200
    found, _, distance = figures(line(output, "labels_moved"))[:3]
    assert found == pytest.approx(psi(p, q), abs=0.0005)
    assert distance == pytest.approx(np.sqrt(divergence), abs=0.0005)
    assert re.search(r"Moved most: bug 0\.\d+ to 0\.\d+, (billing|delivery) .*, (billing|delivery) [^,]*$", line(output, "labels_moved"))


def test_vector_drift_is_the_distance_of_the_means_and_the_energy_distance_of_the_rows(project: Project, output: str) -> None:
    a, b = vectors(project, "moved"), vectors(project, "reference")
    p, q = a.mean(axis=0), b.mean(axis=0)
    across, within = mean_distance(a, b, 200 * 200), mean_distance(a, a, 200 * 199) + mean_distance(b, b, 200 * 199)
    found, _, energy = figures(line(output, "vectors_moved"))[:3]
    assert found == pytest.approx(1 - p @ q / np.linalg.norm(p) / np.linalg.norm(q), abs=0.0005)
    assert energy == pytest.approx((2 * across - within) / (2 * across), abs=0.0005)
    assert abs(figures(line(output, "vectors_like_the_reference"))[2]) < 0.02


@pytest.mark.parametrize(
    ("test", "message"),
    [
        (
            "unknown_score",
            'ai_calibration: argument \'score\' names \'scores\', which "warehouse"."main"."predicted" does not have. Its columns',
        ),
        ("text_as_score", "ai_calibration: argument 'score' names 'team', which is VARCHAR. Name the column with the probability"),
        (
            "unknown_label",
            'ai_calibration: argument \'label\' names \'lable\', which "warehouse"."main"."truth" does not have. Its columns',
        ),
        ("unknown_reference_column", "ai_drift: argument 'reference_column' names 'subject', which"),
        ("vectors_as_labels", "ai_drift: argument 'metric' is 'labels', but the column 'vector' is FLOAT[8]. Labels are"),
        ("labels_as_vectors", "ai_drift: argument 'metric' is 'embedding', but the column 'topic' is VARCHAR. Labels are"),
        ("vectors_of_another_model", "ai_drift: argument 'reference_column' is FLOAT[4], the column under test FLOAT[8]. Compare"),
    ],
)
def test_a_column_that_does_not_fit_is_named(results: dict[str, dict[str, str]], test: str, message: str) -> None:
    assert results[test]["status"] == "error"
    assert message in results[test]["message"]


@pytest.mark.parametrize(
    ("test", "message"),
    [
        (drift("wrong", "topic", metric="mean"), "ai_drift: argument 'metric' is 'mean'. Use labels or embedding"),
        (calibration("wrong", at_most="low", column_name="team"), "ai_calibration: argument 'at_most' is low. Pass a number from 0 on"),
    ],
)
def test_a_wrong_setting_is_named_before_anything_runs(project: Project, test: dict[str, object], message: str) -> None:
    project.write("models/wrong.yml", yaml.safe_dump({"version": 2, "models": [{"name": "shorter", "data_tests": [test]}]}))
    try:
        assert message in project.dbt("parse", fails=True)
    finally:
        (project.folder / "models/wrong.yml").unlink()


def test_without_rows_tests_fail_without_an_error(project: Project, output: str) -> None:
    empty = project.dbt("build", "--empty", "--select", "calibrated", "labels_moved", "vectors_moved", fails=True)
    assert statuses(results_of(project), "calibrated", "labels_moved", "vectors_moved") == ["fail"] * 3
    assert "no row could be compared. Left out: 0 without a label" in line(empty, "calibrated")
    assert "nothing to compare, 0 rows against 0." in line(empty, "labels_moved")
    assert "nothing to compare, 0 rows against 0." in line(empty, "vectors_moved")


@pytest.mark.duckdb_1
def test_coverage_is_the_share_that_the_lowest_precise_threshold_keeps(project: Project, output: str) -> None:
    # The build leaves out what stands behind a test that fails.
    project.dbt("run", "--select", "coverage")
    rows = project.query("select team, score, label from truth left join predicted using (id) where label is not null")
    judged = sorted((score, team == label) for team, score, label in rows if None not in (team, score))
    found = {float(wanted): more for wanted, *more in project.query("select * from coverage")}
    assert sorted(found) == [0.8, 0.9, 1]
    for wanted, (threshold, coverage, precision, labelled) in found.items():
        precise = [s for s, _ in judged if np.mean([hit for score, hit in judged if score >= s]) >= wanted]
        assert labelled == len(rows)
        assert threshold == pytest.approx(precise[0]) if precise else threshold is None
        if precise:
            kept = [hit for score, hit in judged if score >= threshold]
            assert (coverage, precision) == (pytest.approx(len(kept) / len(rows)), pytest.approx(np.mean(kept)))
        else:
            assert (coverage, precision) == (0, None)
    assert found[0.8][1] > found[0.9][1] > 0


def test_coverage_names_what_is_missing(project: Project) -> None:
    call = "select * from {{ warehouse_ai.ai_coverage(ref('predicted'), 'team', 'score', ref('truth'), key='id') }}"
    assert "ai_coverage" in (said := project.dbt("show", "--inline", call, fails=True))
    assert "label" in said
    assert "is missing" in said
