"""Recommendations: a weighted mean of collaborative, content-based and trending scores, each from 0 to 1, with a reason in words.

The collaborative part is EASE, a linear model of which items are taken up together (Steck, WWW 2019): it has a closed form, one parameter
and no chance in it, and every score is a sum over the user's own items, which gives the reason. The content part compares an item's
embedding with those of what the user took up. The trending part is engagement that decays with its age. A user or item without
interactions has no collaborative part: its score is the mean of the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa
from scipy.sparse import csr_matrix

PARTS = ("collaborative", "content", "trending")
SCHEMA = pa.schema(
    [
        ("user_id", pa.int64()),
        ("rank", pa.int64()),
        ("item_type", pa.string()),
        ("item_id", pa.int64()),
        ("score", pa.float64()),
        *((part, pa.float64()) for part in PARTS),
        ("reason", pa.string()),
    ]
)
"""What `recommend` returns."""
CAPACITY = 1024
"""Users or items that are solved or scored at a time."""
DECIMALS = 6
"""Scores are rounded to these, so that the last bits of a sum never decide an order."""
DAY = 86_400_000_000


@dataclass(frozen=True)
class Settings:
    """How to score.

    Attributes:
        weights: of `PARTS`.
        ridge: penalty of the collaborative part; the larger, the nearer it comes to popularity.
        taste_half_life: days after which an interaction counts half in the collaborative and the content part.
        trend_half_life: days after which an interaction counts half in the trending part.
    """

    weights: tuple[float, float, float] = (0.4, 0.4, 0.2)
    ridge: float = 100.0
    taste_half_life: float = 60.0
    trend_half_life: float = 1.0


def half_lives(age: np.ndarray, half_life: float) -> np.ndarray:
    """Return what is left of 1 after each age, in the unit of the half-life."""
    return np.exp2(-age / half_life)


def item_weights(taken: csr_matrix, ridge: float) -> np.ndarray:
    """Learn how much having taken up one item speaks for another (EASE, Steck, WWW 2019): a ridge regression of each item on all others.

    The time grows with the cube of the items, the memory with their square: seconds for 5,000, and 3 GB for 20,000.

    Args:
        taken: ``[users x items]``, 0 where nothing was taken up.
        ridge: penalty of a squared weight.

    Returns:
        ``[items x items]``, float64, from the item taken up to the one that it speaks for; 0 on the diagonal.
    """
    import torch

    if not taken.nnz:
        return np.zeros((taken.shape[1], taken.shape[1]))
    gram = torch.from_numpy((taken.T @ taken).toarray()).to("cuda" if torch.cuda.is_available() else "cpu")
    gram.diagonal().add_(ridge)
    inverse = torch.linalg.inv(gram)
    weights = -inverse / inverse.diagonal()
    weights.fill_diagonal_(0)
    return weights.cpu().numpy()


def unit_rows(vectors: np.ndarray) -> np.ndarray:
    """Scale rows to norm 1; a row of zeros stays."""
    norm = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.divide(vectors, norm, out=np.zeros_like(vectors), where=norm > 0)


def zero_to_one(scores: np.ndarray, candidates: np.ndarray) -> np.ndarray:
    """Move each row's candidates to 0 to 1 by their least and largest score; where all are equal, to 0.

    Args:
        scores: ``[rows x items]``.
        candidates: ``[rows x items]``, bool.

    Returns:
        ``[rows x items]``; NaN for what is no candidate.
    """
    known = np.where(candidates, scores, np.nan)
    low = np.nanmin(known, axis=1, keepdims=True, initial=np.inf)
    span = np.nanmax(known, axis=1, keepdims=True, initial=-np.inf) - low
    return np.divide(known - low, span, out=np.where(candidates, 0.0, np.nan), where=np.broadcast_to(span > 0, known.shape) & candidates)


@dataclass(frozen=True, eq=False)
class Ranker:
    """What is known at a moment of users and items, in the order of their ids.

    Attributes:
        users: ``[users]``, ids.
        types: ``[items]``, kind of each item.
        ids: ``[items]``, id within its kind.
        labels: ``[items]``, how to name each.
        embeddings: ``[items x dimension]``, of norm 1 around the mean item; 0 where there is none.
        taken: ``[users x items]``, decayed strength of what a user took up; stored, though it may round to 0, for all that was seen.
        weights: ``[items x items]``, as `item_weights` returns them.
        profiles: ``[users x dimension]``, of norm 1; without interactions that of what trends.
        trend: ``[items]``, decayed strength.
        readers: ``[items]``, distinct users of the last seven days.
        settings: how it was made.
    """

    users: np.ndarray
    types: np.ndarray
    ids: np.ndarray
    labels: np.ndarray
    embeddings: np.ndarray
    taken: csr_matrix
    weights: np.ndarray
    profiles: np.ndarray
    trend: np.ndarray
    readers: np.ndarray
    settings: Settings

    @classmethod
    def fit(cls, interactions: pa.Table, items: pa.Table, users: pa.ChunkedArray, now: datetime, settings: Settings) -> Ranker:
        """Learn from interactions; the order of rows has no part in it.

        Args:
            interactions: ``user_id``, ``item_type``, ``item_id``, ``strength`` (over 0) and ``occurred_at``; of items that are not in
                ``items`` and users that are not in ``users`` they are left out.
            items: ``item_type``, ``item_id``, ``label`` and ``embedding`` (NULL where there is none).
            users: ids of whom to recommend to.
            now: interactions after it are left out, ages are counted from it.
            settings: how to score.
        """
        items = items.sort_by([("item_type", "ascending"), ("item_id", "ascending")])
        keys = list(zip(items["item_type"].to_pylist(), items["item_id"].to_pylist(), strict=True))
        place = {key: i for i, key in enumerate(keys)}
        ids = np.unique(users.to_numpy())
        events = interactions.sort_by([(name, "ascending") for name in ("occurred_at", "user_id", "item_type", "item_id", "strength")])
        item = np.array(
            [place.get(key, -1) for key in zip(events["item_type"].to_pylist(), events["item_id"].to_pylist(), strict=True)], np.int64
        )
        who = events["user_id"].to_numpy()
        user = np.searchsorted(ids, who)
        age = (np.datetime64(now, "us") - events["occurred_at"].to_numpy().astype("datetime64[us]")).astype(np.int64) / DAY
        known = (item >= 0) & np.isin(who, ids) & (age >= 0)
        item, user, age, strength = item[known], user[known], age[known], events["strength"].to_numpy()[known].astype(np.float64)

        shape = (len(ids), len(keys))
        taken = csr_matrix((strength * half_lives(age, settings.taste_half_life), (user, item)), shape)
        # Ten views are more than one, but not ten times as much.
        taken.data = np.log2(1 + taken.data)
        dimension = max((len(vector) for vector in items["embedding"].to_pylist() if vector is not None), default=1)
        raw = np.array([vector or [0.0] * dimension for vector in items["embedding"].to_pylist()], np.float64).reshape(-1, dimension)
        there = raw.any(axis=1)
        if there.any():
            raw[there] -= raw[there].mean(axis=0)
        embeddings = unit_rows(raw)
        profiles = unit_rows(taken @ embeddings)
        trend = np.bincount(item, strength * half_lives(age, settings.trend_half_life), shape[1])
        # Of somebody new it is known only what others take up these days.
        profiles[taken.getnnz(axis=1) == 0] = unit_rows(trend[None, :] @ embeddings)
        recent = np.unique(user[age < 7] * shape[1] + item[age < 7]) % max(shape[1], 1)
        return cls(
            users=ids,
            types=np.array([key[0] for key in keys], object),
            ids=np.array([key[1] for key in keys], np.int64),
            labels=np.array(items["label"].to_pylist(), object),
            embeddings=embeddings,
            taken=taken,
            weights=item_weights(taken, settings.ridge),
            profiles=profiles,
            trend=trend,
            readers=np.bincount(recent, minlength=shape[1]),
            settings=settings,
        )

    def score(self, rows: np.ndarray) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """Score all items for some users.

        Args:
            rows: places in ``users``.

        Returns:
            The weighted mean of the known parts ``[rows x items]``, and each of `PARTS`, likewise. All are 0 to 1 and NaN for what the user
            has seen; the collaborative part is NaN too where the user or the item has no interactions.
        """
        candidates = np.ones((len(rows), len(self.ids)), bool)
        candidates[_stored(self.taken[rows])] = False
        warm = candidates & (self.taken.getnnz(axis=1)[rows] > 0)[:, None] & (self.taken.getnnz(axis=0) > 0)
        trend = np.broadcast_to(self.trend, candidates.shape)
        parts = {
            "collaborative": zero_to_one(self.taken[rows] @ self.weights, warm),
            "content": zero_to_one(self.profiles[rows] @ self.embeddings.T, candidates),
            "trending": zero_to_one(trend, candidates),
        }
        total, weight = np.zeros(candidates.shape), np.zeros(candidates.shape)
        for name, share in zip(PARTS, self.settings.weights, strict=True):
            total += share * np.nan_to_num(parts[name])
            weight += share * ~np.isnan(parts[name])
        score = np.divide(total, weight, out=np.where(candidates, 0.0, np.nan), where=candidates & (weight > 0))
        return np.round(score, DECIMALS), parts

    def reason(self, user: int, item: int, parts: dict[str, float]) -> str:
        """Say what adds most to a score: for a part of taste, with the item of the user's own that is nearest."""
        weighted = {
            name: share * parts[name] for name, share in zip(PARTS, self.settings.weights, strict=True) if parts[name] == parts[name]
        }
        largest = max(weighted, key=lambda name: weighted[name])
        seen = self.taken.indices[self.taken.indptr[user] : self.taken.indptr[user + 1]]
        if largest == "trending":
            return f"{self.readers[item]} readers in the last 7 days"
        if not len(seen):
            return "close in content to what is taken up these days"
        near = self.embeddings[seen] @ self.embeddings[item]
        if largest == "collaborative":
            near = self.weights[seen, item] * self.taken.data[self.taken.indptr[user] : self.taken.indptr[user + 1]]
        anchor = self.labels[seen[np.lexsort((seen, -np.round(near, DECIMALS)))[0]]]
        return f'readers of "{anchor}" take it up too' if largest == "collaborative" else f'close in content to "{anchor}"'


