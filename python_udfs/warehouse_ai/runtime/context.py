"""What travels with a call beside its specification and never changes an answer."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


def default_cache_dir() -> Path:
    """Return the user's cache folder for results (XDG base directory), outside any project's ``target/``."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "warehouse_ai"


@dataclass(frozen=True)
class Context:
    """Who asks, and within which limits.

    Attributes:
        invocation: dbt's invocation id; empty outside dbt.
        node: dbt's node id; empty outside dbt.
        cache_dir: folder of the result cache.
        cache_max_gb: size cap of the cache in gigabytes.
        max_new_rows: texts that one invocation may send to a model, or None.
        device: ``auto``, ``cpu``, ``cuda`` or ``mps``.
        count_only: what is not cached is counted in the ledger and not computed.
    """

    invocation: str = ""
    node: str = ""
    cache_dir: Path = field(default_factory=default_cache_dir)
    cache_max_gb: float = 4.0
    max_new_rows: int | None = None
    device: str = "auto"
    count_only: bool = False

    @classmethod
    def from_json(cls, text: str) -> Context:
        """Parse what the macros print; unset values take their defaults."""
        given: dict[str, Any] = {name: value for name, value in json.loads(text).items() if value is not None}
        if "cache_dir" in given:
            given["cache_dir"] = Path(given["cache_dir"]).expanduser()
        return cls(**given)
