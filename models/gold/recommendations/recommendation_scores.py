"""Recommend articles and posts to every reader, as of the last interaction."""

from typing import Any


def model(dbt: Any, session: Any) -> Any:
    """Return the best unseen items of each reader, none without interactions."""
    dbt.config(materialized="table")
    from warehouse_ai.tabular import recommendations

    interactions = dbt.ref("stg_interactions").project("user_id, item_type, item_id, strength, occurred_at").to_arrow_table()
    items = dbt.ref("item_embeddings").project("item_type, item_id, label, embedding").to_arrow_table()
    readers = dbt.ref("readers").to_arrow_table()
    if not interactions.num_rows or not items.num_rows:
        return recommendations.SCHEMA.empty_table()
    settings = recommendations.Settings(**dbt.config.meta_get("settings"))
    now = max(interactions["occurred_at"].to_pylist())
    ranker = recommendations.Ranker.fit(interactions, items, readers["user_id"], now, settings)
    return recommendations.recommend(ranker, dbt.config.meta_get("items_per_user"))
