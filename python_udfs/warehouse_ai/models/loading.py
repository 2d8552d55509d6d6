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
    """Tell whether a model is in memory: keys are names, or tuples with a name or the folder of a named model."""
    return any(key == name or (isinstance(key, tuple) and name in key and "files" not in str(key[0])) for key in _loaded)
