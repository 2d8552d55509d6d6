"""Measure the features of transactions from arrays, beside pandas and DuckDB on the same rows.

    python -m benchmarks.features [--rows N]

Data are synthetic and, where ``WAREHOUSE_AI_DATA`` is set, Online Retail, repeated with new customers up to the number of rows. pandas
computes the same features by ``groupby().apply`` on the first rows, DuckDB by window functions on all rows; its SQL leaves out the moving
average, which no window function computes. Each figure is the median of some runs. Writes ``results/features.json``.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from benchmarks.machine import write
from warehouse_ai.tabular import FEATURES, Transactions, features, stream

PANDAS_ROWS = 20_000
BATCH = 1 << 18
RUNS = 5
SQL = """
select
    avg(amount) over last_5 as amount_mean_5,
    case when amount >= 0 then ln(1 + amount) end as amount_log1p,
    case when amount >= 0 then sqrt(amount) end as amount_sqrt,
    (amount - avg(amount) over so_far) / nullif(stddev_samp(amount) over so_far, 0) as amount_zscore,
    quantile_cont(amount, [0.25, 0.5, 0.75, 0.95]) over last_20 as percentiles,
    amount / nullif(quantity, 0) as amount_per_quantity,
    quantity / nullif(amount, 0) as quantity_per_amount,
    amount - lag(amount) over so_far as amount_trend,
    amount - 2 * lag(amount) over so_far + lag(amount, 2) over so_far as amount_acceleration,
    (time - lag(time) over so_far) / 86400e6 as days_since_previous,
    (time - first_value(time) over so_far) / 86400e6 as days_since_first
from transactions
window
    last_5 as (partition by customer order by time, "transaction" rows between 4 preceding and current row),
    last_20 as (partition by customer order by time, "transaction" rows between 19 preceding and current row),
    so_far as (partition by customer order by time, "transaction" rows between unbounded preceding and current row)
