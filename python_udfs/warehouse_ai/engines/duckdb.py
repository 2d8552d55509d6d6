"""Register the functions on a DuckDB connection."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from duckdb.func import FunctionNullHandling, PythonUDFType

from warehouse_ai.engines.model_cards import MODELS_TYPE, describe_models
from warehouse_ai.functions import heads
from warehouse_ai.functions.frame import Call
from warehouse_ai.functions.heads import Head
from warehouse_ai.functions.registry import AGGREGATES, FUNCTIONS, GENERATIVE, SEARCHES
from warehouse_ai.models.named import NamedModel
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

MODELS: dict[str, str] = {name: module.MODEL.model for name, module in FUNCTIONS.items() if module not in GENERATIVE}
"""What answers each function by default: ``name@revision``."""
LEDGER_TYPE = (
    "STRUCT(invocation_id VARCHAR, node_id VARCHAR, function VARCHAR, model VARCHAR, revision VARCHAR, device VARCHAR, "
    + ", ".join(f"{name} BIGINT" for name in COUNTS)
    + ", seconds DOUBLE, cost_usd DOUBLE, started_at TIMESTAMP)[]"
)


KEPT = 600.0
"""Seconds for which passages stay in memory after a query has used them: vectors and words of 100,000 take some 300 MB."""


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
        self._indexed: dict[str, tuple[Bound, float]] = {}
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
            installed = MODELS.get("embed_image" if options.get("input") == "image" else options.get("adapter") or function)
            # What the user names, no package ships.
            chosen = options.get("named") or options.get("clip") or FUNCTIONS.get(function) in GENERATIVE
            if installed != options["model"] and not chosen:
                raise ValueError(
                    f"ai_{function}: the dbt package asks for model {options['model']} and the installed Python package has {installed}: "
                    "install the same version of both (pip install --upgrade warehouse-ai, dbt deps)"
                )
            spec_of_function = FUNCTIONS[function].Spec.parse(options)
            call = self.call(options, Context.from_json(context))
            with self._lock:
                self._known[name] = Bound(function, spec_of_function, call)
        return name

    def call(self, options: dict[str, Any], context: Context) -> Call:
        """Say who asks, and under which name the ledger counts it."""
        named = NamedModel.parse(options)
        model = named.model if named else options["model"]
        return Call(f"ai_{options['function']}", model, options.get("on_error", "null"), context)

    def with_head(self, row: dict[str, Any], name: str) -> str:
        """Return the id of a specification that classifies with a head.

        Raises:
            ValueError: the head's rows could not be fitted, or it belongs to another encoder.
        """
        bound = self.get(name)
        relation = bound.spec.head_relation
        if row["error"]:
            raise ValueError(f"{bound.call.function}: the newest head in {relation} was not fitted: {row['error']}")
        head = Head.from_row(row)
        spec = replace(bound.spec, head=head)
        # Images are checked against the encoder that the call names, once it has been found.
        if bound.function == "classify" and row["model"] != (encoder := spec.encoder.model):
            raise ValueError(
                f"{bound.call.function}: the newest head in {relation} was fitted on {row['model']} and the encoder is now "
                f"{encoder}: rebuild {relation} (dbt run --select {relation.split('.')[-1].strip(chr(34))})"
            )
        own = f"{name}:{head.id}"
        with self._lock:
            call = replace(bound.call, model=f"{head.model.partition('@')[0]}+head@{head.id}")
            threshold = head.least(bound.spec.precision) if bound.spec.precision else bound.spec.threshold
            self._known[own] = Bound(bound.function, replace(spec, threshold=threshold), call)
        return own

    def with_index(self, texts: list[str | None], sources: list[str | None], name: str) -> str:
        """Return the id of a specification that searches these passages. They are forgotten after ``KEPT`` seconds in which none asks."""
        bound = self.get(name)
        started = time.perf_counter()
        index = bound.spec.retrieval.build(texts, sources, bound.call)
        LEDGER.add(bound.call.ledger_key, seconds=time.perf_counter() - started)
        own = f"{name}:{index.id}"
        self.keep(own, replace(bound, spec=bound.spec.over(index)))
        return own

    def keep(self, name: str, bound: Bound) -> None:
        """Keep a specification with its passages, which has just been used, and forget those that have not been for long."""
        now = time.monotonic()
        with self._lock:
            self._indexed = {known: entry for known, entry in self._indexed.items() if now - entry[1] < KEPT}
            self._indexed[name] = (bound, now)

    def get(self, name: str) -> Bound:
        """Return a specification by its id."""
        entry = self._indexed.get(name)
        return entry[0] if entry else self._known[name]


SPECS = Specs()


SQL_TYPES = {
    pa.string(): "VARCHAR",
    pa.float64(): "DOUBLE",
    pa.float32(): "FLOAT",
    pa.int32(): "INTEGER",
    pa.bool_(): "BOOLEAN",
    pa.timestamp("us"): "TIMESTAMP",
}


def sql_type(kind: pa.DataType) -> str:
    """Write an Arrow type as DuckDB SQL."""
    if pa.types.is_struct(kind):
        return "STRUCT(" + ", ".join(f'"{field.name}" {sql_type(field.type)}' for field in kind) + ")"
    if pa.types.is_map(kind):
        return f"MAP({sql_type(kind.key_type)}, {sql_type(kind.item_type)})"
    if pa.types.is_fixed_size_list(kind):
        return f"{sql_type(kind.value_type)}[{kind.list_size}]"
    if pa.types.is_list(kind):
        return sql_type(kind.value_type) + "[]"
    return SQL_TYPES[kind]


def evaluate(module: ModuleType, specs: Specs, *columns: pa.ChunkedArray) -> pa.Array:
    """Run a function over one vector of rows, all with the same specification; without one, as before a head is fitted, all are NULL."""
    *inputs, ids = columns
    if not len(ids) or ids[0].as_py() is None:
        return pa.nulls(len(ids), module.RESULT)
    if module not in SEARCHES:
        bound = specs.get(ids[0].as_py())
        return module.run(inputs if module in AGGREGATES else inputs[0], bound.spec, bound.call)
    # A correlated condition on the passages gives each row its own.
    parts, rows = [], []
    for name in dict.fromkeys(ids.to_pylist()):
        mine = pc.equal(ids, name) if name is not None else pc.is_null(ids)
        rows.append(np.flatnonzero(mine.combine_chunks().fill_null(False).to_numpy(zero_copy_only=False)))
        if name is None:
            parts.append(pa.nulls(len(rows[-1]), module.RESULT))
            continue
        bound = specs.get(name)
        parts.append(module.run(inputs[0].filter(mine), bound.spec, bound.call))
        # A query asks vector by vector, and a language model may take long over one.
        specs.keep(name, bound)
    return pa.concat_arrays(parts).take(pa.array(np.argsort(np.concatenate(rows), kind="stable")))


def udf(module: ModuleType, specs: Specs) -> Callable[..., pa.Array]:
    """Make a function of as many arguments as DuckDB counts: it looks at the signature, and takes ``*columns`` for one."""
    if len(getattr(module, "INPUTS", ("VARCHAR",))) == 1:
        return lambda column, ids: evaluate(module, specs, column, ids)
    return lambda first, second, ids: evaluate(module, specs, first, second, ids)


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


def make_folder(path: str) -> str:
    """Make a folder with those above it, which DuckDB's ``COPY`` does not, and return its path."""
    Path(path).mkdir(parents=True, exist_ok=True)
    return path


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
        *(f"ai_{name}: {model}" for name, model in sorted(MODELS.items())),
        f"cache: {entries} entries in {where.cache_dir}, at most {where.cache_max_gb:g} GB",
    ]


