"""Measure recommendations on MovieLens 100k, split by time, beside popularity and item-kNN.

    WAREHOUSE_AI_DATA=... python -m benchmarks.recommendations

Two splits, each with a validation slice before its test slice, on which all parameters are chosen: ``calendar`` tests on the last tenth
of all ratings, ``own`` on the last tenth of each user's ratings. What a user rated is what they took up. Writes
``results/recommendations.json`` and the picture ``docs/images/recommendations.svg``.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.machine import public_sets, write
from benchmarks.quality.results import enter
from warehouse_ai.models.embedder import Embedder, vectors
from warehouse_ai.runtime.context import Context
from warehouse_ai.runtime.run import resolve
from warehouse_ai.tabular.ranking_quality import compare
from warehouse_ai.tabular.recommendations import Ranker, Settings

PICTURE = Path(__file__).parents[1] / "docs/images/recommendations.svg"
RIDGES = (30.0, 100.0, 300.0)
TREND_DAYS = (7.0, 14.0, 30.0)
NEIGHBOURS = (20, 50, 100, 200)
BASE = Settings(taste_half_life=1e6)
"""Ratings are given in one sitting: their age says nothing of taste."""
SHOWN = {
    "popularity": "popularity",
    "item_knn": "item-kNN",
    "trending": "trending",
    "content": "content",
    "collaborative": "collaborative",
    "combined": "combined",
}
SPLITS = {
    "calendar": "ntile(10) over (order by timestamp, user_id, item_id)",
    "own": "cast(ceil(10 * row_number() over who / count(*) over (partition by user_id)) as integer)",
}
"""Tenth of each rating, 1 to 10: 9 validates and 10 tests."""


def movies(folder: Path) -> pa.Table:
    """Read the items, and embed title and genres as `item_embeddings` does title and body."""
    raw = pq.read_table(folder / "items.parquet").to_pylist()
    texts = [f"{row['title']}\n\n{', '.join(row['genres'])}" for row in raw]
    known = sorted(set(texts))
    with tempfile.TemporaryDirectory() as cache:
        found = dict(
            zip(known, vectors(resolve(Embedder(), known, Context(cache_dir=Path(cache)), ("", "", "", ""))).tolist(), strict=True)
        )
    return pa.table(
        {
            "item_type": ["movie"] * len(raw),
            "item_id": [row["item_id"] for row in raw],
            "label": [row["title"] for row in raw],
            "embedding": [found[text] for text in texts],
        }
    )


def ratings(folder: Path, split: str) -> pa.Table:
    """Read the ratings as interactions with their tenth."""
    query = f"""
        select user_id, 'movie' as item_type, item_id, 1.0::double as strength, make_timestamp(timestamp * 1000000) as occurred_at,
            {SPLITS[split]} as tenth
        from read_parquet('{folder / "ratings.parquet"}')
        window who as (partition by user_id order by timestamp, item_id)
    """
    return duckdb.sql(query).to_arrow_table()


def measure(table: pa.Table, items: pa.Table, tested: int, settings: Settings, neighbours: int) -> dict[str, np.ndarray]:
    """Fit on the tenths before one, and measure on it: nDCG of each user by method, and ``known``, whether the user was there before."""
    tenth = table["tenth"].to_numpy()
    before, after = table.filter(pa.array(tenth < tested)), table.filter(pa.array(tenth == tested))
    now: datetime = max(before["occurred_at"].to_pylist())
    ranker = Ranker.fit(before, items, table["user_id"], now, settings)
    place = {key: i for i, key in enumerate(ranker.ids.tolist())}
    later: dict[int, set[int]] = {}
    for user, item in zip(np.searchsorted(ranker.users, after["user_id"].to_numpy()).tolist(), after["item_id"].to_pylist(), strict=True):
        later.setdefault(user, set()).add(place[item])
    found = compare(ranker, dict(sorted(later.items())), neighbours=neighbours)
    return {**found, "known": ranker.taken.getnnz(axis=1)[sorted(later)] > 0}


def mean(figures: dict[str, np.ndarray], name: str) -> float:
    """Return the mean nDCG of the users who were there before."""
    return float(figures[name][figures["known"]].mean())


def tune(table: pa.Table, items: pa.Table) -> tuple[Settings, int]:
    """Choose each method's parameter on the validation slice, by the figure of that method alone."""
    by_ridge = {ridge: mean(measure(table, items, 9, replace(BASE, ridge=ridge), 50), "collaborative") for ridge in RIDGES}
    ridge = max(by_ridge, key=lambda key: by_ridge[key])
    # Each run needs a ranker anyway, so that both lists are walked side by side.
    by_days, by_neighbours = {}, {}
    for i, neighbours in enumerate(NEIGHBOURS):
        days = TREND_DAYS[min(i, len(TREND_DAYS) - 1)]
        found = measure(table, items, 9, replace(BASE, ridge=ridge, trend_half_life=days), neighbours)
        by_days[days], by_neighbours[neighbours] = mean(found, "trending"), mean(found, "item_knn")
    days = max(by_days, key=lambda key: by_days[key])
    return replace(BASE, ridge=ridge, trend_half_life=days), max(by_neighbours, key=lambda key: by_neighbours[key])