def _stored(matrix: csr_matrix) -> tuple[np.ndarray, np.ndarray]:
    """Return rows and columns of all stored entries, also of those that round to 0."""
    return np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr)), matrix.indices


def top(score: np.ndarray, k: int) -> Iterator[np.ndarray]:
    """Yield for each row the places of its k largest scores, the largest first, of equals the first place first; NaN is left out."""
    for row in score:
        order = np.lexsort((np.arange(len(row)), -np.nan_to_num(row, nan=-np.inf)))[:k]
        yield order[~np.isnan(row[order])]


def recommend(ranker: Ranker, k: int) -> pa.Table:
    """Return the k best unseen items of every user, in the order of users and ranks, as `SCHEMA`."""
    found: list[dict[str, object]] = []
    for start in range(0, len(ranker.users), CAPACITY):
        rows = np.arange(start, min(start + CAPACITY, len(ranker.users)))
        score, parts = ranker.score(rows)
        for here, chosen in enumerate(top(score, k)):
            for rank, item in enumerate(chosen, 1):
                mine = {name: round(float(parts[name][here, item]), DECIMALS) for name in PARTS}
                found.append(
                    {
                        "user_id": int(ranker.users[rows[here]]),
                        "rank": rank,
                        "item_type": ranker.types[item],
                        "item_id": int(ranker.ids[item]),
                        "score": float(score[here, item]),
                        **{name: None if value != value else value for name, value in mine.items()},
                        "reason": ranker.reason(int(rows[here]), int(item), mine),
                    }
                )
    return pa.Table.from_pylist(found, schema=SCHEMA)
