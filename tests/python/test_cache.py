from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

from warehouse_ai.runtime.cache import USED, key, namespace, open_cache

WRITER = """
import sys
from datetime import date, timedelta
from pathlib import Path
from warehouse_ai.runtime.cache import key, namespace, open_cache
cache = open_cache(Path(sys.argv[1]), 1.0)
for batch in range(20):
    cache.put_many((key(namespace("s"), f"{sys.argv[2]} {batch} {i}"), b"x" * 50) for i in range(100))
"""


def test_what_is_put_is_found(tmp_path: Path) -> None:
    cache = open_cache(tmp_path, 1.0)
    cache.put_many([(b"a", b"1"), (b"b", b"2")])
    assert cache.get_many([b"b", b"c", b"a"]) == {b"a": b"1", b"b": b"2"}


def test_an_address_depends_on_every_part_of_the_namespace_and_on_the_text() -> None:
    keys = {key(namespace(*parts), text) for parts in (("a", "b"), ("a", "c"), ("ab",)) for text in ("x", "y", "é", "e\u0301")}
    assert len(keys) == 12


def test_several_processes_write_to_one_cache(tmp_path: Path) -> None:
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), str(n)]) for n in range(3)]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    assert len(open_cache(tmp_path, 1.0)) == 6000


def test_a_full_cache_keeps_what_it_has_and_goes_on(tmp_path: Path, caplog) -> None:
    cache = open_cache(tmp_path, 1 / 1024)
    cache.put_many([(b"kept", b"1")])
    cache.put_many((str(i).encode(), b"x" * 1000) for i in range(5000))
    cache.put_many([(b"late", b"2")])
    assert cache.get_many([b"kept", b"late"]) == {b"kept": b"1"}
    assert [r.message for r in caplog.records if "the result cache is full" in r.message]


def test_answers_travel_as_parquet(tmp_path: Path) -> None:
    here, there = open_cache(tmp_path / "here", 1.0), open_cache(tmp_path / "there", 1.0)
    here.put_many((key(namespace("s"), str(i)), str(i).encode()) for i in range(1000))
    assert here.export_parquet(tmp_path / "answers.parquet") == 1000
    assert there.import_parquet(tmp_path / "answers.parquet") == 1000
    assert there.get_many([key(namespace("s"), "7")]) == {key(namespace("s"), "7"): b"7"}


def test_pruning_deletes_what_nobody_asked_for_and_keeps_the_rest(tmp_path: Path) -> None:
    cache = open_cache(tmp_path, 1.0)
    old, new = namespace("old"), namespace("new")
    cache.put_many([(key(old, "a"), b"1"), (key(old, "b"), b"2"), (key(new, "a"), b"3")])
    cache.mark_used(new)
    cache.put_many([(USED + old, (date.today() - timedelta(days=31)).isoformat().encode())])
    assert cache.prune(40) == 0
    assert cache.prune(30) == 2
    assert cache.get_many([key(old, "a"), key(new, "a")]) == {key(new, "a"): b"3"}
