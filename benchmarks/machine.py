"""Describe the machine and the versions that a figure was measured with."""

from __future__ import annotations

import json
import os
import platform
import re
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
PACKAGES = ("warehouse-ai", "duckdb", "dbt-core", "dbt-duckdb", "torch", "tokenizers", "sentence-transformers", "pyarrow", "numpy")


def public_sets() -> Path:
    """Return the folder of the public sets.

    Raises:
        SystemExit: ``WAREHOUSE_AI_DATA`` does not name it.
    """
    folder = os.environ.get("WAREHOUSE_AI_DATA")
    if not folder:
        raise SystemExit("WAREHOUSE_AI_DATA is not set: point it at the folder that holds the public sets.")
    return Path(folder).absolute()


def describe() -> dict[str, Any]:
    """Return processor, memory, accelerator and package versions."""
    import torch

    info = Path("/proc/cpuinfo")
    names = re.findall(r"model name\s*: (.*)", info.read_text()) if info.exists() else []
    flags = info.read_text() if info.exists() else ""
    return {
        "cpu": names[0] if names else platform.processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "instructions": [flag for flag in ("avx2", "avx512f", "avx512_bf16", "amx_bf16") if re.search(rf"\b{flag}\b", flags)],
        "accelerator": torch.cuda.get_device_name() if torch.cuda.is_available() else None,
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in PACKAGES},
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def write(name: str, figures: dict[str, Any]) -> Path:
    """Write figures with the machine that they were measured on."""
    path = RESULTS / f"{name}.json"
    path.write_text(json.dumps({**figures, "machine": describe()}, indent=2, ensure_ascii=False) + "\n", encoding="utf8")
    return path
