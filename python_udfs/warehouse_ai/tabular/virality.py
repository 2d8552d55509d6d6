"""Virality: the probability that an item is among the top of its time within 48 hours, from its first two hours.

A logistic regression on logs of early counts, calibrated by a scale and a shift on cross-validated log odds (Platt 1999), kept as a row. A
model is fitted at the start of each week on the items whose 48 hours were over by then, and an item is scored with the latest model of when
it appeared: no score knows anything that came later.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

FEATURES = (
    "views_2h",
    "shares_2h",
    "reactions_2h",
    "readers_2h",
    "share_ratio_2h",
    "growth_2h",
    "author_mean_48h",
    "is_article",
    "hour_sine",
    "hour_cosine",
)
SCHEMA = pa.schema(
    [
        ("model_id", pa.string()),
        ("valid_from", pa.timestamp("us")),
        ("viral_from", pa.float64()),
        ("parameters", pa.string()),
        ("train_items", pa.int64()),
        ("train_viral", pa.int64()),
        ("fitted_at", pa.timestamp("us")),
    ]
)
"""Columns of a fitted model as a row."""
SCORES = pa.schema(
    [
        ("item_type", pa.string()),
        ("item_id", pa.int64()),
        ("model_id", pa.string()),
        ("viral_from", pa.float64()),
        ("viral_probability", pa.float64()),
        ("scored_at", pa.timestamp("us")),
    ]
)
"""What `score` returns."""
TOP = 0.05
"""Share of items that counts as viral."""
LEAST_VIRAL = 5
"""Viral items without which no model is fitted: one for each fold of the calibration."""
STRENGTH = 0.1
"""Inverse strength C of the regularisation."""
CLOSED = timedelta(hours=48)
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class ViralityModel:
    """A fitted model.

    Attributes:
        valid_from: it knows only items whose 48 hours were over by then.
        viral_from: interactions within 48 hours that the top of the training items reach.
        author_mean: takes the place of an author's mean where there is none.
        mean: of each feature over the training items.
        scale: its standard deviation there, 1 where that is 0.
        weights: log odds a standard deviation.
        intercept: log odds of an item at the mean.
        train_items: items that it was fitted on.
        train_viral: those of them that were viral.
        fitted_at: UTC.
    """

    valid_from: datetime
    viral_from: float
    author_mean: float
    mean: tuple[float, ...]
    scale: tuple[float, ...]
    weights: tuple[float, ...]
    intercept: float
    train_items: int
    train_viral: int
    fitted_at: datetime

    @property
    def parameters(self) -> str:
        """Everything that a score depends on, as JSON."""
        names = ("author_mean", "intercept", "mean", "scale", "weights")
        return json.dumps({"features": FEATURES, **{name: getattr(self, name) for name in names}}, allow_nan=False)

    @property
    def id(self) -> str:
        """Hash of when it is valid and of its parameters."""
        return hashlib.sha256(json.dumps([self.valid_from.isoformat(), self.viral_from, self.parameters]).encode()).hexdigest()[:16]

    def to_row(self) -> dict[str, Any]:
        """Return a row of `SCHEMA`."""
        known = {
            name: getattr(self, name) for name in ("valid_from", "viral_from", "parameters", "train_items", "train_viral", "fitted_at")
        }
        return {"model_id": self.id, **known}

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> ViralityModel:
        """Read a row of `SCHEMA`.

        Raises:
            ValueError: the row's id is not that of its parameters.
        """
        stored = json.loads(row["parameters"])
        model = cls(
            valid_from=row["valid_from"],
            viral_from=row["viral_from"],
            author_mean=stored["author_mean"],
            mean=tuple(stored["mean"]),
            scale=tuple(stored["scale"]),
            weights=tuple(stored["weights"]),
            intercept=stored["intercept"],
            train_items=row["train_items"],
            train_viral=row["train_viral"],
            fitted_at=row["fitted_at"],
        )
        if model.id != row["model_id"]:
            raise ValueError(f"virality model {row['model_id']}: its parameters are those of {model.id}")
        return model

    def probability(self, items: pa.Table) -> np.ndarray:
        """Score items of `virality_features`, float64 ``[items]``, 0 to 1; a row depends on no other."""
        x = (design(items, self.author_mean) - np.array(self.mean)) / np.array(self.scale)
        # Summed term by term: a matrix product may sum in another order for another number of rows.
        log_odds = np.full(len(x), self.intercept)
        for column, weight in zip(x.T, self.weights, strict=True):
            log_odds += weight * column
        return np.asarray(1 / (1 + np.exp(-log_odds)))


def design(items: pa.Table, author_mean: float) -> np.ndarray:
    """Return `FEATURES`, not standardised, float64 ``[items x features]``.

    Args:
        items: rows of `virality_features`.
        author_mean: takes the place of an unknown one, interactions.
    """

    def numbers(name: str) -> np.ndarray:
        return np.array([np.nan if value is None else value for value in items[name].to_pylist()], np.float64)

    author = numbers("author_mean_48h")
    angle = numbers("hour_published") * 2 * np.pi / 24
    counts = [np.log1p(numbers(name)) for name in ("views_2h", "shares_2h", "reactions_2h", "readers_2h")]
    article = np.array([kind == "article" for kind in items["item_type"].to_pylist()], np.float64)
    return np.column_stack(
        [
            *counts,
            numbers("share_ratio_2h"),
            np.log(numbers("growth_2h")),
            np.log1p(np.where(np.isnan(author), author_mean, author)),
            article,
            np.sin(angle),
            np.cos(angle),
        ]
    )


def fit(items: pa.Table, valid_from: datetime) -> ViralityModel | None:
    """Fit on the items whose 48 hours were over at a moment.

    Args:
        items: rows of `virality_features`, in any order.
        valid_from: items that closed after it are left out.

    Returns:
        The model, or None where fewer than `LEAST_VIRAL` items were viral or none was not.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from threadpoolctl import threadpool_limits

    items = items.sort_by([("published_at", "ascending"), ("item_type", "ascending"), ("item_id", "ascending")])
    known = np.array([at + CLOSED <= valid_from for at in items["published_at"].to_pylist()], bool)
    items = items.filter(pa.array(known & ~np.array(items["interactions_48h"].is_null())))
    reached = items["interactions_48h"].to_numpy().astype(np.float64)
    if not len(reached):
        return None
    # At least one interaction, so that a silent time has no viral items.
    viral_from = max(float(np.quantile(reached, 1 - TOP, method="higher")), 1.0)
    viral = reached >= viral_from
    if viral.sum() < LEAST_VIRAL or viral.all():
        return None
    author_mean = float(np.median(reached))
    x = design(items, author_mean)
    mean, scale = x.mean(axis=0), np.where(x.std(axis=0) > 0, x.std(axis=0), 1.0)
    x = (x - mean) / scale
    # So few numbers gain nothing from threads, which wait for one another where the processor is busy.
    with threadpool_limits(1):
        regression = LogisticRegression(C=STRENGTH, max_iter=1000).fit(x, viral)
        folds = StratifiedKFold(LEAST_VIRAL, shuffle=True, random_state=0)
        unseen = cross_val_predict(LogisticRegression(C=STRENGTH, max_iter=1000), x, viral, cv=folds, method="decision_function")
        platt = LogisticRegression(C=1.0).fit(unseen[:, None], viral)
    # A slope of zero or less would turn the order of items around; so few then say nothing of the scale.
    slope, shift = (float(platt.coef_[0, 0]), float(platt.intercept_[0])) if platt.coef_[0, 0] > 0 else (1.0, 0.0)
    return ViralityModel(
        valid_from=valid_from,
        viral_from=viral_from,
        author_mean=author_mean,
        mean=tuple(map(float, mean)),
        scale=tuple(map(float, scale)),
        weights=tuple(slope * float(weight) for weight in regression.coef_[0]),
        intercept=slope * float(regression.intercept_[0]) + shift,
        train_items=len(viral),
        train_viral=int(viral.sum()),
        fitted_at=datetime.now(UTC).replace(tzinfo=None),
    )


