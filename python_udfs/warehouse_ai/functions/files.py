"""What all functions of files share: paths in, each content once, answers out."""

from __future__ import annotations

import hashlib
import re
import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warehouse_ai.functions.frame import Call
from warehouse_ai.models.methods import Unreadable
from warehouse_ai.runtime.cache import key
from warehouse_ai.runtime.run import LEDGER, Failure, derive

GROUP = 64
"""Files after which answers are written to the cache: a build that is killed resumes there."""
ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")


@dataclass(frozen=True)
class Place:
    """Where files are, and how large one may be.

    Attributes:
        project_dir: folder where relative paths start: that of the dbt project.
        max_mb: most megabytes of a file, at least 1.
    """

    project_dir: Path
    max_mb: int

    @classmethod
    def parse(cls, options: dict[str, Any]) -> Place:
        """Read what the macro printed."""
        return cls(Path((options.get("settings") or {}).get("project_dir") or ""), int(options["max_mb"]))

    def read(self, path: str) -> bytes:
        """Read a file.

        Raises:
            Unreadable: there is no such file, it may not be read, or it is too large.
        """
        if ADDRESS.match(path):
            raise Unreadable("is an address: only files on this machine are read, nothing is downloaded")
        file = self.project_dir / path
        try:
            found = file.stat()
            # Reading a pipe or a device might never end.
            if stat.S_ISREG(found.st_mode) and found.st_size <= self.max_mb * 2**20:
                return file.read_bytes()
        except FileNotFoundError as error:
            raise Unreadable("does not exist") from error
        except (OSError, ValueError) as error:
            raise Unreadable(f"cannot be read ({error})") from error
        if not stat.S_ISREG(found.st_mode):
            raise Unreadable("is not a file")
        raise Unreadable(f"has {found.st_size / 2**20:,.1f} MB and max_mb is {self.max_mb}")


@dataclass(frozen=True)
class Spec:
    """What may be read.

    Attributes:
        place: where the files are, and how large one may be.
    """

    place: Place

    @classmethod
    def parse(cls, options: dict[str, Any]) -> Spec:
        """Read what the macro printed."""
        return cls(Place.parse(options))


@dataclass(frozen=True)
class File:
    """A file whose content is known.

    Attributes:
        path: as the row has it.
        place: where it is.
        sha256: of its content, hexadecimal.
        suffix: of its name, lower case; empty where the function reads the content alone.
    """

    path: str
    place: Place
    sha256: str
    suffix: str

    @property
    def address(self) -> str:
        """What the cache knows it by: never its path."""
        return f"{self.sha256}{self.suffix}"

    def read(self) -> bytes:
        """Read it once more: the contents of a whole group would not fit in memory.

        Raises:
            Unreadable: it is no longer what it was.
        """
        data = self.place.read(self.path)
        if hashlib.sha256(data).hexdigest() != self.sha256:
            raise Unreadable("changed while it was read")
        return data


Answer = Callable[[list[File]], list[bytes | Failure]]


def answer_files(
    paths: Sequence[str], place: Place, space: bytes, compute: Answer, call: Call, *, by_suffix: bool = False
) -> list[bytes | Failure]:
    """Return the answer for each path, computing each content only once and only if no run has computed it.

    Args:
        paths: distinct, non-blank paths.
        place: where relative ones start.
        space: cache namespace: everything but the file that an answer depends on.
        compute: maps files with different contents to answers.
        call: the function and its caller.
        by_suffix: the answer also depends on the suffix of the name.
    """
    results: list[bytes | Failure] = []
    for at in range(0, len(paths), GROUP):
        results += _answer_group(paths[at : at + GROUP], place, space, compute, call, by_suffix=by_suffix)
    return results


def _answer_group(
    paths: Sequence[str], place: Place, space: bytes, compute: Answer, call: Call, *, by_suffix: bool
) -> list[bytes | Failure]:
    found: list[File | Failure] = []
    for path in paths:
        try:
            suffix = Path(path).suffix.lower() if by_suffix else ""
            found.append(File(path, place, hashlib.sha256(place.read(path)).hexdigest(), suffix))
        except Unreadable as error:
            found.append(Failure(str(error)))
    files = {file.address: file for file in found if isinstance(file, File)}

    def answer(addresses: list[str]) -> list[bytes | Failure]:
        if call.context.count_only:
            fresh = LEDGER.see_key(call.ledger_key, [key(space, address) for address in addresses])
            LEDGER.add(call.ledger_key, computed=len(fresh))
            return [Failure("not computed") for _ in addresses]
        answers = compute([files[address] for address in addresses])
        LEDGER.add(call.ledger_key, computed=sum(isinstance(a, bytes) for a in answers))
        return answers

    known = dict(zip(files, derive(space, list(files), answer, call.context, call.ledger_key), strict=True)) if files else {}
    results = [file if isinstance(file, Failure) else known[file.address] for file in found]
    return [Failure(f"{path} {r.message}") if isinstance(r, Failure) else r for path, r in zip(paths, results, strict=True)]


def attempt(work: Callable[[], bytes]) -> bytes | Failure:
    """Return what a file gives, or why it gives nothing."""
    try:
        return work()
    except Unreadable as error:
        return Failure(str(error))
    except Exception as error:
        return Failure(f"could not be read ({type(error).__name__}: {error})")
