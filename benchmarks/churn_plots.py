"""Draw lift and calibration of the churn model, on the public Telco set and on the shop of the built pipeline.

    WAREHOUSE_AI_DATA=... python -m benchmarks.churn_plots [--database warehouse.duckdb]

Telco: scores out of fold, as ``benchmarks.churn`` makes them. Shop: the model of ``churn_snapshots``, on its last four labelled months,
which it has not seen, beside the probabilities that the customers were made with, which no model can beat on average. Writes
``docs/images/churn_lift.svg``, ``docs/images/churn_calibration.svg`` and ``results/churn_plots.json``.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import numpy as np

from benchmarks.churn import out_of_fold, telco
from benchmarks.machine import public_sets, write
from benchmarks.plots import plt, save
from warehouse_ai.tabular import churn

SHARES = (0.01, 0.05, 0.1, 0.2, 0.5)
SNAPSHOTS = """
select snapshots.*, truth.probability
from main_silver.churn_snapshots as snapshots
left join main_landing.churn_truth as truth
    on snapshots.customer_id = truth.customer_id and snapshots.month_start = truth.month
where snapshots.churned is not null
order by snapshots.month_start, snapshots.customer_id
"""


class Scored(NamedTuple):
    """Whether customers left, and with which probability somebody expected it, both ``[rows]``."""

    name: str
    colour: str
    label: np.ndarray
    probability: np.ndarray


def shop(database: Path) -> tuple[Scored, Scored]:
    """Score the held-out months of the shop with the model and with the truth."""
    with duckdb.connect(str(database), read_only=True) as connection:
        rows = connection.sql(SNAPSHOTS).to_arrow_table()
    label = np.array(rows["churned"].to_pylist(), np.int64)
    split = churn.Split.by_time(rows["month_start"].to_pylist())
    held_out = np.flatnonzero(split.part == churn.TEST)
    scores = churn.score(churn.fit(rows, label, split), rows.take(held_out))
    truth = rows["probability"].to_numpy()[held_out]
    return (
        Scored("shop, held-out months", "tab:blue", label[held_out], scores["churn_probability"].to_numpy()),
        Scored("shop, true probabilities", "tab:gray", label[held_out], truth),
    )


def lift(scored: Scored) -> tuple[np.ndarray, np.ndarray]:
    """Return shares of the customers, those at most risk first, and how many times the mean share of leavers is among them."""
    leavers = np.cumsum(scored.label[np.argsort(-scored.probability, kind="stable")])
    count = np.arange(1, len(leavers) + 1)
    return count / len(count), leavers / count / scored.label.mean()


def bins(scored: Scored) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return mean probability, share of leavers and its standard error in ten bins of equally many customers."""
    parts = np.array_split(np.argsort(scored.probability, kind="stable"), churn.BINS)
    share = np.array([scored.label[part].mean() for part in parts])
    error = np.sqrt(share * (1 - share) / [len(part) for part in parts])
    return np.array([scored.probability[part].mean() for part in parts]), share, error


def draw(sets: list[Scored]) -> None:
    """Draw both pictures."""
    plt.figure(figsize=(7, 4))
    for scored in sets:
        share, times = lift(scored)
        # Two hundred points draw the curve; the first hundredth is too few customers to mean anything.
        shown = np.linspace(int(0.01 * len(share)), len(share) - 1, 200).astype(int)
        plt.plot(100 * share[shown], times[shown], label=scored.name, color=scored.colour)
    plt.axhline(1, color="black", linewidth=0.8, linestyle=":", label="customers drawn at random")
    plt.xlabel("customers contacted, those at most risk first, %")
    plt.ylabel("leavers among them, times the mean")
    plt.legend(frameon=False)
    save("churn_lift")
    _, axes = plt.subplots(1, len(sets), figsize=(10, 3.6))
    for axis, scored in zip(axes, sets, strict=True):
        mean, share, error = bins(scored)
        top = 1.08 * max(mean.max(), (share + error).max())
        axis.plot([0, top], [0, top], color="black", linewidth=0.8, linestyle=":")
        axis.errorbar(mean, share, yerr=error, color=scored.colour, marker="o", markersize=4, linewidth=1, capsize=2)
        axis.set(title=scored.name, xlabel="mean probability", ylabel="share that left", xlim=(0, top), ylim=(0, top))
    save("churn_calibration")


def figures(scored: Scored) -> dict[str, Any]:
    """Say in numbers what the pictures show."""
    share, times = lift(scored)
    mean, left, _ = bins(scored)
    return {
        "rows": len(scored.label),
        "share_that_left": round(float(scored.label.mean()), 4),
        "lift": {f"{cut:g}": round(float(times[np.searchsorted(share, cut)]), 2) for cut in SHARES},
        "calibration_error": round(churn.calibration_error(scored.label, scored.probability), 4),
        "bins": [{"mean_probability": round(float(m), 4), "share_that_left": round(float(s), 4)} for m, s in zip(mean, left, strict=True)],
    }


def main() -> None:
    """Score, draw, and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", type=Path, default=Path("warehouse.duckdb"))
    database = parser.parse_args().database
    table, label, fold = telco(public_sets() / "telco_churn" / "Telco-Customer-Churn.csv")
    sets = [Scored("Telco, out of fold", "tab:orange", label, out_of_fold(table, label, fold).probability), *shop(database)]
    draw(sets)
    result = {"command": "python -m benchmarks.churn_plots", **{scored.name: figures(scored) for scored in sets}}
    print(json.dumps(result, indent=2))
    write("churn_plots", result)


if __name__ == "__main__":
    main()
