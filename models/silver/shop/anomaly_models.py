"""Fit a model of anomalies on the past rows of each checked relation and keep it as a row."""

from typing import Any


def model(dbt: Any, session: Any) -> Any:
    """Return one row per relation, none for one without past rows."""
    dbt.config(materialized="incremental", unique_key="model_id", incremental_strategy="delete+insert")
    import pyarrow as pa

    from warehouse_ai.tabular import anomalies

    transactions = dbt.ref("transaction_numbers").filter("is_past").to_arrow_table()
    customers = dbt.ref("customer_numbers").filter("is_past").to_arrow_table()
    fitted = (
        anomalies.fit(transactions, "transactions_checked", ("amount", "quantity", "days_to_land", "amount_to_own_median"), "landed_at"),
        anomalies.fit(customers, "shop_customers_checked", ("age", "income", "credit_score", "days_since_signup"), "changed_at"),
    )
    return pa.concat_tables([anomalies.SCHEMA.empty_table(), *(found.to_table() for found in fitted if found)])
