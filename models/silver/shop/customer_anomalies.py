"""Score customers with the latest model of anomalies, as record batches stream through."""

from typing import Any

ROWS = 1 << 16
"""Rows in memory at a time."""


def model(dbt: Any, session: Any) -> Any:
    """Return a reader with a row per customer, none without a model."""
    dbt.config(materialized="table")
    from warehouse_ai.tabular import anomalies

    models = dbt.ref("anomaly_models").filter("relation = 'shop_customers_checked'")
    latest = models.order("fitted_at desc").limit(1).to_arrow_table().to_pylist()
    scorer = anomalies.AnomalyModel.from_row(latest[0]) if latest else None
    return anomalies.anomaly_batches(scorer, dbt.ref("customer_numbers").to_arrow_reader(ROWS), ["customer_id"])
