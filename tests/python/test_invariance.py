"""Labels and scores do not depend on what else is computed, on 2,000 texts."""

from __future__ import annotations

import json
import random
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from calls import spec
from test_seeds import seed_texts
from warehouse_ai.engines import duckdb as engine
from warehouse_ai.runtime import device as devices

COUNT = 2000
WORDS = 8


@pytest.fixture(scope="module")
def texts() -> list[str]:
    """Pieces of the seeds' texts of up to 8 words: as varied as they are, at a fraction of the time."""
    pieces = []
    for text in seed_texts().values():
        words = text.split()
        pieces += [" ".join(words[at : at + WORDS]) for at in range(0, len(words), WORDS)]
    found = list(dict.fromkeys(pieces))
    assert len(found) >= COUNT
    return random.Random(1).sample(found, COUNT)


def answers(function: str, texts: list[str], cache: Path) -> dict[str, Any]:
    with duckdb.connect() as connection:
        engine.register(connection)
        return ask(connection, function, texts, cache)


def ask(connection: duckdb.DuckDBPyConnection, function: str, texts: list[str], cache: Path) -> dict[str, Any]:
    given = pa.table({"body": pa.array(texts, pa.string())})  # noqa: F841 - DuckDB finds it by its name
    sql = f"select body, wai_{function}(body, wai_spec(?, ?)) from given"
    return dict(connection.execute(sql, [spec(function), json.dumps({"cache_dir": str(cache)})]).fetchall())


@pytest.mark.parametrize("function", ["embed", "sentiment", "extract"])
def test_batch_shape_order_cursors_and_cache_change_no_bit(
    function: str, texts: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One function for each kind of model: pooled states, a classifier, a span extractor; the others share them."""
    expected = answers(function, texts, tmp_path / "cold")
    assert answers(function, texts, tmp_path / "cold") == expected

    # Half the capacity, as after memory ran out; another order; four cursors that ask for the same texts at once.
    smaller = replace(devices.choose("auto"), capacity=devices.choose("auto").capacity // 2)
    monkeypatch.setattr(devices, "choose", lambda wanted: smaller)
    shuffled = random.Random(2).sample(texts, COUNT)
    found: list[dict[str, Any]] = []
    with duckdb.connect() as connection:
        engine.register(connection)
        cursors = [connection.cursor() for _ in range(4)]
        threads = [
            threading.Thread(target=lambda c=c, t=t: found.append(ask(c, function, t, tmp_path / "shuffled")))
            for c, t in zip(cursors, (shuffled, shuffled[::-1], texts, texts[::-1]), strict=True)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(found) == 4
    assert all(answer == expected for answer in found)
