"""Run the customer models on public data: only their sources change.

    WAREHOUSE_AI_DATA=... python -m benchmarks.customers

Online Retail lands as the tables that seeds would have made: each line is a transaction, and a customer has left on the 90th day without
one. Telco lands as `churn_snapshots`, its folds by ``md5(customerID) % 10`` as months, the last without labels. Then dbt runs the very
models of the pipeline. Writes ``results/customers.json``; ``benchmarks.churn`` measures Telco cross-validated.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import yaml
from sklearn.metrics import roc_auc_score

from benchmarks.churn import telco
from benchmarks.machine import public_sets, write
from warehouse_ai.tabular import churn

ROOT = Path(__file__).parents[1]
COUNTRIES = {"United Kingdom": "GB", "Germany": "DE", "France": "FR", "Netherlands": "NL", "EIRE": "IE", "Denmark": "DK"}
LAPSE_DAYS = 90
RETAIL = """
create table lines as
select
    row_number() over (order by invoicedate, invoiceno, stockcode, quantity, unitprice, customerid) as transaction_id,
    customerid as customer_id, invoicedate as purchased_at, quantity, quantity * unitprice as amount, country
from read_parquet('{path}');

insert into main_landing.raw_transactions by name
select transaction_id, customer_id, purchased_at, quantity, amount, 'web' as channel, purchased_at as landed_at from lines;

insert into main_landing.raw_shop_customers by name
select
    customer_id as change_id, customer_id, coalesce(any_value(countries.code), upper(any_value(lines.country))) as country,
    min(purchased_at) as signed_up_at, 'insert' as operation, min(purchased_at) as changed_at
from lines left join countries on lines.country = countries.country
where customer_id is not null
group by customer_id;

insert into main_landing.raw_cancellations by name
with gaps as (
    select
        customer_id, purchased_at, (select max(purchased_at) from lines) as ended_at,
        lead(purchased_at) over (partition by customer_id order by purchased_at) as next_at
    from lines
    where customer_id is not null
)
select customer_id, min(purchased_at) + interval {days} day as cancelled_at
from gaps
where coalesce(next_at, ended_at) > purchased_at + interval {days} day
group by customer_id;
"""


def land(database: Path) -> None:
    """Make empty tables of the seeds' names and types, so that every `ref` to a seed finds one."""
    seeds = yaml.safe_load((ROOT / "seeds/_shop_seeds.yml").read_text(encoding="utf8"))["seeds"]
    with duckdb.connect(str(database)) as connection:
        connection.execute("create schema main_landing")
        for seed in seeds:
            columns = ", ".join(f"{name} {kind}" for name, kind in seed["config"]["column_types"].items())
            connection.execute(f"create table main_landing.{seed['name']} ({columns})")


def dbt(database: Path, *select: str, **variables: str) -> dict[str, float]:
    """Run models of the pipeline on a database and return the seconds that each took."""
    target = database.parent / "target"
    subprocess.run(
        [
            str(Path(sys.executable).with_name("dbt")),
            "run",
            "--target-path",
            str(target),
            "--vars",
            json.dumps(variables),
            "--select",
            *select,
        ],
        cwd=ROOT,
        env={**os.environ, "WAREHOUSE_AI_DATABASE": str(database), "DBT_PROFILES_DIR": str(ROOT / "profiles")},
        check=True,
    )
    results = json.loads((target / "run_results.json").read_text(encoding="utf8"))["results"]
    return {result["unique_id"].split(".")[-1]: round(result["execution_time"], 2) for result in results}


def ask(database: Path, sql: str) -> list[dict[str, Any]]:
    """Query a database that dbt has left."""
    with duckdb.connect(str(database), read_only=True) as connection:
        found = connection.execute(sql)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def retail(path: Path, folder: Path) -> dict[str, Any]:
    """Land Online Retail, run everything from bronze to gold, and read what came of it."""
    database = folder / "retail.duckdb"
    land(database)
    with duckdb.connect(str(database)) as connection:
        connection.execute("create table countries (country varchar, code varchar)")
        connection.executemany("insert into countries values (?, ?)", list(COUNTRIES.items()))
        connection.execute(RETAIL.format(path=path, days=LAPSE_DAYS))
        connection.execute("drop table lines")
        connection.execute("drop table countries")
    started = time.perf_counter()
    seconds = dbt(database, "+fct_churn_summary", "+fct_customer_features")
    whole = time.perf_counter() - started
    counted = {
        "bronze": "main_bronze.bronze_transactions",
        "checked": "main_silver.transactions_checked",
        "high": "main_silver.transactions_checked where quality_tier = 'high'",
        "silver": "main_silver.stg_transactions",
        "customers": "main_gold.fct_customer_features",
        "scored": "main_gold.fct_churn",
    }
    (rows,) = ask(database, "select " + ", ".join(f"(select count(*) from {relation}) as {name}" for name, relation in counted.items()))
    broken = ask(
        database,
        "select rule, count(*) as n from (select unnest(reasons) as rule from main_silver.transactions_checked) group by rule "
        "order by n desc",
    )
    (model,) = ask(
        database,
        "select method, train_rows, test_rows, auc, log_loss, calibration_error, boosting_validation_auc from main_gold.churn_model "
        "order by fitted_at desc limit 1",
    )
    return {
        "rows": rows,
        "rules_broken": {row["rule"]: row["n"] for row in broken},
        "churn_next_month": model,
        "seconds": round(whole, 1),
        "seconds_by_model": seconds,
    }


def telco_snapshots(path: Path, folder: Path) -> dict[str, Any]:
    """Land Telco as snapshots, fit on nine tenths, and measure the scores of the last."""
    database = folder / "telco.duckdb"
    table, label, fold = telco(path)
    snapshots = table.append_column("customer_id", pa.array(range(len(label)), pa.int64())).append_column("fold", pa.array(fold))
    with duckdb.connect(str(database)) as connection:
        connection.register("telco", snapshots.append_column("label", pa.array(label)))
        connection.execute(
            """
            create schema main_silver;
            create table main_silver.churn_snapshots as
            select
                customer_id || '-' || fold as snapshot_id,
                customer_id,
                cast(make_date(2020, 1 + cast(fold as integer), 1) as date) as month_start,
                coalesce(totalcharges, 0) as total_spent,
                * exclude (customer_id, fold, label),
                case when fold < 9 then label = 1 end as churned
            from telco
            """
        )
    dbt(database, "churn_model", "churn_scores", "fct_churn", "fct_churn_summary", churn_features=" ".join(table.column_names))
    scores = ask(database, "select churn_probability from main_gold.fct_churn order by customer_id")
    truth = label[fold == 9]
    probability = np.array([row["churn_probability"] for row in scores])
    return {
        "scored": len(scores),
        "auc": round(float(roc_auc_score(truth, probability)), 4),
        "calibration_error": round(churn.calibration_error(truth, probability), 4),
        "tiers": ask(
            database,
            "select churn_risk_tier, customer_count, mean_probability from main_gold.fct_churn_summary order by mean_probability desc",
        ),
    }


def main() -> None:
    """Measure, print and write."""
    data = public_sets()
    with tempfile.TemporaryDirectory() as folder:
        figures = {
            "command": "python -m benchmarks.customers",
            "online_retail": retail(data / "online_retail" / "online_retail.parquet", Path(folder)),
            "telco_churn": telco_snapshots(data / "telco_churn" / "Telco-Customer-Churn.csv", Path(folder)),
        }
    print(json.dumps(figures, indent=2, default=str))
    write("customers", figures)


if __name__ == "__main__":
    main()
