"""Score every item with the latest virality model of when it appeared."""

from typing import Any


def model(dbt: Any, session: Any) -> Any:
    """Return one row per item that appeared after the first model."""
    dbt.config(materialized="table")
    from warehouse_ai.tabular import virality

    # Of a week's models the latest fit counts, such as one that late lines have changed.
    rows = dbt.ref("virality_model").order("fitted_at").to_arrow_table().to_pylist()
    models = {row["valid_from"]: virality.ViralityModel.from_row(row) for row in rows}
    return virality.score(dbt.ref("virality_features").to_arrow_table(), list(models.values()))
