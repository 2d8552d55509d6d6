"""Read what the project aims at, and what others have published."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from benchmarks.quality.sets import SETS

FOLDER = Path(__file__).parent
RECALLED = "recalled"
CALIBRATION = "calibration_error"


@dataclass(frozen=True)
class Reference:
    """A published figure.

    Attributes:
        metric: the figure of ours that it stands beside.
        value: 0..1.
        model: what reached it.
        setting: what that had to learn from.
        source: an address, or what was recalled without being looked up.
        parameters: size of the model; empty where it is not known.
    """

    metric: str
    value: float
    model: str
    setting: str
    source: str
    parameters: str = ""

    @property
    def name(self) -> str:
        """The model with its size."""
        return f"{self.model} ({self.parameters})" if self.parameters else self.model

    @property
    def is_checked(self) -> bool:
        """Whether the value was read in its source."""
        return not self.source.startswith(RECALLED)


@cache
def _read(name: str) -> dict[str, Any]:
    return yaml.safe_load((FOLDER / name).read_text(encoding="utf8"))


def sources() -> tuple[str, ...]:
    """Return all sources, in the order of the file."""
    return tuple(_read("references.yml")["sources"].values())


def references(name: str) -> tuple[Reference, ...]:
    """Return the published figures that stand beside those of a set."""
    known = _read("references.yml")
    return tuple(Reference(**{**row, "source": known["sources"][row["source"]]}) for row in known["sets"].get(name, []))


def targets(name: str) -> dict[str, float]:
    """Return what the project aims at on a set, by figure."""
    known = _read("targets.yml")
    calibration = {CALIBRATION: known[CALIBRATION]} if SETS[name].is_calibrated else {}
    return {**known["sets"].get(name, {}), **calibration}


def is_reached(metric: str, value: float, target: float) -> bool:
    """Tell whether a figure reaches its target; of calibration errors less is better."""
    return value <= target if metric == CALIBRATION else value >= target
