"""What every aggregate does around its work: lists in, one answer a group out."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pyarrow as pa

from warehouse_ai.functions.frame import Call, RowFailed
from warehouse_ai.runtime.run import LEDGER, Failure, resolve


class GroupFailed(ValueError):
    """A group has no answer; the message says why."""


def apply_groups(
    columns: list[pa.ChunkedArray], call: Call, result: pa.StructType, answer: Callable[..., dict[str, Any]]
) -> pa.StructArray:
    """Answer each group.

    Args:
        columns: lists, one row a group, all columns of the same lengths.
        call: the function and its caller.
        result: type of the answer, with fields ``error`` and ``model``.
        answer: maps the lists of one group to the other fields.

    Returns:
        One struct a group: NULL for a group without rows, NULLs and an error for one that fails.

    Raises:
        RowFailed: a group failed and ``on_error`` is ``fail``.
    """
    started = time.perf_counter()
    rows: list[dict[str, Any] | None] = []
    members = failed = 0
    for group in zip(*(column.to_pylist() for column in columns), strict=True):
        if any(values is None for values in group):
            rows.append(None)
            continue
        members += len(group[0])
        row: dict[str, Any] = {field.name: None for field in result} | {"model": call.model}
        try:
            row |= answer(*group)
        except GroupFailed as error:
            row["error"] = str(error)
            failed += 1
            if call.on_error == "fail":
                raise RowFailed(f"{call.function}: {error}; on_error='null' goes on") from error
        rows.append(row)
    texts = [text for values in columns[0].to_pylist() for text in values or [] if text]
    LEDGER.add(
        call.ledger_key, rows=members, errors=failed, distinct_texts=LEDGER.see(call.ledger_key, list(dict.fromkeys(texts))),
        seconds=time.perf_counter() - started,
    )  # fmt: skip
    return pa.array(rows, result)


def embedded(task: Any, texts: list[str], call: Call) -> dict[str, bytes]:
    """Embed distinct texts.

    Raises:
        GroupFailed: one of them could not be embedded: an aggregate over the others would be wrong without saying so.
    """
    results = resolve(task, texts, call.context, call.ledger_key)
    failed = next((r for r in results if isinstance(r, Failure)), None)
    if failed:
        raise GroupFailed(failed.message)
    return {text: r for text, r in zip(texts, results, strict=True) if isinstance(r, bytes)}
