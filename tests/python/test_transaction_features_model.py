from __future__ import annotations

import shutil

import pytest

from conftest import CACHE, ROOT, Project

MODELS = ("transaction_features", "fct_transaction_features")
ROWS = 600_000
"""More than the model holds at a time."""
UPSTREAM = {
    "stg_transactions": f"""
        select
            cast((i * 7919) % {ROWS} as bigint) as transaction_id, cast(i % 1000 as bigint) as customer_id,
            timestamp '2026-01-01' + to_hours(cast((i * 31) % 5000 as bigint)) as purchased_at,
            case when i % 11 > 0 then cast(i % 4 as double) end as quantity,
            case when i % 7 > 0 then cast((i * 37) % 101 as double) end as amount,
            'garden' as category, 'web' as channel
        from range({ROWS}) t (i)""",
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The models of features over tables of their own."""
    folder = tmp_path_factory.mktemp("features") / "shop"
    project = Project(folder, folder / CACHE)
    project.write("dbt_project.yml", "name: shop\nprofile: shop\nversion: '1.0'\nmodels: {shop: {+materialized: table}}\n")
    project.write(
        "profiles/profiles.yml",
        "shop:\n  target: dev\n  outputs:\n    dev:\n      type: duckdb\n      path: \"{{ env_var('WAREHOUSE_AI_DATABASE') }}\"\n",
    )
    for name, sql in UPSTREAM.items():
        project.write(f"models/{name}.sql", sql)
    for name in MODELS:
        for path in (ROOT / "models").rglob(f"{name}.*"):
            shutil.copy(path, folder / "models" / path.name)
    project.dbt("build")
    return project


@pytest.mark.duckdb_1
def test_each_transaction_has_one_row_of_features_as_window_functions_compute_them(shop: Project) -> None:
    differences = shop.query(
        """
        with expected as (
            select
                transaction_id,
                avg(amount) over last_5 as mean,
                quantile_cont(amount, 0.75) over last_20 as p75,
                (amount - avg(amount) over so_far) / nullif(stddev_samp(amount) over so_far, 0) as zscore
            from stg_transactions
            window
                last_5 as (partition by customer_id order by purchased_at, transaction_id rows 4 preceding),
                last_20 as (partition by customer_id order by purchased_at, transaction_id rows 19 preceding),
                so_far as (partition by customer_id order by purchased_at, transaction_id rows unbounded preceding)
        )
        select
            count(*), max(abs(amount_mean_5 - mean)), max(abs(amount_p75 - p75)), max(abs(amount_zscore - zscore)),
            count(*) filter ((amount_mean_5 is null) <> (mean is null) or (amount_zscore is null) <> (zscore is null))
        from fct_transaction_features inner join expected using (transaction_id)
        """
    )
    rows, *worst = differences[0]
    assert rows == ROWS
    assert max(worst) < 1e-6


@pytest.mark.duckdb_1
def test_an_empty_table_has_features_of_the_same_types(shop: Project) -> None:
    kinds = "select column_name, data_type from duckdb_columns() where table_name = 'transaction_features'"
    full = shop.query(kinds)
    shop.write("models/stg_transactions.sql", UPSTREAM["stg_transactions"] + " where i < 0")
    shop.dbt("run", "--select", "stg_transactions", "transaction_features", "fct_transaction_features")
    assert shop.query("select count(*) from fct_transaction_features") == [(0,)]
    assert shop.query(kinds) == full
