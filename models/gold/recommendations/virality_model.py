"""Fit a virality model at the start of each week and keep it as a row."""

from typing import Any


def model(dbt: Any, session: Any) -> Any:
    """Return one row per week that has enough viral items behind it."""
    dbt.config(materialized="incremental", unique_key="model_id", incremental_strategy="delete+insert")
    from warehouse_ai.tabular import virality

    return virality.fit_weekly(dbt.ref("virality_features").to_arrow_table())
