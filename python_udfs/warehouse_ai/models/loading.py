"""Load on first use, once, whichever thread comes first."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import TypeVar

T = TypeVar("T")

_lock = threading.RLock()
_loaded: dict[Hashable, object] = {}


def once(key: Hashable, load: Callable[[], T]) -> T:
    """Return what ``load`` made for this key, calling it at most once in the process."""
    if key not in _loaded:
        with _lock:
            if key not in _loaded:
                _loaded[key] = load()
    return _loaded[key]  # type: ignore[return-value]


def loaded(name: str) -> bool:
    """Tell whether a model is in memory: keys are names, or tuples that begin with one."""
    return any(key == name or (isinstance(key, tuple) and key[0] == name) for key in _loaded)
