"""Churn: a calibrated logistic regression on clipped terms, fitted on past months and kept as a row.

A numeric feature becomes one or more ramps: the value clipped to an interval, so that a feature's ramps together are a piecewise linear
function of it (a linear spline, Hastie, Tibshirani and Friedman, The Elements of Statistical Learning, 5.2), flat outside of what the
training window held. A categorical feature becomes one indicator a level. Every term is standardised, so a term's weight times its
standardised value is its contribution to the log odds, counted from a customer whose terms are all at the mean.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

WORDS = {
    "days_since_last_purchase": "days since the last purchase",
    "purchases_90d": "purchases in the last 90 days",
    "purchases_prior_90d": "purchases in the 90 days before those",
    "decline_ratio": "decline of purchases",
    "amount_90d": "EUR spent in the last 90 days",
    "amount_prior_90d": "EUR spent in the 90 days before those",
    "total_spent": "EUR spent in all",
    "mean_amount": "EUR a purchase",
    "contacts_90d": "support contacts in the last 90 days",
    "unresolved_contacts_90d": "unresolved support contacts in the last 90 days",
    "tenure_days": "days as a customer",
    "is_new": "new customer",
    "plan": "plan",
    "age": "age",
    "income": "income in EUR a year",
    "credit_score": "credit score",
}
"""Features of `churn_snapshots`, and how to say each; a feature that is not here is said by its name."""
SCHEMA = pa.schema(
    [
        ("model_id", pa.string()),
        ("method", pa.string()),
        ("features", pa.list_(pa.string())),
        ("parameters", pa.string()),
        ("trained_from", pa.date32()),
        ("trained_until", pa.date32()),
        ("tested_from", pa.date32()),
        ("tested_until", pa.date32()),
        ("train_rows", pa.int64()),
        ("test_rows", pa.int64()),
        ("auc", pa.float64()),
        ("log_loss", pa.float64()),
        ("calibration_error", pa.float64()),
        ("validation_auc", pa.float64()),
        ("boosting_validation_auc", pa.float64()),
        ("fitted_at", pa.timestamp("us")),
    ]
)
"""Columns of a fitted model as a row."""
SCORES = pa.schema(
    [
        ("log_odds", pa.float64()),
        ("churn_probability", pa.float64()),
        ("contributions", pa.map_(pa.string(), pa.float64())),
        ("reasons", pa.list_(pa.string())),
    ]
)
"""What `score` returns for each row."""
METHODS: tuple[tuple[str, tuple[float, ...]], ...] = (
    ("linear", (0.001, 0.999)),
    ("spline", (0.001, 0.25, 0.5, 0.75, 0.999)),
)
"""Forms to choose from, the simpler first: name, and the quantiles of the training window that bound its ramps."""
STRENGTHS = (0.003, 0.03, 0.3, 3.0)
"""Inverse regularisation strengths C to choose from, the simpler first."""
TOLERANCE = 0.002
"""A simpler form is preferred if its AUC lies within this of the best."""
BINS = 10
CAPACITY = 8192
"""Rows of a batch. Batches are filled up to it, so that no row's result depends on how many came with it."""
TRAIN, VALIDATION, TEST = "train", "validation", "test"


@dataclass(frozen=True, eq=False)
class Split:
    """Which rows fit, which choose and calibrate, and which only measure.

    Attributes:
        part: ``[rows]`` of ``train``, ``validation``, ``test``.
        trained: first and last month of the training rows; None where rows have no months.
        tested: the same of the test rows.
    """

    part: np.ndarray
    trained: tuple[date, date] | None = None
    tested: tuple[date, date] | None = None

    @classmethod
    def by_time(cls, months: Sequence[date], validation: int = 3, test: int = 4) -> Split:
        """Measure on the last months, choose on those before them, fit on the rest.

        Args:
            months: ``[rows]``, month of each row.
            validation: months to choose and calibrate on.
            test: months to measure on.

        Raises:
            ValueError: no month is left to fit on.
        """
        known = sorted(set(months))
        if len(known) <= validation + test:
            raise ValueError(f"{len(known)} months are too few: {validation} to validate, {test} to test and at least one to train on")
        names = [TRAIN] * (len(known) - validation - test) + [VALIDATION] * validation + [TEST] * test
        of = dict(zip(known, names, strict=True))
        train = [month for month in known if of[month] == TRAIN]
        return cls(np.array([of[month] for month in months]), (train[0], train[-1]), (known[-test], known[-1]))


