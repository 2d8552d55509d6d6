"""The dbt-duckdb plugin: name ``warehouse_ai.plugin`` under ``plugins`` in the profile."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from dbt.adapters.duckdb.plugins import BasePlugin
from dbt.adapters.events.logging import AdapterLogger

from warehouse_ai.engines import duckdb as engine

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


class DbtLogHandler(logging.Handler):
    """Forward the package's log records to dbt's own logger."""

    def __init__(self) -> None:
        super().__init__()
        self._dbt = AdapterLogger("warehouse_ai")

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record at the level it came with."""
        write = self._dbt.warning if record.levelno >= logging.WARNING else self._dbt.info
        write(f"warehouse_ai: {record.getMessage()}")


class Plugin(BasePlugin):
    """Registers the AI functions on every connection that dbt opens."""

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        """Send the package's log records to dbt."""
        logger = logging.getLogger("warehouse_ai")
        if not any(isinstance(handler, DbtLogHandler) for handler in logger.handlers):
            logger.addHandler(DbtLogHandler())
            logger.setLevel(logging.INFO)
            logger.propagate = False

    def configure_connection(self, conn: DuckDBPyConnection) -> None:
        """Register the functions."""
        engine.register(conn)
