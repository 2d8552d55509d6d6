"""Measure the churn model on the public Telco set, cross-validated.

    WAREHOUSE_AI_DATA=... python -m benchmarks.churn

Ten folds by ``md5(customerID) % 10``: one is tested, the next chooses and calibrates, eight fit. Writes ``results/churn.json``.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv
from sklearn.metrics import log_loss, roc_auc_score

from benchmarks.machine import public_sets, write
from warehouse_ai.tabular import churn

FOLDS = 10
NUMERIC = ("tenure", "MonthlyCharges", "TotalCharges")


def telco(path: Path) -> tuple[pa.Table, np.ndarray, np.ndarray]:
    """Read the set.

    Returns:
        Features, the label 0 or 1 ``[rows]``, and the fold 0 to 9 ``[rows]``.
    """
    raw = csv.read_csv(path, convert_options=csv.ConvertOptions(column_types={"TotalCharges": pa.string(), "SeniorCitizen": pa.string()}))
    fold = np.array(
        [int(hashlib.md5(key.encode(), usedforsecurity=False).hexdigest(), 16) % FOLDS for key in raw["customerID"].to_pylist()]
    )
    label = np.array([value == "Yes" for value in raw["Churn"].to_pylist()], np.int64)
    table = raw.drop_columns(["customerID", "Churn"])
    for name in NUMERIC:
        text = pc.utf8_trim_whitespace(pc.cast(table[name], pa.string()))
        known = pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)
        table = table.set_column(table.column_names.index(name), name, pc.cast(known, pa.float64()))
    return table, label, fold


class OutOfFold(NamedTuple):
    """Probabilities ``[rows]`` of models that did not see the row, and for each fold its AUC, that of boosted trees, and the method."""

    probability: np.ndarray
    aucs: list[float]
    trees: list[float]
    methods: list[str]


def out_of_fold(table: pa.Table, label: np.ndarray, fold: np.ndarray) -> OutOfFold:
    """Fit and test each fold."""
    found = OutOfFold(np.zeros(len(label)), [], [], [])
    for held_out in range(FOLDS):
        part = np.where(fold == held_out, churn.TEST, np.where(fold == (held_out + 1) % FOLDS, churn.VALIDATION, churn.TRAIN))
        model = churn.fit(table, label, churn.Split(part), table.column_names)
        rows = np.flatnonzero(fold == held_out)
        found.probability[rows] = churn.score(model, table.take(rows))["churn_probability"].to_numpy()
        found.aucs.append(float(roc_auc_score(label[rows], found.probability[rows])))
        found.trees.append(model.metrics["boosting_validation_auc"])
        found.methods.append(model.method)
    return found


def main() -> None:
    """Measure, and write the figures."""
    table, label, fold = telco(public_sets() / "telco_churn" / "Telco-Customer-Churn.csv")
    probability, aucs, trees, methods = out_of_fold(table, label, fold)
    figures = {
        "command": "python -m benchmarks.churn",
        "telco_churn": {
            "rows": len(label),
            "mean_auc": round(float(np.mean(aucs)), 4),
            "auc_of_folds": [round(auc, 4) for auc in aucs],
            "methods": methods,
            "boosting_mean_validation_auc": round(float(np.mean(trees)), 4),
            "out_of_fold_auc": round(float(roc_auc_score(label, probability)), 4),
            "out_of_fold_log_loss": round(float(log_loss(label, probability)), 4),
            "out_of_fold_calibration_error": round(churn.calibration_error(label, probability), 4),
        },
    }
    print(json.dumps(figures, indent=2))
    write("churn", figures)


if __name__ == "__main__":
    main()
