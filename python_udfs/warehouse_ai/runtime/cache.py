"""Content-addressed result cache in LMDB, shared by models, runs and processes."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice, takewhile
from pathlib import Path

import lmdb
import pyarrow as pa
import pyarrow.parquet as pq
import xxhash

logger = logging.getLogger(__name__)

ENTRIES = pa.schema([("key", pa.binary()), ("value", pa.binary())])

_open: dict[Path, ResultCache] = {}
_open_lock = threading.Lock()


def namespace(*parts: str) -> bytes:
    """Hash everything but the text that a result depends on: 8 bytes."""
    return xxhash.xxh3_64_digest("\x1f".join(parts).encode())


def key(space: bytes, text: str) -> bytes:
    """Address of a text's result: namespace and 128-bit text hash, 24 bytes."""
    return space + xxhash.xxh3_128_digest(text.encode("utf-8", "surrogatepass"))


USED = b"used:"
"""Prefix of the entries that say when a namespace was last asked for; its keys are shorter than addresses."""


class ResultCache:
    """Bytes by address. Safe for threads and for several processes; use ``open_cache``."""

    def __init__(self, folder: Path, max_gb: float) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        # metasync=False: a power cut may lose the last batch, never the file; a killed process loses nothing.
        self._env = lmdb.open(str(folder / "results.lmdb"), map_size=int(max_gb * 2**30), metasync=False, max_readers=512)
        self._full = False
        self._used: set[bytes] = set()

    def mark_used(self, space: bytes) -> None:
        """Note that a namespace is in use today, once a process; ``prune`` goes by that."""
        if space not in self._used:
            self._used.add(space)
            self.put_many([(USED + space, datetime.now(UTC).date().isoformat().encode())])

    def get_many(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """Return what is known of the keys."""
        with self._env.begin() as transaction, transaction.cursor() as cursor:
            return dict(cursor.getmulti(keys))

    def put_many(self, items: Iterable[tuple[bytes, bytes]]) -> None:
        """Store results in one durable transaction; a full cache is reported once and then left alone."""
        if self._full:
            return
        try:
            with self._env.begin(write=True) as transaction, transaction.cursor() as cursor:
                cursor.putmulti(list(items))
        except lmdb.MapFullError:
            self._full = True
            logger.warning(
                "the result cache is full: new results are not kept. Raise the var warehouse_ai_cache_max_gb or delete %s",
                self._env.path(),
            )

    def prune(self, days: int) -> int:
        """Delete the results of namespaces (a model with a specification) that nobody asked for in so many days; return how many."""
        limit = (datetime.now(UTC).date() - timedelta(days=days)).isoformat().encode()
        with self._env.begin() as transaction, transaction.cursor() as cursor:
            found = [bytes(k[len(USED) :]) for k, day in self._from(cursor, USED) if day < limit]
        deleted = 0
        for space in found:
            with self._env.begin(write=True) as transaction, transaction.cursor() as cursor:
                for k in [bytes(k) for k, _ in self._from(cursor, space)]:
                    deleted += transaction.delete(k)
                transaction.delete(USED + space)
        self._full = False
        return deleted

    def export_parquet(self, path: Path) -> int:
        """Write every entry to a Parquet file with the BLOB columns ``key`` and ``value``; return how many."""
        written = 0
        partial = path.with_name(f"{path.name}.partial")
        with self._env.begin() as transaction, transaction.cursor() as cursor, pq.ParquetWriter(partial, ENTRIES) as writer:
            entries = self._from(cursor, b"")
            while batch := list(islice(entries, 65_536)):
                keys, values = zip(*batch, strict=True)
                writer.write_batch(pa.record_batch([pa.array(keys, pa.binary()), pa.array(values, pa.binary())], schema=ENTRIES))
                written += len(batch)
        partial.replace(path)
        return written

    def import_parquet(self, path: Path) -> int:
        """Add the entries of such a file; return how many it holds."""
        read = 0
        for batch in pq.ParquetFile(path).iter_batches(65_536, columns=ENTRIES.names):
            self.put_many(zip(batch.column(0).to_pylist(), batch.column(1).to_pylist(), strict=True))
            read += batch.num_rows
        return read

    @staticmethod
    def _from(cursor: lmdb.Cursor, prefix: bytes) -> Iterator[tuple[bytes, bytes]]:
        if cursor.set_range(prefix):
            yield from takewhile(lambda entry: bytes(entry[0]).startswith(prefix), cursor)

    def __len__(self) -> int:
        return int(self._env.stat()["entries"])


def open_cache(folder: Path, max_gb: float) -> ResultCache:
    """Return the cache of a folder; LMDB allows one handle a process."""
    folder = folder.expanduser().absolute()
    with _open_lock:
        if folder not in _open:
            _open[folder] = ResultCache(folder, max_gb)
        return _open[folder]
