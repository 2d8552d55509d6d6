"""Fit a churn model on the labelled months and keep it as a row."""

from typing import Any


def model(dbt: Any, session: Any) -> Any:
    """Return one row, or none where no month has a label."""
    dbt.config(materialized="incremental", unique_key="model_id", incremental_strategy="delete+insert")
    import numpy as np

    from warehouse_ai.tabular import churn

    # In one order, so that the same rows give the same model.
    labelled = dbt.ref("churn_snapshots").filter("churned is not null").order("month_start, customer_id").to_arrow_table()
    if not labelled.num_rows:
        return churn.SCHEMA.empty_table()
    split = churn.Split.by_time(labelled["month_start"].to_pylist())
    # Empty for those of `churn_snapshots`. dbt finds a setting only where its call stands alone.
    named = dbt.config.get("features")
    return churn.fit(labelled, np.array(labelled["churned"].to_pylist()), split, (named or "").split() or None).to_table()
