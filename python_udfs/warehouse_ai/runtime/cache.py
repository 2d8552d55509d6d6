"""Content-addressed result cache in LMDB, shared by models, runs and processes."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path

import lmdb
import xxhash

logger = logging.getLogger(__name__)

_open: dict[Path, ResultCache] = {}
_open_lock = threading.Lock()


def namespace(*parts: str) -> bytes:
    """Hash everything but the text that a result depends on: 8 bytes."""
    return xxhash.xxh3_64_digest("\x1f".join(parts).encode())


def key(space: bytes, text: str) -> bytes:
    """Address of a text's result: namespace and 128-bit text hash, 24 bytes."""
    return space + xxhash.xxh3_128_digest(text.encode("utf-8", "surrogatepass"))


class ResultCache:
    """Bytes by address. Safe for threads and for several processes; use ``open_cache``."""

    def __init__(self, folder: Path, max_gb: float) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        # metasync=False: a power cut may lose the last batch, never the file; a killed process loses nothing.
        self._env = lmdb.open(str(folder / "results.lmdb"), map_size=int(max_gb * 2**30), metasync=False, max_readers=512)
        self._full = False

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

    def __len__(self) -> int:
        return int(self._env.stat()["entries"])


def open_cache(folder: Path, max_gb: float) -> ResultCache:
    """Return the cache of a folder; LMDB allows one handle a process."""
    folder = folder.expanduser().absolute()
    with _open_lock:
        if folder not in _open:
            _open[folder] = ResultCache(folder, max_gb)
        return _open[folder]
