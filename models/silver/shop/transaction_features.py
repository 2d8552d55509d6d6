"""Features of each transaction, computed by torch as record batches stream through."""

ROWS = 1 << 18
"""Rows in memory at a time."""


def model(dbt, session):  # noqa: ANN001, ANN201
    """Return a reader, so that dbt-duckdb writes batch by batch and the table is never in memory as a whole."""
    from warehouse_ai.tabular import feature_batches

    dbt.config(materialized="table")
    transactions = dbt.ref("stg_transactions").project("transaction_id, customer_id, purchased_at, amount, quantity")
    return feature_batches(transactions.order("customer_id, purchased_at, transaction_id").to_arrow_reader(ROWS))
