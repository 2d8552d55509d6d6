from __future__ import annotations

import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from warehouse_ai.runtime.cache import namespace
from warehouse_ai.runtime.context import Context
from warehouse_ai.runtime.ledger import NewRowsExceeded
from warehouse_ai.runtime.run import LEDGER, Failure, resolve

KEY = ("run", "node", "ai_fake", "fake@1")


@dataclass(frozen=True)
class Piece:
    text: int
    ids: np.ndarray


@dataclass
class Lengths:
    """A task with the real interface: the length of a text, one token a character, windows of 100."""

    space: bytes = namespace("fake", "lengths")
    seen: list[list[int]] = field(default_factory=list)
    memory: int = 10**9

    def inputs(self, texts: list[str]) -> list[Piece]:
        return [Piece(i, np.zeros(len(t[at : at + 100]), np.int32)) for i, t in enumerate(texts) for at in range(0, len(t), 100)]

    def compute(self, inputs: list[Piece], batch: Any, device: Any) -> list[int]:
        if batch.tokens > self.memory:
            raise MemoryError("out of memory")
        if any(len(item.ids) == 66 for item in inputs):
            raise RuntimeError("66 is unlucky")
        self.seen.append([len(item.ids) for item in inputs])
        return [len(item.ids) for item in inputs]

    def merge(self, text: str, inputs: list[Piece], parts: list[int]) -> bytes:
        return str(sum(parts)).encode()


def texts(*lengths: int) -> list[str]:
    return [chr(97 + i) * n for i, n in enumerate(lengths)]


def test_windows_of_a_text_are_merged_in_order(tmp_path: Path) -> None:
    assert resolve(Lengths(), texts(5, 250, 100), Context(cache_dir=tmp_path), KEY) == [b"5", b"250", b"100"]


def test_what_is_cached_is_not_computed_again(tmp_path: Path) -> None:
    task = Lengths()
    resolve(task, texts(5, 7), Context(cache_dir=tmp_path), KEY)
    resolve(task, texts(5, 7, 9), Context(cache_dir=tmp_path), KEY)
    assert sorted(n for batch in task.seen for n in batch) == [5, 7, 9]


def test_a_failing_text_is_isolated_from_its_batch(tmp_path: Path) -> None:
    results = resolve(Lengths(), texts(5, 66, 7), Context(cache_dir=tmp_path), KEY)
    assert results == [b"5", Failure("RuntimeError: 66 is unlucky"), b"7"]


def test_a_text_with_one_failing_window_fails_as_a_whole(tmp_path: Path) -> None:
    results = resolve(Lengths(), texts(166, 250), Context(cache_dir=tmp_path), KEY)
    assert results == [Failure("RuntimeError: 66 is unlucky"), b"250"]


def test_batches_shrink_until_they_fit_the_memory(tmp_path: Path) -> None:
    task = Lengths(memory=200)
    assert resolve(task, texts(90, 80, 70, 60, 50), Context(cache_dir=tmp_path), KEY) == [b"90", b"80", b"70", b"60", b"50"]
    assert all(sum(batch) <= 200 for batch in task.seen)


def test_a_text_that_never_fits_fails_alone(tmp_path: Path) -> None:
    results = resolve(Lengths(memory=85), texts(90, 80), Context(cache_dir=tmp_path), KEY)
    assert results[1] == b"80"
    assert isinstance(results[0], Failure)


def test_the_limit_of_new_rows_holds_over_calls_and_counts_no_cached_text(tmp_path: Path) -> None:
    context = Context(cache_dir=tmp_path, invocation="limited", max_new_rows=3)
    resolve(Lengths(), texts(1, 2), context, KEY)
    resolve(Lengths(), texts(1, 2), context, KEY)
    with pytest.raises(NewRowsExceeded, match="needs at least 4 new texts computed and warehouse_ai_max_new_rows is 3"):
        resolve(Lengths(), texts(1, 2, 3, 4), context, KEY)
    assert resolve(Lengths(), texts(1, 2, 3), context, KEY) == [b"1", b"2", b"3"]


def test_threads_that_ask_for_the_same_texts_compute_them_once(tmp_path: Path) -> None:
    task, wanted = Lengths(), texts(*range(1, 40))
    threads = [threading.Thread(target=resolve, args=(task, wanted, Context(cache_dir=tmp_path), KEY)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(n for batch in task.seen for n in batch) == list(range(1, 40))


def test_the_ledger_counts_what_was_computed(tmp_path: Path) -> None:
    key = ("counted", "node", "ai_fake", "fake@1")
    resolve(Lengths(), texts(5, 250), Context(cache_dir=tmp_path, invocation="counted"), key)
    resolve(Lengths(), texts(5, 250), Context(cache_dir=tmp_path, invocation="counted"), key)
    (row,) = LEDGER.drain("counted")
    assert {name: row[name] for name in ("computed", "windows", "tokens", "cache_hits", "device", "model", "revision")} == {
        "computed": 2, "windows": 4, "tokens": 255, "cache_hits": 2, "device": "cpu", "model": "fake", "revision": "1",
    }  # fmt: skip
    assert LEDGER.drain("counted") == []


KILLED = """
import os, sys
sys.path.insert(0, sys.argv[2])
from pathlib import Path
from test_run import KEY, Lengths, texts
from warehouse_ai.runtime.context import Context
from warehouse_ai.runtime.run import resolve

class Dying(Lengths):
    def compute(self, inputs, batch, device):
        if len(self.seen) == 2:
            os.kill(os.getpid(), 9)
        return super().compute(inputs, batch, device)

os.sched_setaffinity(0, {0})
resolve(Dying(), [chr(200 + i) * 90 for i in range(40)], Context(cache_dir=Path(sys.argv[1])), KEY)
"""


def test_a_killed_run_resumes_where_it_died(tmp_path: Path) -> None:
    command = [sys.executable, "-c", KILLED, str(tmp_path), str(Path(__file__).parent)]
    assert subprocess.run(command, check=False).returncode == -9
    task = Lengths()
    results = resolve(task, [chr(200 + i) * 90 for i in range(40)], Context(cache_dir=tmp_path), KEY)
    assert results == [b"90"] * 40
    # Two batches of eight texts were stored before the kill; a third may have been on its way.
    assert sum(map(len, task.seen)) in (40 - 16, 40 - 24)