"""


def synthetic(rows: int) -> Transactions:
    """Return customers of 12 rows on average, a few of them large, with some values missing."""
    rng = np.random.default_rng(20260101)
    customer = np.sort((rng.random(rows) ** 1.5 * max(rows // 12, 1)).astype(np.int64))
    time_of = rng.integers(0, 2 * 365 * 86_400_000_000, rows)
    order = np.lexsort((time_of, customer))
    amount = np.round(np.exp(rng.normal(3.4, 0.8, rows)), 2)
    amount[rng.random(rows) < 0.01] = np.nan
    return Transactions(customer, time_of[order], np.arange(rows), amount, rng.integers(0, 6, rows).astype(np.float64))


def online_retail(rows: int) -> Transactions | None:
    """Return lines of invoices with a customer, repeated under new customers up to ``rows``."""
    folder = os.environ.get("WAREHOUSE_AI_DATA")
    if not folder:
        print("WAREHOUSE_AI_DATA is not set: measuring on synthetic data alone")
        return None
    found = duckdb.execute(
        'select "CustomerID" as customer, epoch_us("InvoiceDate") as time, cast("Quantity" * "UnitPrice" as double) as amount,'
        ' cast("Quantity" as double) as quantity from read_parquet(?) where "CustomerID" is not null order by 1, 2',
        [str(Path(folder) / "online_retail/online_retail.parquet")],
    ).fetchnumpy()
    one = {name: np.asarray(values) for name, values in found.items()}
    times = -(-rows // len(one["time"]))
    shift = int(one["customer"].max()) + 1
    customer = np.concatenate([one["customer"] + shift * number for number in range(times)])[:rows]
    rest = {name: np.tile(one[name], times)[:rows] for name in ("time", "amount", "quantity")}
    return Transactions(customer, rest["time"], np.arange(rows), rest["amount"], rest["quantity"])


def pandas_features(table: Transactions) -> Any:
    """Compute the features customer by customer, as one would write it in pandas."""
    import pandas as pd

    def of_customer(rows: Any) -> Any:
        amount, days = rows["amount"], rows["time"] / 86400e6
        last, so_far, positive = amount.rolling(20, min_periods=1), amount.expanding(), amount.where(amount >= 0)
        found = {
            "amount_mean_5": amount.rolling(5, min_periods=1).mean(),
            "amount_log1p": np.log1p(positive),
            "amount_sqrt": np.sqrt(positive),
            "amount_zscore": (amount - so_far.mean()) / so_far.std().replace(0, np.nan),
            **{f"amount_p{p}": last.quantile(p / 100) for p in (25, 50, 75, 95)},
            "amount_per_quantity": amount / rows["quantity"].replace(0, np.nan),
            "quantity_per_amount": rows["quantity"] / amount.replace(0, np.nan),
            "amount_ema": amount.ewm(alpha=0.1, adjust=False, ignore_na=True).mean(),
            "amount_trend": amount.diff(),
            "amount_acceleration": amount.diff().diff(),
            "days_since_previous": days.diff(),
            "days_since_first": days - days.iloc[0],
        }
        return pd.DataFrame(found)

    return pd.DataFrame(table._asdict()).groupby("customer", group_keys=False)[["time", "amount", "quantity"]].apply(of_customer)


def head(table: Transactions, rows: int) -> Transactions:
    """Return the first rows."""
    return Transactions(*(column[:rows] for column in table))


def rate(rows: int, run: Callable[[], Any], runs: int = RUNS) -> dict[str, float]:
    """Return rows a second of wall time and of processor time, the median of some runs after one to warm up."""
    wall, used = [], []
    for _ in range(runs + 1):
        began, cpu = time.perf_counter(), time.process_time()
        run()
        wall.append(time.perf_counter() - began)
        used.append(time.process_time() - cpu)
    return {
        "rows": rows,
        "rows_per_second": round(rows / statistics.median(wall[1:] or wall)),
        "rows_per_processor_second": round(rows / statistics.median(used[1:] or used)),
    }


def measure(table: Transactions) -> dict[str, Any]:
    """Time torch, pandas and DuckDB on one table; say how far torch and pandas differ."""
    rows = len(table.customer)
    batches = [Transactions(*(column[at : at + BATCH] for column in table)) for at in range(0, rows, BATCH)]
    sample = head(table, min(PANDAS_ROWS, rows))
    theirs, ours = pandas_features(sample), features(sample)
    connection = duckdb.connect()
    arrow = {name: pa.array(column, from_pandas=True) for name, column in table._asdict().items()}
    connection.register("arrow", pa.table(arrow))
    connection.execute("create table transactions as select * from arrow")
    difference = {
        name: float(np.nanmax(np.abs(ours[name] - theirs[name].to_numpy()) / np.maximum(np.abs(ours[name]), 1e-3))) for name in FEATURES
    }
    return {
        "customers": len(np.unique(table.customer)),
        "largest_customer_rows": int(np.unique(table.customer, return_counts=True)[1].max()),
        "arrays": rate(rows, lambda: features(table)),
        "stream": rate(rows, lambda: [None for _ in stream(batches)]),
        "pandas_groupby_apply": rate(len(sample.customer), lambda: pandas_features(sample), 1),
        "duckdb_windows_without_ema": rate(rows, lambda: connection.execute(f"create or replace table found as {SQL}"), 1),
        "largest_relative_difference_to_pandas": max(difference.values()),
    }


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description="Measure the features of transactions.")
    parser.add_argument("--rows", type=int, default=2_000_000, help="rows of each table")
    parser.add_argument("--note", help="what to say of the circumstances, such as a busy machine")
    arguments = parser.parse_args()
    figures: dict[str, Any] = {
        "command": f"python -m benchmarks.features --rows {arguments.rows}",
        **({"note": arguments.note} if arguments.note else {}),
        "load_average_before": [round(load, 1) for load in os.getloadavg()],
        "pandas": version("pandas"),
        "synthetic": measure(synthetic(arguments.rows)),
    }
    retail = online_retail(arguments.rows)
    if retail is not None:
        figures["online_retail"] = measure(retail)
    print(json.dumps(figures, indent=2))
    print(f"written to {write('features', figures)}")


if __name__ == "__main__":
    main()