def bars(figures: dict[str, Any]) -> str:
    """Draw nDCG@10 of users with a history as horizontal bars, one group a split."""
    rows, y = [], 34
    largest = max(max(figures[split]["users_with_history"]["ndcg_at_10"].values()) for split in SPLITS)
    titles = {"own": "last tenth of each user's ratings", "calendar": "last tenth of all ratings"}
    for split in titles:
        part = figures[split]["users_with_history"]
        rows.append(f'<text x="10" y="{y}" class="h">nDCG@10, {titles[split]}, {part["users"]} users with a history</text>')
        for name, value in part["ndcg_at_10"].items():
            y += 24
            kind = "b" if name in ("popularity", "item_knn") else "o"
            width = 380 * value / largest
            rows.append(f'<text x="110" y="{y + 12}" text-anchor="end">{SHOWN[name]}</text>')
            rows.append(f'<rect x="118" y="{y}" width="{width:.1f}" height="16" class="{kind}"/>')
            rows.append(f'<text x="{124 + width:.1f}" y="{y + 12}">{value:.3f}</text>')
        y += 52
    style = "text{font:12px sans-serif;fill:#333}.h{font-weight:bold}.b{fill:#b8bfc6}.o{fill:#2f6f9f}"
    body = "\n".join(rows)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 560 {y - 20}"><style>{style}</style>\n{body}\n</svg>\n'


def main() -> None:
    """Tune, test, and write figures and picture."""
    folder = public_sets() / "movielens_100k"
    items = movies(folder)
    figures: dict[str, Any] = {"command": "python -m benchmarks.recommendations"}
    for split in SPLITS:
        table = ratings(folder, split)
        settings, neighbours = tune(table, items)
        found = measure(table, items, 10, settings, neighbours)
        known = found.pop("known")
        figures[split] = {"ridge": settings.ridge, "trend_half_life_days": settings.trend_half_life, "neighbours": neighbours}
        for who, rows in (("users_with_history", known), ("all_users", np.ones(len(known), bool))):
            of = {name: round(float(found[name][rows].mean()), 4) for name in SHOWN}
            error = {name: round(float(found[name][rows].std(ddof=1) / np.sqrt(rows.sum())), 4) for name in SHOWN}
            figures[split][who] = {"users": int(rows.sum()), "ndcg_at_10": of, "standard_error": error}
    print(json.dumps(figures, indent=2))
    PICTURE.write_text(bars(figures), encoding="utf8")
    write("recommendations", figures)
    enter(
        {
            f"movielens_{split}": {
                "n": figures[split]["users_with_history"]["users"],
                **figures[split]["users_with_history"]["ndcg_at_10"],
            }
            for split in SPLITS
        }
    )


if __name__ == "__main__":
    main()
