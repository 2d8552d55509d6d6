"""The small trained weights that ship with the package."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from warehouse_ai.models.registry import ENCODER, WEIGHTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor


@dataclass(frozen=True)
class Adapter:
    """One file of ``weights/``; ``<name>.md`` beside it is its card."""

    name: str

    @property
    def path(self) -> Path:
        """Where the file is."""
        return WEIGHTS / f"{self.name}.safetensors"

    @cached_property
    def sha256(self) -> str:
        """Of the file."""
        return hashlib.sha256(self.path.read_bytes()).hexdigest()

    @property
    def revision(self) -> str:
        """First 12 digits of the file's sha256; it names encoder and adapter together, since the file was trained for one encoder."""
        return self.sha256[:12]

    @property
    def model(self) -> str:
        """How ledgers and specifications call it: ``encoder+adapter@revision``."""
        return f"{ENCODER.name}+{self.name}@{self.revision}"

    def load(self) -> dict[str, Tensor]:
        """Read the tensors.

        Raises:
            ValueError: the adapter was trained for another encoder.
        """
        from safetensors import safe_open

        with safe_open(self.path, "pt") as file:
            base = (file.metadata() or {}).get("base")
            if base != ENCODER.sha256:
                raise ValueError(f"{self.path.name} was trained for encoder {base}, not {ENCODER.sha256}")
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a mapping
        return {name: tensor.float() if tensor.is_floating_point() else tensor for name, tensor in tensors.items()}

    @staticmethod
    def encoder_changes(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Select what changes the encoder, named as its parameters."""
        return {name.removeprefix("encoder."): t for name, t in tensors.items() if name.startswith("encoder.")}


ZERO_SHOT = Adapter("classify")
SENTIMENT = Adapter("sentiment")
EXTRACT = Adapter("extract")
FILTER = Adapter("filter")
KEYWORDS = Adapter("keywords")
MODERATE = Adapter("moderate")
ASPECTS = Adapter("sentiment_aspects")
