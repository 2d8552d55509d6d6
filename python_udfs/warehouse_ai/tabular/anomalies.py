"""Anomalies: how far a row of numbers lies from the bulk of past rows, and which columns put it there.

A column that is positive and skewed is taken as its logarithm. Every column is centred on its median and scaled by its median absolute
deviation; location and covariance of all together are those of the minimum covariance determinant (Rousseeuw and Van Driessen, "A fast
algorithm for the minimum covariance determinant estimator", Technometrics 1999), so that errors among the past rows do not hide
themselves. A row's squared Mahalanobis distance over the columns that it knows is put on the scale of a standard normal (Wilson and
Hilferty, "The distribution of chi-square", PNAS 1931): rows that know different columns can be compared by it.

What has no place in a distance counts by its rarity: a value that is missing, or not positive where the column is taken as a logarithm,
is as odd as it was rare, and reaches the threshold where one past row in a hundred had it.
"""

from __future__ import annotations

import hashlib
import json
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from statistics import NormalDist
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

SCHEMA = pa.schema(
    [
        ("model_id", pa.string()),
        ("relation", pa.string()),
        ("columns", pa.list_(pa.string())),
        ("parameters", pa.string()),
        ("threshold", pa.float64()),
        ("trained_from", pa.timestamp("us")),
        ("trained_until", pa.timestamp("us")),
        ("train_rows", pa.int64()),
        ("fitted_at", pa.timestamp("us")),
    ]
)
"""Columns of a fitted model as a row."""
SCORES = pa.schema(
    [
        ("score", pa.float64()),
        ("threshold", pa.float64()),
        ("is_anomaly", pa.bool_()),
        ("odd_columns", pa.list_(pa.string())),
        ("model_id", pa.string()),
    ]
)
"""What `score` returns for each row."""
RARE = 0.01
"""Share of past rows at which a missing or not positive value reaches the threshold."""
SAMPLE = 2000
"""Past rows that the covariance is estimated from."""
ROWS_A_COLUMN = 10
"""Past rows a column that a covariance needs; with fewer, columns count as independent."""
FLAT = 1e-6
"""A covariance whose smallest eigenvalue is not above it is of columns that determine each other; they count as independent too."""
FALSE_ALARMS = 1e-3
"""Largest share of clean rows that may exceed the threshold, however few the past rows are."""
DIGITS = 10
"""Significant digits of the parameters: what lies beyond them differs between processors."""
NORMAL = NormalDist()


