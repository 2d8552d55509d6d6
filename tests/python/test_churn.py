from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from sklearn.metrics import roc_auc_score

from conftest import ROOT
from warehouse_ai.tabular import churn

FEATURES = ("days_since_last_purchase", "decline_ratio", "income", "is_new", "plan")
MONTHS = [date(2025, month, 1) for month in range(1, 11)]


def customers(rows: int = 3000, seed: int = 0) -> tuple[pa.Table, np.ndarray, list[date]]:
    """Features, label and month of customers whose log odds are known to be linear in clipped terms."""
    rng = np.random.default_rng(seed)
    days, decline = rng.exponential(40, rows), rng.uniform(-0.9, 0.9, rows)
    new, plan = rng.random(rows) < 0.3, rng.choice(["basic", "plus", "premium"], rows)
    log_odds = -3 + 2 * np.minimum(days / 90, 2) + 1.5 * decline + new + (plan == "basic")
    income = rng.normal(30_000, 8_000, rows)
    income[rng.random(rows) < 0.1] = np.nan
    table = pa.table(
        {
            "days_since_last_purchase": days,
            "decline_ratio": decline,
            "income": pa.array(income, from_pandas=True),
            "is_new": new,
            "plan": pa.array([None if i % 50 == 0 else name for i, name in enumerate(plan)], pa.string()),
        }
    )
    return table, rng.random(rows) < 1 / (1 + np.exp(-log_odds)), [MONTHS[i * len(MONTHS) // rows] for i in range(rows)]


@pytest.fixture(scope="module")
def model() -> churn.ChurnModel:
    table, label, months = customers()
    return churn.fit(table, label, churn.Split.by_time(months), FEATURES)


def replaced(table: pa.Table, name: str, rows: np.ndarray, value: float) -> pa.Table:
    changed = table[name].to_numpy().copy()
    changed[rows] = value
    return table.set_column(table.column_names.index(name), name, pa.array(changed))


def rendered(model: str) -> str:
    """SQL of a model, its references by their bare names."""
    (path,) = (ROOT / "models").rglob(f"{model}.sql")
    sql = path.read_text(encoding="utf8")
    return re.sub(r"\{\{ ref\('(\w+)'\) \}\}", r"\1", re.sub(r"\{\{ config\(.*?\) \}\}", "", sql))


def test_the_last_months_measure_and_those_before_them_choose() -> None:
    split = churn.Split.by_time([*MONTHS, MONTHS[0]])
    assert list(split.part) == ["train"] * 3 + ["validation"] * 3 + ["test"] * 4 + ["train"]
    assert split.trained == (MONTHS[0], MONTHS[2])
    assert split.tested == (MONTHS[6], MONTHS[9])
    with pytest.raises(ValueError, match="7 months are too few"):
        churn.Split.by_time(MONTHS[:7])


def test_a_score_does_not_depend_on_its_batch(model: churn.ChurnModel) -> None:
    table = customers(churn.CAPACITY + 500, seed=1)[0]
    whole = churn.score(model, table)
    shuffled = np.random.default_rng(2).permutation(table.num_rows)
    assert churn.score(model, table.take(shuffled)).equals(whole.take(shuffled))
    for row in (0, 77, churn.CAPACITY + 3):
        assert churn.score(model, table.slice(row, 1)).equals(whole.slice(row, 1).combine_chunks())


def test_contributions_add_up_to_the_log_odds(model: churn.ChurnModel) -> None:
    scores = churn.score(model, customers(200, seed=3)[0])
    for log_odds, probability, contributions in zip(*(scores[name].to_pylist() for name in scores.column_names[:3]), strict=True):
        assert [name for name, _ in contributions] == list(FEATURES)
        assert model.base_log_odds + sum(value for _, value in contributions) == pytest.approx(log_odds, abs=1e-12)
        assert probability == pytest.approx(1 / (1 + np.exp(-log_odds)), abs=1e-12)


def test_the_three_largest_contributions_are_said_in_words(model: churn.ChurnModel) -> None:
    table = customers(200, seed=3)[0]
    scores = churn.score(model, table)
    row = int(np.argmax(scores["churn_probability"].to_numpy()))
    said = scores["reasons"][row].as_py()
    largest = sorted(scores["contributions"][row].as_py(), key=lambda pair: -abs(pair[1]))[:3]
    assert [text.split(":")[0] for text in said] == [churn.WORDS[name] for name, _ in largest]
    assert f"days since the last purchase: {table['days_since_last_purchase'][row].as_py():.0f} (raises the risk)" in said


@pytest.mark.parametrize(
    ("feature", "value", "contribution", "words"),
    [
        ("decline_ratio", 0.25, 0.1, "decline of purchases: 0.25 (raises the risk)"),
        ("is_new", 0.0, -0.2, "new customer: no (lowers the risk)"),
        ("plan", "basic", 0.2, "plan: basic (raises the risk)"),
        ("income", float("nan"), 0.1, "income in EUR a year: unknown (raises the risk)"),
        ("Contract", "Two year", -1.0, "Contract: Two year (lowers the risk)"),
    ],
)
def test_a_reason_names_feature_value_and_direction(feature: str, value: Any, contribution: float, words: str) -> None:
    assert churn.reason(feature, value, contribution) == words


def test_terms_are_scaled_by_the_training_months_only(model: churn.ChurnModel) -> None:
    table, _, months = customers()
    train = table.take(np.flatnonzero(churn.Split.by_time(months).part == churn.TRAIN))
    quantiles = dict(churn.METHODS)[model.method.split(",")[0]]
    assert [replace(term, weight=0.0) for term in model.terms] == churn.terms_of(churn.columns(train, FEATURES), quantiles)


def test_what_the_test_months_hold_changes_no_model(model: churn.ChurnModel) -> None:
    table, label, months = customers()
    split = churn.Split.by_time(months)
    test = split.part == churn.TEST
    changed = replaced(table, "days_since_last_purchase", np.flatnonzero(test), 1e6)
    assert churn.fit(changed, np.where(test, ~label, label), split, FEATURES).id == model.id


def test_a_value_beyond_the_training_window_counts_as_its_bound(model: churn.ChurnModel) -> None:
    table = customers(1, seed=5)[0]
    far, farther = (churn.score(model, replaced(table, "days_since_last_purchase", np.array([0]), days)) for days in (1e5, 1e9))
    assert far["log_odds"].equals(farther["log_odds"])


def test_unknown_values_and_plans_get_a_score(model: churn.ChurnModel) -> None:
    table = pa.table({name: pa.array([None], pa.string() if name == "plan" else pa.float64()) for name in FEATURES})
    assert 0 < churn.score(model, table)["churn_probability"][0].as_py() < 1
    other = table.set_column(4, "plan", pa.array(["platinum"]))
    assert 0 < churn.score(model, other)["churn_probability"][0].as_py() < 1


def test_no_customers_get_no_scores(model: churn.ChurnModel) -> None:
    assert churn.score(model, customers()[0].slice(0, 0)).equals(churn.SCORES.empty_table())


def test_a_row_keeps_a_model_to_the_last_bit(model: churn.ChurnModel) -> None:
    row = model.to_table().to_pylist()[0]
    assert churn.ChurnModel.from_row(row) == model
    with pytest.raises(ValueError, match="its parameters are those of"):
        churn.ChurnModel.from_row({**row, "parameters": row["parameters"].replace("basic", "plus")})


def test_the_same_rows_give_the_same_model(model: churn.ChurnModel) -> None:
    table, label, months = customers()
    assert churn.fit(table, label, churn.Split.by_time(months), FEATURES).id == model.id


def test_a_model_needs_its_columns_and_both_labels(model: churn.ChurnModel) -> None:
    table, label, months = customers()
    with pytest.raises(ValueError, match="no column income"):
        churn.score(model, table.drop_columns(["income"]))
    with pytest.raises(ValueError, match="train rows must hold"):
        churn.fit(table, np.zeros_like(label), churn.Split.by_time(months), FEATURES)


def test_the_calibration_error_is_the_mean_gap_over_bins_of_equal_size() -> None:
    label = np.array([0, 1] * 50 + [1] * 100)
    assert churn.calibration_error(label, np.repeat([0.5, 0.8], 100), bins=2) == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("probability", "tier", "action", "priority"),
    [
        (0.3, "low", "standard_communication", "low"),
        (0.3000001, "medium", "scheduled_engagement", "low"),
        (0.5, "medium", "scheduled_engagement", "low"),
        (0.5000001, "medium", "scheduled_engagement", "normal"),
        (0.7, "medium", "scheduled_engagement", "normal"),
        (0.7000001, "high", "immediate_retention_campaign", "normal"),
        (0.8, "high", "immediate_retention_campaign", "normal"),
        (0.8000001, "high", "immediate_retention_campaign", "urgent"),
    ],
)
def test_a_probability_on_a_border_belongs_to_the_lower_tier(probability: float, tier: str, action: str, priority: str) -> None:
    with duckdb.connect() as connection:
        connection.execute(
            "create table churn_snapshots as select 1 as customer_id, date '2026-06-01' as month_start, 100.0 as total_spent"
        )
        connection.execute(
            "create table churn_scores as select 1 as customer_id, date '2026-06-01' as month_start,"
            " cast($1 as double) as churn_probability, null as contributions, null as reasons, null as model_id, null as scored_at",
            [probability],
        )
        sql = f"select churn_risk_tier, recommended_action, business_priority, retention_value from ({rendered('fct_churn')})"
        assert connection.execute(sql).fetchall() == [(tier, action, priority, pytest.approx(100 * (1 - probability)))]


@pytest.fixture(scope="module")
def shop() -> duckdb.DuckDBPyConnection:
    """Snapshots of the landed shop, dirty numbers taken for unknown."""
    connection = duckdb.connect()
    seeds = ROOT / "seeds"
    # Landed first: DuckDB 2 makes the reader of a CSV cast, and fail, where the query says `try_cast`.
    connection.execute(f"""
        create table raw_transactions as
        from read_csv('{seeds}/raw_transactions.csv', types = {{'amount': 'varchar', 'quantity': 'varchar'}});
        create table raw_customers as
        from read_csv('{seeds}/raw_shop_customers.csv', types = {{'age': 'varchar', 'income': 'varchar', 'credit_score': 'varchar'}});
        create table stg_transactions as
        select distinct on (transaction_id) * replace (
            case when try_cast(amount as double) between 0 and 20000 then try_cast(amount as double) end as amount
        )
        from raw_transactions;
        create table stg_shop_customers as
        select * replace (
            try_cast(age as integer) as age, try_cast(income as double) as income, try_cast(credit_score as integer) as credit_score
        )
        from raw_customers
        qualify row_number() over (partition by customer_id order by change_id desc) = 1 and operation <> 'delete';
        create table stg_support_contacts as select distinct on (contact_id) * from '{seeds}/raw_support_contacts.csv';
        create table stg_cancellations as from '{seeds}/raw_cancellations.csv';
        create table churn_truth as from '{seeds}/churn_truth.csv';
    """)
    connection.execute(f"create table churn_snapshots as {rendered('churn_snapshots')}")
    return connection


def test_cancellations_are_the_leavings_of_the_truth(shop: duckdb.DuckDBPyConnection) -> None:
    both = "from churn_snapshots as s inner join churn_truth as t on s.customer_id = t.customer_id and s.month_start = t.month"
    assert shop.execute(f"select count(*) {both} where s.churned is not null and s.churned <> t.churned").fetchone() == (0,)
    assert shop.execute(f"select count(*) > 20000 {both}").fetchone() == (True,)


def test_snapshots_are_eighteen_labelled_months_and_the_one_to_score(shop: duckdb.DuckDBPyConnection) -> None:
    months = shop.execute(
        "select month_start, count(churned) > 0 from churn_snapshots group by month_start order by month_start"
    ).fetchall()
    assert months[0] == (date(2024, 12, 1), True)
    assert months[-1] == (date(2026, 6, 1), False)
    assert len(months) == 19
    assert all(labelled for _, labelled in months[:-1])


def test_on_held_out_months_the_model_ranks_nearly_as_well_as_the_true_probabilities(shop: duckdb.DuckDBPyConnection) -> None:
    labelled = shop.sql("""
        select s.*, t.probability
        from churn_snapshots as s
        left join churn_truth as t
            on s.customer_id = t.customer_id and s.month_start = t.month
        where s.churned is not null
        order by s.month_start, s.customer_id
    """).to_arrow_table()
    label = np.array(labelled["churned"].to_pylist())
    split = churn.Split.by_time(labelled["month_start"].to_pylist())
    fitted = churn.fit(labelled, label, split)
    held_out = split.part == churn.TEST
    best = roc_auc_score(label[held_out], labelled["probability"].to_numpy()[held_out])
    assert fitted.tested == (date(2026, 2, 1), date(2026, 5, 1))
    assert fitted.metrics["auc"] >= best - 0.02, best
    assert fitted.metrics["calibration_error"] < 0.01
    probability = churn.score(fitted, labelled)["churn_probability"].to_numpy()
    assert roc_auc_score(label[held_out], probability[held_out]) == pytest.approx(fitted.metrics["auc"])