def register(connection: DuckDBPyConnection, specs: Specs = SPECS) -> None:
    """Create ``wai_<function>(text, spec id)`` for every function, ``wai_spec(spec, context)``, and what hooks and operations call."""
    varchar = duckdb.sqltype("VARCHAR")
    connection.create_function(f"{PREFIX}spec", specs.add, [varchar, varchar], varchar)
    connection.create_function(f"{PREFIX}cache", cache_operation, [varchar] * 3, varchar, side_effects=True)
    connection.create_function(f"{PREFIX}make_folder", make_folder, [varchar], varchar, side_effects=True)
    connection.create_function(f"{PREFIX}check", check, [varchar], duckdb.sqltype("VARCHAR[]"), side_effects=True)
    connection.create_function(f"{PREFIX}models", describe_models, [varchar], duckdb.sqltype(MODELS_TYPE), side_effects=True)
    connection.create_function(f"{PREFIX}ledger", ledger, [varchar], duckdb.sqltype(LEDGER_TYPE), side_effects=True)
    connection.create_function(f"{PREFIX}head", specs.with_head, [duckdb.sqltype(sql_type(heads.RESULT)), varchar], varchar)
    lists = duckdb.sqltype("VARCHAR[]")
    connection.create_function(f"{PREFIX}index", specs.with_index, [lists, lists, varchar], varchar)
    for name, module in FUNCTIONS.items():
        connection.create_function(
            PREFIX + name,
            udf(module, specs),
            [*map(duckdb.sqltype, getattr(module, "INPUTS", ("VARCHAR",))), varchar],
            duckdb.sqltype(sql_type(module.RESULT)),
            type=PythonUDFType.ARROW,
            null_handling=FunctionNullHandling.SPECIAL,
        )
