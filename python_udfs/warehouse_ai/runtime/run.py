"""Bring texts to their results: cache, windows, batches, model, cache again.

Nothing here knows a task. A ``Task`` says how to cut a text into model inputs, how a batch is computed and how the parts of a text become
one result; this module decides what has to be computed at all, and in which batches.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from warehouse_ai.runtime import device as devices
from warehouse_ai.runtime.batching import Batch, pack
from warehouse_ai.runtime.cache import key, open_cache
from warehouse_ai.runtime.context import Context
from warehouse_ai.runtime.ledger import Key, Ledger

if TYPE_CHECKING:
    import numpy as np

logger = logging.getLogger(__name__)

LEDGER = Ledger()
"""Everything that this process did."""

GROUP = 4096
"""Texts that are cut into windows at a time, so that memory does not grow with the call."""


class Input(Protocol):
    """One model input, a window of a text."""

    @property
    def text(self) -> int:
        """Index of the text it belongs to."""

    @property
    def ids(self) -> np.ndarray:
        """Token ids, int32."""


InputT = TypeVar("InputT", bound=Input)
PartT = TypeVar("PartT")


class Task(Protocol[InputT, PartT]):
    """A model at work, as the runtime sees it."""

    @property
    def space(self) -> bytes:
        """Cache namespace: everything but the text that a result depends on."""

    def inputs(self, texts: list[str]) -> Sequence[InputT]:
        """Cut texts into windows; at least one each, in the order of the texts."""

    def compute(self, inputs: list[InputT], batch: Batch, device: devices.Device) -> list[PartT]:
        """Run one batch and return a part for each input; the sizes of matrix products may depend on ``batch.tokens`` alone."""

    def merge(self, text: str, inputs: list[InputT], parts: list[PartT]) -> bytes:
        """Combine the parts of one text, in their order, into the bytes that are cached."""


@dataclass(frozen=True)
class Failure:
    """A text that could not be computed."""

    message: str


def resolve(task: Task[InputT, PartT], texts: list[str], context: Context, ledger_key: Key, *, hits: bool = True) -> list[bytes | Failure]:
    """Return the result of each text, computing only what no run has computed before.

    Args:
        task: what to compute.
        texts: distinct, non-blank texts.
        context: limits and place of the cache.
        ledger_key: row of the ledger that pays.
        hits: count cache hits; False where a function asks for an ingredient of its own result.

    Returns:
        Bytes as the task's ``merge`` made them, or a ``Failure``, for each text in order.

    Raises:
        NewRowsExceeded: see ``warehouse_ai_max_new_rows``.
    """
    if not texts:
        return []
    cache = open_cache(context.cache_dir, context.cache_max_gb)
    cache.mark_used(task.space)
    keys = [key(task.space, text) for text in texts]
    known: dict[bytes, bytes | Failure] = dict(cache.get_many(keys))
    missing = [i for i, k in enumerate(keys) if k not in known]
    if hits:
        LEDGER.add(ledger_key, cache_hits=len(texts) - len(missing))
    if missing and context.count_only:
        known.update(_count(task, [texts[i] for i in missing], [keys[i] for i in missing], ledger_key))
    elif missing:
        device = devices.choose(context.device)
        with devices.LOCK:
            # Another thread or process may have computed them while this one waited.
            known.update(cache.get_many([keys[i] for i in missing]))
            missing = [i for i in missing if keys[i] not in known]
            LEDGER.reserve(context.invocation, len(missing), context.max_new_rows)
            for at in range(0, len(missing), GROUP):
                group = missing[at : at + GROUP]
                results = _compute(task, [texts[i] for i in group], [keys[i] for i in group], device, context, ledger_key)
                known.update(zip((keys[i] for i in group), results, strict=True))
    return [known[k] for k in keys]


def _count(task: Task[InputT, PartT], texts: list[str], keys: list[bytes], ledger_key: Key) -> dict[bytes, bytes | Failure]:
    fresh = LEDGER.see_key(ledger_key, keys)
    inputs = task.inputs([text for text, k in zip(texts, keys, strict=True) if k in fresh])
    LEDGER.add(ledger_key, computed=len(fresh), windows=len(inputs), tokens=sum(len(item.ids) for item in inputs))
    return dict.fromkeys(keys, Failure("not computed"))


def derive(
    space: bytes, texts: list[str], compute: Callable[[list[str]], list[bytes | Failure]], context: Context, ledger_key: Key
) -> list[bytes | Failure]:
    """Return results that follow cheaply from others, such as label probabilities from an embedding.

    Args:
        space: cache namespace of the derived result.
        texts: distinct, non-blank texts.
        compute: makes the results of the texts that are not known yet.
        context: limits and place of the cache.
        ledger_key: row of the ledger that counts the hits.
    """
    cache = open_cache(context.cache_dir, context.cache_max_gb)
    cache.mark_used(space)
    keys = [key(space, text) for text in texts]
    known: dict[bytes, bytes | Failure] = dict(cache.get_many(keys))
    missing = [i for i, k in enumerate(keys) if k not in known]
    LEDGER.add(ledger_key, cache_hits=len(texts) - len(missing))
    if missing:
        results = compute([texts[i] for i in missing])
        cache.put_many((keys[i], r) for i, r in zip(missing, results, strict=True) if isinstance(r, bytes))
        known.update(zip((keys[i] for i in missing), results, strict=True))
    return [known[k] for k in keys]


def _compute(
    task: Task[InputT, PartT], texts: list[str], keys: list[bytes], device: devices.Device, context: Context, ledger_key: Key
) -> list[bytes | Failure]:
    cache = open_cache(context.cache_dir, context.cache_max_gb)
    inputs = task.inputs(texts)
    of_text: list[list[int]] = [[] for _ in texts]
    for index, item in enumerate(inputs):
        of_text[item.text].append(index)
    open_parts = [len(found) for found in of_text]
    parts: dict[int, PartT] = {}
    results: list[bytes | Failure | None] = [None] * len(texts)
    lengths = [len(item.ids) for item in inputs]
    batches = pack(lengths, device.capacity, device.quantum)
    while batches:
        retry: list[Batch] = []
        for batch, outcome in devices.map_unordered(device, lambda b: task.compute([inputs[i] for i in b.items], b, device), batches):
            if isinstance(outcome, Exception):
                if _hopeless(batch, lengths, outcome):
                    results[inputs[batch.items[0]].text] = Failure(f"{type(outcome).__name__}: {outcome}")
                else:
                    retry += _smaller(batch, lengths, outcome, device)
                continue
            done = []
            for i, part in zip(batch.items, outcome, strict=True):
                parts[i] = part
                text = inputs[i].text
                open_parts[text] -= 1
                if not open_parts[text] and results[text] is None:
                    pieces = of_text[text]
                    merged = task.merge(texts[text], [inputs[p] for p in pieces], [parts[p] for p in pieces])
                    results[text] = merged
                    done.append((keys[text], merged))
                    for p in pieces:
                        del parts[p]
            cache.put_many(done)
            LEDGER.add(
                ledger_key, device=device.kind, computed=len(done), windows=len(batch.items),
                tokens=sum(lengths[i] for i in batch.items),
            )  # fmt: skip
        batches = retry
    return [result if result is not None else Failure("no result") for result in results]


def _smaller(batch: Batch, lengths: Sequence[int], error: Exception, device: devices.Device) -> list[Batch]:
    """Split a failed batch: half the capacity when memory ran out, else one input at a time in the same shape, to find the one at fault."""
    if not devices.out_of_memory(error):
        return [Batch((item,), batch.tokens, batch.quantum) for item in batch.items]
    devices.release_memory(device)
    half = batch.tokens // 2
    logger.warning("out of memory with %d tokens: going on with %d", batch.tokens, half)
    return [
        Batch(tuple(batch.items[i] for i in found.items), found.tokens, found.quantum)
        for found in pack([lengths[i] for i in batch.items], half, batch.quantum)
    ]


def _hopeless(batch: Batch, lengths: Sequence[int], error: Exception) -> bool:
    """Tell whether a failed batch cannot be made any smaller."""
    if len(batch.items) > 1:
        return False
    return not devices.out_of_memory(error) or batch.tokens <= batch.padded(lengths[batch.items[0]])
