"""Choose where and how precisely models compute, and run batches there."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

LOCK = threading.RLock()
"""Held by whoever computes: one model at a time owns the device."""


@dataclass(frozen=True)
class Device:
    """Where models run.

    Attributes:
        kind: ``cpu``, ``cuda`` or ``mps``.
        precision: ``fp32``; part of every fingerprint, and the same on every device, since bf16 moves scores by more than 1e-3.
        capacity: tokens of a batch.
        quantum: tokens to a multiple of which inputs are padded, so that attention runs over few different shapes.
        workers: batches in flight.
    """

    kind: str
    precision: str
    capacity: int
    quantum: int
    workers: int


def cores() -> int:
    """Return the processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@cache
def choose(wanted: str) -> Device:
    """Resolve a wish to a device.

    Args:
        wanted: ``auto``, ``cpu``, ``cuda`` or ``mps``.

    Raises:
        ValueError: not one of these, or not on this machine.
    """
    import torch

    there = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    kind = next(k for k in ("cuda", "mps", "cpu") if there[k]) if wanted == "auto" else wanted
    if not there.get(kind):
        raise ValueError(f"warehouse_ai_device is '{wanted}': use one of auto, {', '.join(k for k in there if there[k])}")
    if kind == "cpu":
        return Device("cpu", "fp32", capacity=768, quantum=1, workers=cores())
    return Device(kind, "fp32", capacity=65_536, quantum=16, workers=1)


@cache
def _pool(workers: int) -> ThreadPoolExecutor:
    import torch

    # One single-threaded worker a core beats one operator over all cores: no barrier after each small matrix product.
    return ThreadPoolExecutor(workers, thread_name_prefix="warehouse_ai", initializer=torch.set_num_threads, initargs=(1,))


def map_unordered(device: Device, function: Callable[[T], R], items: list[T]) -> Iterator[tuple[T, R | Exception]]:
    """Run a function over items on the device's workers.

    Yields:
        Each item with its result, or with the exception that it raised, as soon as it is done.
    """
    if device.workers == 1:
        for item in items:
            try:
                yield item, function(item)
            except Exception as error:
                yield item, error
        return
    pool, waiting = _pool(device.workers), iter(items)
    running: dict[Future[R], T] = {}
    try:
        while True:
            for item in islice(waiting, 2 * device.workers - len(running)):
                running[pool.submit(function, item)] = item
            if not running:
                return
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                failed = future.exception()
                if failed is not None and not isinstance(failed, Exception):
                    raise failed
                yield running.pop(future), failed if failed is not None else future.result()
    finally:
        wait(running)


def out_of_memory(error: Exception) -> bool:
    """Tell whether an error means that the batch was too large."""
    import torch

    return isinstance(error, (torch.OutOfMemoryError, MemoryError)) or "not enough memory" in str(error)


def release_memory(device: Device) -> None:
    """Give cached device memory back after a failed batch."""
    import torch

    if device.kind == "cuda":
        torch.cuda.empty_cache()