@dataclass(frozen=True)
class Column:
    """What is usual in one column.

    Attributes:
        name: of the column.
        is_log: whether it is taken as its natural logarithm.
        center: median of what it is taken as.
        scale: its median absolute deviation times 1.4826, which is a normal's standard deviation.
        missing: share of past rows without a value.
        not_positive: share of past rows at 0 or below, where it is taken as a logarithm.
    """

    name: str
    is_log: bool
    center: float
    scale: float
    missing: float
    not_positive: float

    def read(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return deviations from the centre, NaN where there are none, and how rare such a row is, 0 where there are; both ``[rows]``."""
        rarity = np.zeros(len(values))
        known = np.isfinite(values)
        rarity[~known] = np.log(self.missing) / np.log(RARE)
        if self.is_log:
            rarity[known & (values <= 0)] = np.log(self.not_positive) / np.log(RARE)
            known &= values > 0
        taken = np.full(len(values), np.nan)
        taken[known] = np.log(values[known]) if self.is_log else values[known]
        return (taken - self.center) / self.scale, rarity


@dataclass(frozen=True)
class AnomalyModel:
    """A fitted model.

    Attributes:
        relation: name of the relation whose rows it knows.
        columns: what is usual in each column that it reads.
        location: ``[columns]``, robust mean of the deviations.
        covariance: ``[columns x columns]``, robust covariance of them.
        threshold: a row with a higher score is an anomaly.
        trained: first and last time of the past rows.
        train_rows: past rows.
        fitted_at: UTC.
    """

    relation: str
    columns: tuple[Column, ...]
    location: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    threshold: float
    trained: tuple[datetime, datetime]
    train_rows: int
    fitted_at: datetime

    @property
    def parameters(self) -> str:
        """Everything but the threshold that a score depends on, as JSON."""
        columns = [asdict(column) for column in self.columns]
        return json.dumps({"columns": columns, "location": self.location, "covariance": self.covariance}, allow_nan=False)

    @property
    def id(self) -> str:
        """Hash of relation, parameters and threshold: the same rows give the same id."""
        return hashlib.sha256(json.dumps([self.relation, self.parameters, self.threshold]).encode()).hexdigest()[:16]

    def to_table(self) -> pa.Table:
        """Return one row of `SCHEMA`."""
        row = {
            "model_id": self.id,
            "relation": self.relation,
            "columns": [column.name for column in self.columns],
            "parameters": self.parameters,
            "threshold": self.threshold,
            "trained_from": self.trained[0],
            "trained_until": self.trained[1],
            "train_rows": self.train_rows,
            "fitted_at": self.fitted_at,
        }
        return pa.Table.from_pylist([row], schema=SCHEMA)

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> AnomalyModel:
        """Read a row of `SCHEMA`.

        Raises:
            ValueError: the row's id is not that of its parameters.
        """
        stored = json.loads(row["parameters"])
        model = cls(
            relation=row["relation"],
            columns=tuple(Column(**column) for column in stored["columns"]),
            location=tuple(stored["location"]),
            covariance=tuple(map(tuple, stored["covariance"])),
            threshold=row["threshold"],
            trained=(row["trained_from"], row["trained_until"]),
            train_rows=row["train_rows"],
            fitted_at=row["fitted_at"],
        )
        if model.id != row["model_id"]:
            raise ValueError(f"anomaly model {row['model_id']}: its parameters are those of {model.id}")
        return model


def fit(table: pa.Table, relation: str, features: Sequence[str], time: str) -> AnomalyModel | None:
    """Learn what is usual from past rows, errors among them.

    The threshold is what a normal would exceed once in as many rows as there are, with the median of the past rows' scores and the
    spread between it and their 90th percentile, but at least a standard one. Neither moves much while fewer than a tenth of the rows
    are errors, and no share of errors has to be known.

    Args:
        table: past rows, ``[rows]``, in any order.
        relation: name to keep with the model.
        features: numeric columns to use; one that is constant, or not known at all, is left out.
        time: column that says when a row was seen.

    Returns:
        None where no column varies, as in an empty table.

    Raises:
        ValueError: a column is not in the table.
    """
    data = _numbers(table, [*features])
    columns = [column for name in features if (column := _column(name, data[name])) is not None]
    if not columns:
        return None
    deviations = np.column_stack([column.read(data[column.name])[0] for column in columns])
    location, covariance = _location_and_covariance(deviations)
    known = ~np.isnan(deviations).all(axis=1)
    scores = _distances(deviations[known], location, covariance)
    middle, high = np.quantile(scores, [0.5, 0.9])
    spread = max(1.0, (high - middle) / NORMAL.inv_cdf(0.9))
    threshold = max(0.0, middle) - spread * NORMAL.inv_cdf(min(FALSE_ALARMS, 1 / len(deviations)))
    seen = pc.min_max(pc.cast(table[time], pa.timestamp("us"))).as_py()
    return AnomalyModel(
        relation=relation,
        columns=tuple(columns),
        location=tuple(map(_rounded, location)),
        covariance=tuple(tuple(map(_rounded, row)) for row in covariance),
        threshold=_rounded(threshold),
        trained=(seen["min"], seen["max"]),
        train_rows=table.num_rows,
        fitted_at=datetime.now(UTC).replace(tzinfo=None),
    )


def score(model: AnomalyModel, table: pa.Table | pa.RecordBatch) -> pa.Table:
    """Score rows with a fitted model.

    Args:
        model: fitted before; nothing is learnt from the rows.
        table: ``[rows]`` with the model's columns.

    Returns:
        ``[rows]`` of `SCORES`, in the order of the table. Scores are in standard deviations of a normal. An anomaly's ``odd_columns``
        are those that reach the threshold by themselves, or, where only their combination is odd, the one that the others predict worst.

    Raises:
        ValueError: a column is not in the table.
    """
    data = _numbers(table, [column.name for column in model.columns])
    read = [column.read(data[column.name]) for column in model.columns]
    deviations = np.column_stack([deviation for deviation, _ in read])
    rarities = np.column_stack([rarity for _, rarity in read]) * model.threshold
    location, covariance = np.array(model.location), np.array(model.covariance)
    scores = np.maximum(_distances(deviations, location, covariance), np.where(rarities > 0, rarities, -np.inf).max(axis=1))
    anomalies = scores > model.threshold

    alone = np.fmax(np.abs(deviations - location) / np.sqrt(np.diag(covariance)), rarities)
    odd: list[list[str]] = [[] for _ in scores]
    for row in np.flatnonzero(anomalies):
        chosen = np.flatnonzero(alone[row] >= model.threshold)
        if not len(chosen):
            chosen = _worst_predicted(deviations[row] - location, covariance)
        odd[row] = [model.columns[i].name for i in chosen]
    rows = len(scores)
    arrays = [
        pa.array(scores),
        pa.array(np.full(rows, model.threshold)),
        pa.array(anomalies),
        pa.array(odd, pa.list_(pa.string())),
        pa.array([model.id] * rows, pa.string()),
    ]
    return pa.Table.from_arrays(arrays, schema=SCORES)


def anomaly_batches(model: AnomalyModel | None, rows: pa.RecordBatchReader, keys: Sequence[str]) -> pa.RecordBatchReader:
    """Score rows batch by batch, when the result is read.

    Args:
        model: fitted before; without one no row comes back.
        rows: with the keys and the model's columns.
        keys: columns to hand on.

    Returns:
        The keys, what `score` says, and ``scored_at`` (UTC), for each row.
    """
    now = datetime.now(UTC).replace(tzinfo=None)
    schema = pa.schema([*(rows.schema.field(key) for key in keys), *SCORES, pa.field("scored_at", pa.timestamp("us"))])

    def batches() -> Iterator[pa.RecordBatch]:
        if model is None:
            return
        for batch in rows:
            found = score(model, batch)
            stamps = pa.array([now] * batch.num_rows, pa.timestamp("us"))
            columns = [*(batch[key] for key in keys), *(column.combine_chunks() for column in found.columns), stamps]
            yield from pa.Table.from_arrays(columns, schema=schema).to_batches()

    return pa.RecordBatchReader.from_batches(schema, batches())


def _numbers(table: pa.Table | pa.RecordBatch, names: Sequence[str]) -> dict[str, np.ndarray]:
    absent = [name for name in names if name not in table.schema.names]
    if absent:
        raise ValueError(f"no column {', '.join(absent)}; the table has {', '.join(table.schema.names)}")
    return {name: np.array(pc.fill_null(pc.cast(table[name], pa.float64()), float("nan")).to_numpy(zero_copy_only=False)) for name in names}


def _rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


def _skewness(values: np.ndarray) -> float:
    """Measure skewness by quantiles, which a few errors do not move (Hinkley, Biometrika 1975); 0 to 1."""
    low, middle, high = np.quantile(values, [0.05, 0.5, 0.95])
    return abs(high + low - 2 * middle) / (high - low) if high > low else 0.0


def _column(name: str, values: np.ndarray) -> Column | None:
    known = values[np.isfinite(values)]
    if not len(known):
        return None
    positive = known[known > 0]
    is_log = bool(np.quantile(known, 0.05) > 0 and _skewness(np.log(positive)) < _skewness(known))
    taken = np.log(positive) if is_log else known
    center = np.median(taken)
    distance = np.abs(taken - center)
    # Where more than half of the values are equal, the median distance is 0; the mean distance of a normal is its deviation by 1.2533.
    scale = 1.4826 * np.median(distance) or 1.2533 * np.sort(distance).mean()
    if not scale:
        return None

    def share(count: int) -> float:
        return _rounded((count + 0.5) / (len(values) + 1))

    missing, not_positive = len(values) - len(known), len(known) - len(positive)
    return Column(name, is_log, _rounded(center), _rounded(scale), share(missing), share(not_positive))


def _location_and_covariance(deviations: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    from sklearn.covariance import MinCovDet
    from threadpoolctl import threadpool_limits

    width = deviations.shape[1]
    complete = deviations[~np.isnan(deviations).any(axis=1)]
    # The order of the rows must not matter.
    complete = complete[np.lexsort(complete.T)]
    complete = complete[np.sort(np.random.default_rng(0).permutation(len(complete))[:SAMPLE])]
    # Thousands of tiny matrices: threads would only wait for each other. Warnings are of columns that hardly vary together.
    with threadpool_limits(1), warnings.catch_warnings(action="ignore"):
        if len(complete) >= ROWS_A_COLUMN * width and np.linalg.matrix_rank(complete - complete.mean(axis=0)) == width:
            fitted = MinCovDet(random_state=0).fit(complete)
            if np.linalg.eigvalsh(fitted.covariance_)[0] > FLAT:
                return fitted.location_, fitted.covariance_
    return np.zeros(width), np.eye(width)


def _distances(deviations: np.ndarray, location: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """Return ``[rows]`` standard normal equivalents of the distances over known columns, minus infinity where none is known."""
    found = np.full(len(deviations), -np.inf)
    known = ~np.isnan(deviations)
    for pattern in np.unique(known, axis=0):
        width = int(pattern.sum())
        if not width:
            continue
        rows = np.flatnonzero((known == pattern).all(axis=1))
        values = (deviations[rows] - location)[:, pattern]
        root = np.linalg.cholesky(covariance[np.ix_(pattern, pattern)])
        # Column by column, since a matrix product's last bits depend on how many rows there are.
        whitened: list[np.ndarray] = []
        for i in range(width):
            rest = values[:, i].copy()
            for j in range(i):
                rest -= root[i, j] * whitened[j]
            whitened.append(rest / root[i, i])
        squared = np.zeros(len(rows))
        for part in whitened:
            squared += part * part
        variance = 2 / (9 * width)
        found[rows] = (np.cbrt(squared / width) - (1 - variance)) / np.sqrt(variance)
    return found


def _worst_predicted(values: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """Return the place of the column that lies farthest from what the row's other columns let expect."""
    known = np.flatnonzero(~np.isnan(values))
    precision = np.linalg.inv(covariance[np.ix_(known, known)])
    residual = np.abs(precision @ values[known]) / np.sqrt(np.diag(precision))
    return known[[int(residual.argmax())]]
