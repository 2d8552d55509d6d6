"""Pictures of the documents: the same figures give the same files."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl

mpl.use("svg")
mpl.rcParams.update({"svg.hashsalt": "warehouse_ai", "svg.fonttype": "none", "axes.spines.top": False, "axes.spines.right": False})
from matplotlib import pyplot as plt  # noqa: E402  # after the back end is chosen

IMAGES = Path(__file__).parents[1] / "docs/images"


def save(name: str) -> None:
    """Write the current figure as ``docs/images/<name>.svg``, without a date."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    plt.tight_layout()
    plt.savefig(IMAGES / f"{name}.svg", metadata={"Date": None})
    plt.close()