@dataclass(frozen=True)
class Term:
    """A number made of a feature, standardised and weighed.

    Attributes:
        feature: name of its column.
        low: the value is clipped to at least this; None for an indicator.
        high: the value is clipped to at most this; None for an indicator.
        level: an indicator is 1 where the feature has this value, and one of None is 1 where it has none.
        fill: takes the place of a missing value in a ramp: the median of the training window.
        mean: mean of the term over the training window.
        scale: its standard deviation there.
        weight: log odds a standard deviation.
    """

    feature: str
    low: float | None
    high: float | None
    level: str | None = None
    fill: float = 0.0
    mean: float = 0.0
    scale: float = 1.0
    weight: float = 0.0

    def values(self, column: np.ndarray) -> np.ndarray:
        """Compute the term, not yet standardised.

        Args:
            column: ``[rows]``, float64 with NaN for missing, or objects with None for missing.

        Returns:
            ``[rows]``, float64.
        """
        if self.low is None:
            missing = np.isnan(column) if column.dtype == np.float64 else np.array([value is None for value in column])
            return np.asarray(missing if self.level is None else column == self.level, np.float64)
        return np.clip(np.where(np.isnan(column), self.fill, column), self.low, self.high)


@dataclass(frozen=True)
class ChurnModel:
    """A fitted model.

    Attributes:
        features: columns that it reads.
        terms: what it makes of them.
        base_log_odds: log odds where every term is at its mean.
        method: name of its form, with its C.
        trained: first and last month that it was fitted on; None where rows had no months.
        tested: first and last month that it was measured on.
        train_rows: rows that it was fitted on.
        test_rows: rows that it was measured on.
        metrics: ``auc``, ``log_loss`` and ``calibration_error`` on the test rows, NaN without any; ``validation_auc``, and the
            ``boosting_validation_auc`` of a boosted tree model on the same rows, which says what the form costs.
        fitted_at: UTC.
    """

    features: tuple[str, ...]
    terms: tuple[Term, ...]
    base_log_odds: float
    method: str
    trained: tuple[date, date] | None
    tested: tuple[date, date] | None
    train_rows: int
    test_rows: int
    metrics: Mapping[str, float]
    fitted_at: datetime

    @property
    def parameters(self) -> str:
        """Everything that a score depends on, as JSON."""
        return json.dumps({"base_log_odds": self.base_log_odds, "terms": [asdict(term) for term in self.terms]}, allow_nan=False)

    @property
    def id(self) -> str:
        """Hash of the features and parameters: the same rows give the same id."""
        return hashlib.sha256(json.dumps([self.features, self.parameters]).encode()).hexdigest()[:16]

    def to_table(self) -> pa.Table:
        """Return one row of `SCHEMA`."""
        row = {
            "model_id": self.id,
            "method": self.method,
            "features": list(self.features),
            "parameters": self.parameters,
            "train_rows": self.train_rows,
            "test_rows": self.test_rows,
            "fitted_at": self.fitted_at,
            **self.metrics,
        }
        for name, window in (("trained", self.trained), ("tested", self.tested)):
            row |= dict(zip((f"{name}_from", f"{name}_until"), window or (None, None), strict=True))
        return pa.Table.from_pylist([row], schema=SCHEMA)

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> ChurnModel:
        """Read a row of `SCHEMA`.

        Raises:
            ValueError: the row's id is not that of its parameters.
        """
        stored = json.loads(row["parameters"])
        windows = [(row[f"{name}_from"], row[f"{name}_until"]) for name in ("trained", "tested")]
        model = cls(
            features=tuple(row["features"]),
            terms=tuple(Term(**term) for term in stored["terms"]),
            base_log_odds=stored["base_log_odds"],
            method=row["method"],
            trained=windows[0] if windows[0][0] else None,
            tested=windows[1] if windows[1][0] else None,
            train_rows=row["train_rows"],
            test_rows=row["test_rows"],
            metrics={name: row[name] for name in ("auc", "log_loss", "calibration_error", "validation_auc", "boosting_validation_auc")},
            fitted_at=row["fitted_at"],
        )
        if model.id != row["model_id"]:
            raise ValueError(f"churn model {row['model_id']}: its parameters are those of {model.id}")
        return model


def columns(table: pa.Table, features: Sequence[str]) -> dict[str, np.ndarray]:
    """Read features as arrays.

    Args:
        table: holds at least the features; numbers and booleans, or texts for categories.
        features: names of columns.

    Returns:
        For each feature ``[rows]``: float64 with NaN for missing, or objects with None for missing.

    Raises:
        ValueError: a feature is not in the table.
    """
    absent = [name for name in features if name not in table.column_names]
    if absent:
        raise ValueError(f"no column {', '.join(absent)}; the table has {', '.join(table.column_names)}")
    found = {}
    for name in features:
        column = table[name]
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            found[name] = np.array(column.to_pylist(), dtype=object)
        else:
            found[name] = np.array(pc.fill_null(pc.cast(column, pa.float64()), float("nan")).to_numpy())
    return found


