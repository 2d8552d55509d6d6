"""Ways of computing that need no weights: how they are called, the libraries that do the work, and files that they cannot use."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version


@dataclass(frozen=True)
class Method:
    """A way of computing that needs no weights, called and numbered as models are.

    Attributes:
        name: how users and ledgers call it.
        revision: raised when an answer changes; part of every fingerprint.
        task: what it computes.
        licence: SPDX identifier.
    """

    name: str
    revision: str
    task: str
    licence: str

    @property
    def model(self) -> str:
        """How ledgers and specifications call it: ``name@revision``."""
        return f"{self.name}@{self.revision}"


@cache
def versions(*distributions: str) -> tuple[str, ...]:
    """Return the installed versions of libraries, which their answers depend on.

    Raises:
        ModuleNotFoundError: one is not installed.
    """
    found = []
    for name in distributions:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            raise ModuleNotFoundError(f"{name} is missing: pip install {name}") from None
    return tuple(found)


class Unreadable(ValueError):
    """A file that cannot be used; the message says why, as a sentence whose subject is the file."""
