"""AI functions for DuckDB in dbt, run by local models in batches."""
