"""Register the functions on a DuckDB connection."""

from __future__ import annotations

import hashlib
import json
import threading
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa
from duckdb.func import FunctionNullHandling, PythonUDFType

from warehouse_ai.functions.frame import Call
from warehouse_ai.functions.registry import FUNCTIONS
from warehouse_ai.models.adapters import EXTRACT, SENTIMENT, ZERO_SHOT
from warehouse_ai.models.registry import ENCODER, load_text_encoder
from warehouse_ai.runtime import device as devices
from warehouse_ai.runtime.cache import open_cache
from warehouse_ai.runtime.context import Context
from warehouse_ai.runtime.ledger import COUNTS
from warehouse_ai.runtime.run import LEDGER

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

PREFIX = "wai_"
"""Another extension already owns ``ai_``."""

MODELS = {"classify": ZERO_SHOT, "sentiment": SENTIMENT, "extract": EXTRACT}
LEDGER_TYPE = (
    "STRUCT(invocation_id VARCHAR, node_id VARCHAR, function VARCHAR, model VARCHAR, revision VARCHAR, device VARCHAR, "
    + ", ".join(f"{name} BIGINT" for name in COUNTS)
    + ", seconds DOUBLE, cost_usd DOUBLE, started_at TIMESTAMP)[]"
)


@dataclass(frozen=True)
class Bound:
    """A specification that a query refers to by its id."""

    function: str
    spec: Any
    call: Call


class Specs:
    """Specifications by id. DuckDB copies a constant argument once a row, so queries pass a short id instead of the JSON."""

    def __init__(self) -> None:
        self._known: dict[str, Bound] = {}
        self._lock = threading.Lock()

    def add(self, spec: str, context: str) -> str:
        """Parse a specification and its context, and return their id.

        Raises:
            ValueError: the macros are of another version than this package.
        """
        name = hashlib.sha256(f"{spec}\x1f{context}".encode()).hexdigest()[:16]
        if name not in self._known:
            options = json.loads(spec)
            function = options["function"]
            installed = MODELS[function].model if function in MODELS else None
            if installed != options["model"]:
                raise ValueError(
                    f"ai_{function}: the dbt package asks for model {options['model']} and the installed Python package has {installed}: "
                    "install the same version of both (pip install --upgrade warehouse-ai, dbt deps)"
                )
            call = Call(f"ai_{function}", installed, options.get("on_error", "null"), Context.from_json(context))
            with self._lock:
                self._known[name] = Bound(function, FUNCTIONS[function].Spec.parse(options), call)
        return name

    def get(self, name: str) -> Bound:
        """Return a specification by its id."""
        return self._known[name]


SPECS = Specs()


def sql_type(kind: pa.DataType) -> str:
    """Write an Arrow type as DuckDB SQL."""
    if pa.types.is_struct(kind):
        return "STRUCT(" + ", ".join(f'"{field.name}" {sql_type(field.type)}' for field in kind) + ")"
    if pa.types.is_map(kind):
        return f"MAP({sql_type(kind.key_type)}, {sql_type(kind.item_type)})"
    if pa.types.is_list(kind):
        return sql_type(kind.value_type) + "[]"
    return {pa.string(): "VARCHAR", pa.float64(): "DOUBLE", pa.int32(): "INTEGER"}[kind]


def evaluate(module: ModuleType, texts: pa.ChunkedArray, ids: pa.ChunkedArray) -> pa.Array:
    """Run a function over one vector of rows, all with the same specification."""
    if not len(texts):
        return pa.array([], module.RESULT)
    bound = SPECS.get(ids[0].as_py())
    return module.run(texts, bound.spec, bound.call)


def ledger(invocation: str) -> list[dict[str, object]]:
    """Hand over what an invocation did; the process forgets it."""
    return [{k: _plain(v) for k, v in row.items()} for row in LEDGER.drain(invocation)]


def _plain(value: object) -> object:
    return value if isinstance(value, (str, int, float, datetime)) else str(value)


def cache_operation(action: str, argument: str, context: str) -> str:
    """Export, import or prune the result cache, and say what was done.

    Args:
        action: ``export``, ``import`` or ``prune``.
        argument: path of a Parquet file, or for ``prune`` a number of days.
        context: as the macros print it.
    """
    where = Context.from_json(context)
    cache = open_cache(where.cache_dir, where.cache_max_gb)
    if action == "prune":
        return f"{cache.prune(int(argument))} answers deleted from {where.cache_dir}: nobody had asked for their like in {argument} days"
    if action == "export":
        return f"{cache.export_parquet(Path(argument))} answers written to {argument}"
    return f"{cache.import_parquet(Path(argument))} answers read from {argument} into {where.cache_dir}"


def check(context: str) -> list[str]:
    """Load the default model, and say what the functions would run on."""
    where = Context.from_json(context)
    device = devices.choose(where.device)
    load_text_encoder()
    entries = len(open_cache(where.cache_dir, where.cache_max_gb))
    return [
        f"package: warehouse-ai {version('warehouse-ai')}, duckdb {duckdb.__version__}",
        f"device: {device.kind}, {device.precision}, {device.workers} workers",
        f"encoder: {ENCODER.name} {ENCODER.revision}, sha256 checked",
        *(f"ai_{name}: {adapter.model}" for name, adapter in MODELS.items()),
        f"cache: {entries} entries in {where.cache_dir}, at most {where.cache_max_gb:g} GB",
    ]


def register(connection: DuckDBPyConnection) -> None:
    """Create ``wai_<function>(text, spec id)`` for every function, ``wai_spec(spec, context)``, and what hooks and operations call."""
    varchar = duckdb.sqltype("VARCHAR")
    connection.create_function(f"{PREFIX}spec", SPECS.add, [varchar, varchar], varchar)
    connection.create_function(f"{PREFIX}cache", cache_operation, [varchar] * 3, varchar, side_effects=True)
    connection.create_function(f"{PREFIX}check", check, [varchar], duckdb.sqltype("VARCHAR[]"), side_effects=True)
    connection.create_function(f"{PREFIX}ledger", ledger, [varchar], duckdb.sqltype(LEDGER_TYPE), side_effects=True)
    for name, module in FUNCTIONS.items():
        connection.create_function(
            PREFIX + name,
            partial(evaluate, module),
            [varchar, varchar],
            duckdb.sqltype(sql_type(module.RESULT)),
            type=PythonUDFType.ARROW,
            null_handling=FunctionNullHandling.SPECIAL,
        )
