"""Score the customers of the scoring month with the latest churn model."""

from typing import Any


def model(dbt: Any, session: Any) -> Any:
    """Return one row per customer, none without a model."""
    dbt.config(materialized="table")
    from datetime import UTC, datetime

    import pyarrow as pa

    from warehouse_ai.tabular import churn

    customers = dbt.ref("churn_snapshots").filter("churned is null").order("customer_id").to_arrow_table()
    fitted = dbt.ref("churn_model").order("fitted_at desc").limit(1).to_arrow_table().to_pylist()
    keys = customers.select(["customer_id", "month_start"])
    if fitted:
        scorer = churn.ChurnModel.from_row(fitted[0])
        scores, model_id = churn.score(scorer, customers), scorer.id
    else:
        keys, scores, model_id = keys.slice(0, 0), churn.SCORES.empty_table(), None
    for name in scores.column_names:
        keys = keys.append_column(scores.schema.field(name), scores[name])
    keys = keys.append_column("model_id", pa.array([model_id] * keys.num_rows, pa.string()))
    now = datetime.now(UTC).replace(tzinfo=None)
    return keys.append_column("scored_at", pa.array([now] * keys.num_rows, pa.timestamp("us")))