def terms_of(data: Mapping[str, np.ndarray], quantiles: Sequence[float]) -> list[Term]:
    """Make the standardised terms of a training window.

    Args:
        data: features of the training rows and of no other, as `columns` reads them.
        quantiles: of a feature's known values; they bound its ramps. A feature of two values is one ramp.

    Returns:
        Terms without weights; a term that is constant is left out.
    """
    made = []
    for feature, column in data.items():
        if column.dtype == np.float64:
            known = column[~np.isnan(column)]
            if not len(known):
                continue
            bounds = np.unique(known)
            if len(bounds) > 2:
                bounds = np.unique(np.quantile(known, quantiles))
            fill = float(np.median(known))
            made += [Term(feature, float(low), float(high), fill=fill) for low, high in pairwise(bounds)]
            made.append(Term(feature, None, None))
        else:
            levels = sorted({value for value in column if value is not None})
            made += [Term(feature, None, None, level) for level in (*levels, None)]
    standardised = []
    for term in made:
        values = term.values(data[term.feature])
        if values.std() > 0:
            standardised.append(replace(term, mean=float(values.mean()), scale=float(values.std())))
    return standardised


def design(terms: Sequence[Term], data: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return standardised terms, float64 ``[rows x terms]``."""
    return np.column_stack([(term.values(data[term.feature]) - term.mean) / term.scale for term in terms])


def calibration_error(label: np.ndarray, probability: np.ndarray, bins: int = BINS) -> float:
    """Measure the expected calibration error over bins of equally many rows (Naeini, Cooper and Hauskrecht, AAAI 2015).

    Args:
        label: ``[rows]``, 0 or 1.
        probability: ``[rows]``, 0 to 1.
        bins: quantile bins of the probability.

    Returns:
        Mean over rows of the distance between a bin's mean probability and its share of ones, 0 to 1.
    """
    order = np.argsort(probability, kind="stable")
    gaps = [abs(label[rows].mean() - probability[rows].mean()) * len(rows) for rows in np.array_split(order, bins) if len(rows)]
    return float(sum(gaps) / len(label))


def fit(table: pa.Table, label: np.ndarray, split: Split, features: Sequence[str] | None = None) -> ChurnModel:
    """Fit, choose, calibrate and measure.

    Each form of `METHODS` is fitted with each C of `STRENGTHS` on the training rows. The simplest whose AUC on the validation rows lies
    within `TOLERANCE` of the best of them and of a `HistGradientBoostingClassifier` is taken; where the trees are better than all of
    them, the best of the forms, since only these give exact contributions. Its log odds are calibrated on the validation rows by a
    scale and a shift (Platt 1999), which become part of the weights.

    Args:
        table: ``[rows]`` with the features.
        label: ``[rows]``, 0 or 1.
        split: part of each row.
        features: columns to use; those of `WORDS` unless told.

    Raises:
        ValueError: a feature is not in the table, or the training or validation rows do not hold both labels.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import log_loss, roc_auc_score
    from threadpoolctl import threadpool_limits

    names = tuple(WORDS if features is None else features)
    label = np.asarray(label, np.int64)
    data = columns(table, names)
    train, validation, test = (np.flatnonzero(split.part == part) for part in (TRAIN, VALIDATION, TEST))
    for part, rows in ((TRAIN, train), (VALIDATION, validation)):
        if set(label[rows]) != {0, 1}:
            raise ValueError(f"the {part} rows must hold customers who churned and customers who did not")

    def of(rows: np.ndarray) -> dict[str, np.ndarray]:
        return {name: column[rows] for name, column in data.items()}

    tried = []
    for method, quantiles in METHODS:
        terms = terms_of(of(train), quantiles)
        x_train, x_validation = design(terms, of(train)), design(terms, of(validation))
        for strength in STRENGTHS:
            regression = LogisticRegression(C=strength, max_iter=1000).fit(x_train, label[train])
            log_odds = regression.decision_function(x_validation)
            tried.append((f"{method}, C = {strength:g}", terms, regression, log_odds, roc_auc_score(label[validation], log_odds)))
    # Indicators serve the trees too: they need no order of categories.
    steps = [replace(term, mean=0.0, scale=1.0) for term in terms_of(of(train), (0.0, 1.0))]
    trees = HistGradientBoostingClassifier(learning_rate=0.05, max_iter=150, max_leaf_nodes=15, min_samples_leaf=40, random_state=0)
    # On few rows threads mostly wait for each other, and beside another model of the build they wait long.
    with threadpool_limits(1):
        trees.fit(design(steps, of(train)), label[train])
    boosting = roc_auc_score(label[validation], trees.predict_proba(design(steps, of(validation)))[:, 1])

    best = max(auc for *_, auc in tried)
    enough = min(best, max(best, boosting) - TOLERANCE)
    method, terms, regression, log_odds, auc = next(found for found in tried if found[-1] >= enough)
    platt = LogisticRegression(C=1e6, max_iter=1000).fit(log_odds[:, None], label[validation])
    # A slope of zero or less would turn the order of customers around; so few rows then say nothing of the scale.
    slope, shift = (float(platt.coef_[0, 0]), float(platt.intercept_[0])) if platt.coef_[0, 0] > 0 else (1.0, 0.0)
    model = ChurnModel(
        features=names,
        terms=tuple(replace(term, weight=slope * float(weight)) for term, weight in zip(terms, regression.coef_[0], strict=True)),
        base_log_odds=slope * float(regression.intercept_[0]) + shift,
        method=method,
        trained=split.trained,
        tested=split.tested,
        train_rows=len(train),
        test_rows=len(test),
        metrics={},
        fitted_at=datetime.now(UTC).replace(tzinfo=None),
    )
    metrics = dict.fromkeys(("auc", "log_loss", "calibration_error"), float("nan"))
    if len(set(label[test])) == 2:
        probability = np.concatenate([batch for _, batch, _ in predict(model, of(test))])
        metrics = {
            "auc": float(roc_auc_score(label[test], probability)),
            "log_loss": float(log_loss(label[test], probability)),
            "calibration_error": calibration_error(label[test], probability),
        }
    return replace(model, metrics={**metrics, "validation_auc": float(auc), "boosting_validation_auc": float(boosting)})


def predict(model: ChurnModel, data: Mapping[str, np.ndarray]) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Compute batch after batch, in double precision.

    Args:
        model: fitted before; nothing is learnt from the rows.
        data: features as `columns` reads them.

    Yields:
        For up to `CAPACITY` rows: log odds ``[rows]``, probability ``[rows]``, and contributions to the log odds ``[rows x features]``.
        A row's contributions and the model's base add up to its log odds.
    """
    import torch

    mean, scale, weight = (
        torch.tensor([getattr(term, name) for term in model.terms], dtype=torch.float64) for name in ("mean", "scale", "weight")
    )
    place = {name: i for i, name in enumerate(model.features)}
    rows = len(next(iter(data.values())))
    for start in range(0, rows, CAPACITY):
        here = {name: column[start : start + CAPACITY] for name, column in data.items()}
        size = min(CAPACITY, rows - start)
        values = torch.zeros(CAPACITY, len(model.terms), dtype=torch.float64)
        if model.terms:
            values[:size] = torch.from_numpy(np.column_stack([term.values(here[term.feature]) for term in model.terms]))
        weighed = (values - mean) / scale * weight
        contributions = torch.zeros(CAPACITY, len(model.features), dtype=torch.float64)
        for i, term in enumerate(model.terms):
            contributions[:, place[term.feature]] += weighed[:, i]
        log_odds = torch.full((CAPACITY,), model.base_log_odds, dtype=torch.float64)
        for i in range(len(model.features)):
            log_odds += contributions[:, i]
        yield log_odds[:size].numpy(), torch.sigmoid(log_odds)[:size].numpy(), contributions[:size].numpy()


def reason(feature: str, value: float | str | None, contribution: float) -> str:
    """Say one contribution in words, such as ``days since the last purchase: 61 (raises the risk)``."""
    said = "unknown" if value is None or value != value else value
    if feature == "is_new" and not isinstance(said, str):
        said = "yes" if said else "no"
    if not isinstance(said, str):
        said = f"{said:.2f}" if abs(said) < 1 and said else f"{said:.0f}"
    return f"{WORDS.get(feature, feature)}: {said} ({'raises' if contribution > 0 else 'lowers'} the risk)"


def score(model: ChurnModel, table: pa.Table, reasons: int = 3) -> pa.Table:
    """Score customers with a fitted model.

    Args:
        model: fitted before; nothing is learnt from the rows.
        table: ``[rows]`` with the model's features.
        reasons: how many of a row's largest contributions, by size, are said in words; ones of 0 are not.

    Returns:
        ``[rows]`` of `SCORES`, in the order of the table.

    Raises:
        ValueError: a feature is not in the table.
    """
    data = columns(table, model.features)
    batches = []
    start = 0
    for log_odds, probability, contributions in predict(model, data):
        largest = np.argsort(-np.abs(contributions), axis=1, kind="stable")[:, :reasons]
        said = [
            [
                reason(model.features[i], data[model.features[i]][start + row], contributions[row, i])
                for i in chosen
                if contributions[row, i]
            ]
            for row, chosen in enumerate(largest)
        ]
        named = [list(zip(model.features, map(float, row), strict=True)) for row in contributions]
        start += len(log_odds)
        arrays = [
            pa.array(log_odds),
            pa.array(probability),
            pa.array(named, SCORES.field("contributions").type),
            pa.array(said, pa.list_(pa.string())),
        ]
        batches.append(pa.Table.from_arrays(arrays, schema=SCORES))
    return pa.concat_tables(batches) if batches else SCORES.empty_table()
