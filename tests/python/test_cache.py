from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from warehouse_ai.runtime.cache import key, namespace, open_cache

WRITER = """
import sys
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
