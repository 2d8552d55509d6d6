"""What every function does around its model: rows in, rows out, NULLs, blanks, errors and the ledger."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from warehouse_ai.runtime.context import Context
from warehouse_ai.runtime.ledger import Key
from warehouse_ai.runtime.run import LEDGER, Failure
from warehouse_ai.runtime.texts import BLANK, NULL, distinct

ABSTAINED = "abstained"
EMPTY_INPUT = "empty_input"
NOT_FAILURES = pa.array([ABSTAINED, EMPTY_INPUT])


class RowFailed(RuntimeError):
    """A row failed and the caller asked to stop then."""


@dataclass(frozen=True)
class Call:
    """One use of a function: what is asked, and by whom.

    Attributes:
        function: name that users know, ``ai_classify``.
        model: ``name@revision``.
        on_error: ``null`` or ``fail``.
        context: limits and place of the cache.
    """

    function: str
    model: str
    on_error: str
    context: Context

    @property
    def ledger_key(self) -> Key:
        """Row of the ledger."""
        return (self.context.invocation, self.context.node, self.function, self.model)


Evaluate = Callable[[list[str]], dict[str, pa.Array]]


def apply(column: pa.ChunkedArray, call: Call, result: pa.StructType, evaluate: Evaluate) -> pa.StructArray:
    """Evaluate a function over a column.

    Args:
        column: texts, any number of rows.
        call: the function and its caller.
        result: type of the answer, with a field ``error`` and a field ``model``.
        evaluate: maps distinct, non-blank texts to arrays for the other fields, of the same length.

    Returns:
        One struct a row: NULL for a NULL text; ``error = 'empty_input'`` and NULLs for a blank one.

    Raises:
        RowFailed: a row failed and ``on_error`` is ``fail``.
    """
    started = time.perf_counter()
    found = distinct(column)
    rows = found.rows
    fields = evaluate(found.texts) if found.texts else {}
    count = len(found.texts)
    arrays = []
    for field in result:
        blank = pa.array([EMPTY_INPUT], field.type) if field.name == "error" else pa.nulls(1, field.type)
        if field.name == "model":
            arrays.append(pa.array([call.model] * (count + 1), field.type))
        elif count:
            arrays.append(pa.concat_arrays([fields[field.name].cast(field.type), blank]))
        else:
            arrays.append(blank)
    answers = pa.StructArray.from_arrays(arrays, fields=list(result))
    taken = pa.array(np.where(rows == BLANK, count, rows), mask=rows == NULL)
    errors = _failed_rows(answers.field("error"), rows, call)
    LEDGER.add(
        call.ledger_key, rows=len(rows), nulls=int((rows == NULL).sum()), errors=errors,
        distinct_texts=LEDGER.see(call.ledger_key, found.texts), seconds=time.perf_counter() - started,
    )  # fmt: skip
    return answers.take(taken)


def _failed_rows(errors: pa.Array, rows: np.ndarray, call: Call) -> int:
    failed = pc.and_(errors.is_valid(), pc.invert(pc.is_in(errors, NOT_FAILURES))).to_numpy(zero_copy_only=False)
    if not failed.any():
        return 0
    number = int(failed[rows[rows >= 0]].sum())
    if number and call.on_error == "fail":
        message = errors.filter(pa.array(failed))[0].as_py()
        raise RowFailed(f"{call.function}: {number} of {len(rows)} rows failed, the first with '{message}'; on_error='null' goes on")
    return number


def split_failures(results: list[bytes | Failure]) -> tuple[np.ndarray, list[bytes], list[str | None]]:
    """Separate results from failures.

    Returns:
        Indices of the results, the results, and an error or None for each text.
    """
    good = np.array([i for i, r in enumerate(results) if isinstance(r, bytes)], np.int64)
    return good, [r for r in results if isinstance(r, bytes)], [r.message if isinstance(r, Failure) else None for r in results]


def scatter(values: pa.Array, places: np.ndarray, count: int) -> pa.Array:
    """Spread values over ``count`` rows, the rest NULL.

    Args:
        values: one value for each of ``places``.
        places: ascending indices below ``count``.
        count: rows of the answer.
    """
    source = np.zeros(count, np.int64)
    source[places] = np.arange(len(places))
    missing = np.ones(count, bool)
    missing[places] = False
    return values.take(pa.array(source, mask=missing))


def scores_map(names: Sequence[str], scores: np.ndarray, places: np.ndarray, count: int) -> pa.Array:
    """Build MAP(name, score) rows, NULL where there is no score.

    Args:
        names: keys of every map.
        scores: ``[places, names]``; NaN is a NULL value.
        places: ascending indices below ``count``.
        count: rows of the answer.
    """
    offsets = np.arange(len(scores) + 1, dtype=np.int32) * len(names)
    keys = pa.array(names, pa.string()).take(pa.array(np.tile(np.arange(len(names)), len(scores))))
    values = pa.array(scores.ravel().astype(np.float64), pa.float64(), mask=np.isnan(scores.ravel()))
    return scatter(pa.MapArray.from_arrays(pa.array(offsets), keys, values), places, count)
