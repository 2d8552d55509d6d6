"""Count what the functions did, by invocation, node, function and model."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

logger = logging.getLogger(__name__)

EXACT_DISTINCT = 2_000_000
PROGRESS_SECONDS = 10.0


class NewRowsExceeded(RuntimeError):
    """The run would send more texts to a model than ``warehouse_ai_max_new_rows`` allows."""


@dataclass
class Usage:
    """One row of the ledger.

    Attributes:
        rows: rows that reached the function.
        nulls: of these, NULL.
        distinct_texts: different texts among them; exact up to 2 million, an upper bound beyond.
        cache_hits: distinct texts whose result was known, a text counting again in every call that meets it first.
        computed: texts that reached a model, label texts included.
        windows: model inputs they made; more than ``computed`` where texts were split.
        tokens: tokens of these inputs, padding excluded.
        errors: rows with an error, ``abstained`` and ``empty_input`` excluded.
        truncated: texts that lost a token; always 0, since long texts are split.
        seconds: wall time inside the function, summed over threads.
    """

    device: str = ""
    rows: int = 0
    nulls: int = 0
    distinct_texts: int = 0
    cache_hits: int = 0
    computed: int = 0
    windows: int = 0
    tokens: int = 0
    errors: int = 0
    truncated: int = 0
    seconds: float = 0.0
    cost_usd: float = 0.0
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC).replace(tzinfo=None))
    clock: float = field(default_factory=time.monotonic, repr=False)
    known: set[int] = field(default_factory=set, repr=False)


COUNTS = ("rows", "nulls", "distinct_texts", "cache_hits", "computed", "windows", "tokens", "errors", "truncated")

Key = tuple[str, str, str, str]


class Ledger:
    """Thread-safe counters."""

    def __init__(self) -> None:
        self._usage: dict[Key, Usage] = {}
        self._computed: dict[str, int] = {}
        self._counted: dict[str, set[bytes]] = {}
        self._lock = threading.Lock()
        self._reported = time.monotonic()

    def add(self, key: Key, *, device: str = "", seconds: float = 0.0, cost_usd: float = 0.0, **counts: int) -> None:
        """Add counts to the row of (invocation, node, function, model)."""
        with self._lock:
            usage = self._usage.setdefault(key, Usage())
            for name, count in counts.items():
                setattr(usage, name, getattr(usage, name) + count)
            usage.seconds += seconds
            usage.cost_usd += cost_usd
            usage.device = device or usage.device
            if time.monotonic() - self._reported >= PROGRESS_SECONDS:
                self._reported = time.monotonic()
                texts = usage.computed + usage.cache_hits
                logger.info(
                    "%s in %s: %s texts computed, %s from the cache, %.0f texts/s",
                    key[2],
                    key[1].rsplit(".", 1)[-1] or "query",
                    usage.computed,
                    usage.cache_hits,
                    texts / (time.monotonic() - usage.clock),
                )

    def see(self, key: Key, texts: list[str]) -> int:
        """Return how many of a call's distinct texts this row has not met before."""
        with self._lock:
            known = self._usage.setdefault(key, Usage()).known
            if len(known) > EXACT_DISTINCT:
                return len(texts)
            before = len(known)
            known.update(map(hash, texts))
            return len(known) - before

    def see_key(self, key: Key, cache_keys: list[bytes]) -> set[bytes]:
        """Return those of the cache keys that this invocation has not counted before, by whatever function."""
        with self._lock:
            counted = self._counted.setdefault(key[0], set())
            fresh = set(cache_keys) - counted
            counted |= fresh
            return fresh

    def reserve(self, invocation: str, texts: int, limit: int | None) -> None:
        """Claim the right to send texts to a model.

        Raises:
            NewRowsExceeded: the invocation would pass its limit.
        """
        with self._lock:
            total = self._computed.get(invocation, 0) + texts
            if limit is not None and total > limit:
                raise NewRowsExceeded(
                    f"this run needs at least {total} new texts computed and warehouse_ai_max_new_rows is {limit}: "
                    "raise the var, or select fewer models"
                )
            self._computed[invocation] = total

    def drain(self, invocation: str) -> list[dict[str, object]]:
        """Return and forget the rows of an invocation."""
        with self._lock:
            keys = [key for key in self._usage if key[0] == invocation]
            rows = []
            for key in keys:
                usage = self._usage.pop(key)
                name, _, revision = key[3].partition("@")
                rows.append(
                    {
                        "invocation_id": key[0],
                        "node_id": key[1],
                        "function": key[2],
                        "model": name,
                        "revision": revision,
                        "device": usage.device,
                        **{count: getattr(usage, count) for count in COUNTS},
                        "seconds": usage.seconds,
                        "cost_usd": usage.cost_usd,
                        "started_at": usage.started_at,
                    }
                )
            return rows