def fit_weekly(items: pa.Table) -> pa.Table:
    """Fit at the start of each week, the first a week after the first item appeared, as `SCHEMA`."""
    published = items["published_at"].to_pylist()
    rows = []
    if published:
        week = datetime.combine(min(published).date(), datetime.min.time()) + WEEK
        while week <= max(published):
            model = fit(items, week)
            rows += [model.to_row()] if model else []
            week += WEEK
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def score(items: pa.Table, models: Sequence[ViralityModel]) -> pa.Table:
    """Score each item with the latest model that was valid when it appeared; items before the first have no row.

    Returns:
        Rows of `SCORES`, in the order of item types and ids.
    """
    rows = []
    now = datetime.now(UTC).replace(tzinfo=None)
    published = items["published_at"].to_pylist()
    latest = [max((m for m in models if m.valid_from <= at), key=lambda m: m.valid_from, default=None) for at in published]
    for model in models:
        mine = items.filter(pa.array([chosen is model for chosen in latest], pa.bool_()))
        for kind, key, probability in zip(
            mine["item_type"].to_pylist(), mine["item_id"].to_pylist(), model.probability(mine).tolist(), strict=True
        ):
            rows.append(
                {
                    "item_type": kind,
                    "item_id": key,
                    "model_id": model.id,
                    "viral_from": model.viral_from,
                    "viral_probability": round(probability, 9),
                    "scored_at": now,
                }
            )
    rows.sort(key=lambda row: (row["item_type"], row["item_id"]))
    return pa.Table.from_pylist(rows, schema=SCORES)
