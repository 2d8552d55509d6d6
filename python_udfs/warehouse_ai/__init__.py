"""AI functions for DuckDB in dbt, run by local models in batches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from duckdb import DuckDBPyConnection


def connect(database: str | Path = ":memory:", *, read_only: bool = False, **config: Any) -> DuckDBPyConnection:
    """Open a DuckDB database with every AI function, for notebooks and ad-hoc SQL.

    The functions have the names and the answers of the dbt macros: ``select ai_sentiment(body), ai_classify(body, ['bug', 'billing'])``;
    options are named with ``:=``. They exist on this connection alone, read the same result cache as dbt, and leave nothing in the file.

    Args:
        database: path of the file.
        read_only: open it beside other readers; a file that dbt is writing cannot be opened at all.
        config: DuckDB settings.
    """
    import duckdb

    from warehouse_ai.engines import duckdb as engine
    from warehouse_ai.engines import notebook

    connection = duckdb.connect(str(database), read_only=read_only, config=config)
    engine.register(connection)
    notebook.create_macros(connection)
    return connection
