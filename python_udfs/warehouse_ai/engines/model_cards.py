"""What is known of every model that answers: the shipped ones, and those that a project names for its functions."""

from __future__ import annotations

import hashlib
import json
from importlib.metadata import version
from typing import Any

import yaml

from warehouse_ai.functions.registry import FUNCTIONS, GENERATIVE
from warehouse_ai.models.adapters import Adapter
from warehouse_ai.models.loading import loaded
from warehouse_ai.models.methods import Method
from warehouse_ai.models.named import NamedModel
from warehouse_ai.models.registry import ENCODER

MODELS_TYPE = (
    "STRUCT(model VARCHAR, revision VARCHAR, sha256 VARCHAR, licence VARCHAR, megabytes DOUBLE, source VARCHAR, loaded BOOLEAN, "
    "functions VARCHAR)[]"
)


def describe_models(project: str) -> list[dict[str, Any]]:
    """Describe every model: one row each.

    Args:
        project: JSON of ``models``, the model that the project names for a function, and ``settings``, as specifications have them.
    """
    given = json.loads(project)
    chosen: dict[str, str] = given.get("models") or {}
    known = {ENCODER.model: _shipped(ENCODER)}
    users: dict[str, list[str]] = {ENCODER.model: []}
    for name, module in sorted(FUNCTIONS.items()):
        if module in GENERATIVE or f"ai_{name}" in chosen:
            continue
        known.setdefault(module.MODEL.model, _shipped(module.MODEL))
        users.setdefault(module.MODEL.model, []).append(f"ai_{name}")
    for function, name in sorted(chosen.items()):
        row = _named(name, given.get("settings") or {})
        key = f"{row['model']}@{row['revision']}"
        known.setdefault(key, row)
        users.setdefault(key, []).append(function)
    return [{**row, "functions": ", ".join(users[key])} for key, row in known.items()]


def _row(model: str, revision: str, sha256: str, licence: str, megabytes: float | None, source: str, is_loaded: bool) -> dict[str, Any]:
    return {
        "model": model, "revision": revision, "sha256": sha256, "licence": licence, "megabytes": megabytes, "source": source,
        "loaded": is_loaded,
    }  # fmt: skip


def _shipped(model: Any) -> dict[str, Any]:
    """Describe the encoder, an adapter, a method or a library."""
    if model is ENCODER:
        source = f"Python package {model.source}"
        return _row(model.name, model.revision, model.sha256, model.licence, float(model.megabytes), source, loaded("encoder"))
    if isinstance(model, Adapter):
        size = round(model.path.stat().st_size / 1e6, 1)
        name = f"{ENCODER.name}+{model.name}"
        return _row(name, model.revision, model.sha256, "Apache-2.0", size, f"weights/{model.path.name}", loaded(model.name))
    if isinstance(model, Method):
        return _row(model.name, model.revision, "", model.licence, None, "Python package warehouse-ai", False)
    return _row(model.name, version(model.name), "", model.licence, None, f"Python package {model.name}", loaded(model.name))


def _named(name: str, settings: dict[str, Any]) -> dict[str, Any]:
    """Describe a model that the project names, or say why it cannot be used."""
    try:
        named = NamedModel.parse({"named": name, "settings": settings})
        assert named is not None
        files = sorted(named.folder.glob("*.safetensors"))
    except ValueError as error:
        return _row(name, "", "", "unknown", None, str(error), False)
    digest = hashlib.sha256()
    for path in files:
        with path.open("rb") as file:
            while chunk := file.read(1 << 24):
                digest.update(chunk)
    model, _, revision = named.model.rpartition("@")
    size = round(sum(path.stat().st_size for path in files) / 1e6, 1)
    return _row(model, revision, digest.hexdigest(), _licence(named), size, str(named.folder), loaded(str(named.folder)))


def _licence(named: NamedModel) -> str:
    """Read the licence from a model card's front matter."""
    card = named.folder / "README.md"
    parts = card.read_text(encoding="utf8").split("---\n", 2) if card.exists() else []
    found = yaml.safe_load(parts[1]) if len(parts) == 3 and not parts[0].strip() else None
    return str(found.get("license") or "unknown") if isinstance(found, dict) else "unknown"
