"""Make what readers did with articles and posts: views, likes, shares, comments and saves over sixty days.

    python seeds/generate_interactions.py

One seed, one result, from ``raw_articles``, ``article_labels`` and ``raw_posts``.

- **Readers** belong to one of ``GROUPS`` taste groups: a mixture over the five topics, and a point among ``TASTES`` finer tastes that no
  text tells. Three in ten move to another group's mixture along the sixty days. How much a reader reads is log-normal.
- **Items** have a topic, a point among the finer tastes, and a hidden quality. Interest fades with age, and readers sleep at night.
- **Visits** come item by item at that rate; who comes depends on how well taste and item agree. A visit is a view, and may bring a
  like, a comment, a save or a share within minutes.
- **Cascades**: one item in sixteen, the likelier the better it is, spreads on its own: every share brings further visits within the hour
  by readers whom taste matters less to, at a factor near 1 that falls with age. Those visits share more often, so that the first two
  hours tell what comes.
- A few readers and items have no interaction at all. Copies and late landings are planted at the end.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd

SEED = 20260401
START, END = pd.Timestamp("2026-04-01"), pd.Timestamp("2026-05-31 23:59:59")
ROWS = 30_000
READERS = 1000
SILENT_READERS = 60
SILENT_ITEMS = 18
GROUPS = 8
TASTES = 6
TOPICS = ("technology", "business", "sports", "entertainment", "politics")
MOVING = 0.3
COPIES = 240
LATE = 0.015
"""Share of rows that land hours or days late."""
FADE_HOURS = {"article": 40.0, "post": 22.0}
"""Hours after which interest in an item is 1/e."""
FOLLOWS = {"like": 0.20, "save": 0.07, "comment": 0.06, "share": 0.05}
"""Probability that a visit brings each kind, for a visit that taste brought."""
CASCADE_SHARE = 0.22
"""Probability of a share in a visit that a share brought."""
CASCADE_FACTOR = 4.4
"""Visits that a share brings at first; times ``CASCADE_SHARE`` it is near 1."""


def local_hour_weight(seconds: np.ndarray) -> np.ndarray:
    """Return how awake readers are at seconds since the start, 0.2 to 1."""
    return 0.6 + 0.4 * np.sin(2 * np.pi * (np.asarray(seconds) / 3600 - 9) / 24)


def items(folder: Path, rng: np.random.Generator) -> pd.DataFrame:
    """Read articles and posts as one frame with what is hidden about each."""
    articles = pd.read_csv(folder / "raw_articles.csv").merge(pd.read_csv(folder / "article_labels.csv"), on="article_id")
    posts = pd.read_csv(folder / "raw_posts.csv")
    frame = pd.concat(
        [
            pd.DataFrame({"type": "article", "id": articles.article_id, "at": articles.published_at, "topic": articles.topic}),
            pd.DataFrame({"type": "post", "id": posts.post_id, "at": posts.posted_at, "topic": posts.community}),
        ],
        ignore_index=True,
    ).drop_duplicates(["type", "id"], ignore_index=True)
    n = len(frame)
    quality = rng.normal(0, 0.7, n)
    chance = np.exp(1.2 * quality)
    viral = np.zeros(n, bool)
    viral[rng.choice(n, n // 16, replace=False, p=chance / chance.sum())] = True
    silent = np.zeros(n, bool)
    silent[rng.choice(np.flatnonzero(~viral), SILENT_ITEMS, replace=False)] = True
    return frame.assign(
        start=(pd.to_datetime(frame["at"]) - START).dt.total_seconds(),
        topic=frame.topic.map({topic: i for i, topic in enumerate(TOPICS)}),
        quality=quality,
        viral=viral,
        silent=silent,
    )


class Readers:
    """Who reads, and what they like at a moment."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.activity = rng.lognormal(0, 0.9, READERS)
        self.activity[rng.choice(READERS, SILENT_READERS, replace=False)] = 0
        mixtures = rng.dirichlet(np.full(len(TOPICS), 0.45), GROUPS)
        fine = rng.normal(0, 1, (GROUPS, TASTES))
        self.group = rng.integers(0, GROUPS, READERS)
        self.moves = rng.random(READERS) < MOVING
        target = np.where(self.moves, rng.integers(0, GROUPS, READERS), self.group)
        own = rng.dirichlet(np.full(len(TOPICS), 2.0), READERS)
        self.begin = 0.8 * mixtures[self.group] + 0.2 * own
        self.end = 0.8 * mixtures[target] + 0.2 * own
        self.fine = fine[self.group] + rng.normal(0, 0.5, (READERS, TASTES))

    def agreement(self, topic: int, taste: np.ndarray, moment: float) -> np.ndarray:
        """Return the log of how much likelier than on average each reader comes, ``[readers]``; moment is 0 to 1."""
        mixture = (1 - moment) * self.begin + moment * self.end
        return np.log(mixture[:, topic] + 0.02) + 0.55 * self.fine @ taste


def visits_by_taste(start: float, rate: float, fade: float, rng: np.random.Generator) -> np.ndarray:
    """Return seconds of visits to one item by an inhomogeneous Poisson process, thinned by the time of day."""
    ages = rng.exponential(fade * 3600, rng.poisson(rate * 1.6))
    when = start + ages
    return when[rng.random(len(when)) < local_hour_weight(when)]


def simulate(content: pd.DataFrame, readers: Readers, scale: float, rng: np.random.Generator) -> pd.DataFrame:
    """Let sixty days happen.

    Args:
        content: as `items` returns it.
        readers: who comes.
        scale: visits of an item of quality 0 over its life.
        rng: source of chance.
    """
    last = (END - START).total_seconds()
    taste = rng.normal(0, 1, (len(content), TASTES)) / np.sqrt(TASTES)
    rows = []
    for i, item in enumerate(content.itertuples()):
        if item.silent:
            continue
        fade = FADE_HOURS[item.type]
        rate = scale * np.exp(item.quality) * (1.3 if item.type == "article" else 0.85)
        queue = [(float(when), False) for when in visits_by_taste(item.start, rate, fade, rng)]
        if item.viral:
            # Whoever shares first does so within minutes.
            queue += [(item.start + 60 * float(minutes), True) for minutes in rng.exponential(30, 6)]
        while queue:
            when, brought = queue.pop()
            if when > last:
                continue
            pull = readers.activity * np.exp(readers.agreement(item.topic, taste[i], when / last) * (0.35 if brought else 1.0))
            who = int(np.searchsorted(np.cumsum(pull), rng.random() * pull.sum()))
            rows.append((who + 1, item.type, item.id, "view", when))
            for kind, chance in FOLLOWS.items():
                p = CASCADE_SHARE if brought and kind == "share" else chance
                if rng.random() < p:
                    rows.append((who + 1, item.type, item.id, kind, when + float(rng.exponential(90)) + 5))
                    if kind == "share" and item.viral:
                        age = (when - item.start) / 3600
                        factor = CASCADE_FACTOR * np.exp(-max(age - 3, 0) / 9)
                        queue += [(when + 60 + float(rng.exponential(2400)), True) for _ in range(rng.poisson(factor))]
    frame = pd.DataFrame(rows, columns=["user_id", "item_type", "item_id", "kind", "second"])
    return frame[frame.second <= last]


def land(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Give rows their keys, landing times and copies, in the order in which they landed."""
    frame = frame.sort_values(["second", "user_id", "kind"], kind="stable").reset_index(drop=True)
    frame.insert(0, "interaction_id", np.arange(1, len(frame) + 1))
    second = np.floor(frame.second.to_numpy()).astype(int)
    delay = rng.integers(1, 20, len(frame))
    late = rng.random(len(frame)) < LATE
    delay[late] = np.where(
        rng.random(late.sum()) < 0.7, rng.integers(3600, 20 * 3600, late.sum()), rng.integers(86400, 4 * 86400, late.sum())
    )
    frame["occurred_at"] = START + pd.to_timedelta(second, unit="s")
    frame["landed_at"] = START + pd.to_timedelta(second + delay, unit="s")
    copies = frame.iloc[np.sort(rng.choice(len(frame), COPIES, replace=False))]
    copies = copies.assign(landed_at=copies.landed_at + pd.to_timedelta(rng.integers(1, 600, COPIES), unit="s"))
    both = pd.concat([frame, copies]).sort_values(["landed_at", "interaction_id"], kind="stable")
    return both.drop(columns="second")


def main() -> None:
    """Write the seed and print what is known about it."""
    folder = Path(__file__).parent
    rng = np.random.default_rng(SEED)
    content, readers = items(folder, rng), Readers(rng)
    frame = simulate(content, readers, 40.0, rng)
    if len(frame) < ROWS - COPIES:
        raise SystemExit(f"{len(frame)} interactions are too few for {ROWS} rows")
    # So many happened; a random part of the visits, whole items' shares kept, is what was recorded.
    frame = frame.iloc[np.sort(rng.choice(len(frame), ROWS - COPIES, replace=False))]
    rows = land(frame, rng)
    rows.to_csv(folder / "raw_interactions.csv", index=False, lineterminator="\n", date_format="%Y-%m-%d %H:%M:%S")

    first = frame.merge(content[["type", "id", "start", "viral"]], left_on=["item_type", "item_id"], right_on=["type", "id"])
    age = (first.second - first.start) / 3600
    counted = content.set_index(["type", "id"])
    keys = [first.item_type, first.item_id]
    in_2h = (age < 2).groupby(keys).sum().reindex(counted.index, fill_value=0)
    in_48h = (age < 48).groupby(keys).sum().reindex(counted.index, fill_value=0)
    top = in_48h >= in_48h.quantile(0.95)
    late = (rows.landed_at - rows.occurred_at).dt.total_seconds() > 3600
    print(
        json.dumps(
            {
                "rows": len(rows),
                "interactions": len(frame),
                "copies": COPIES,
                "late_rows": int(late.sum()),
                "kinds": frame.kind.value_counts().to_dict(),
                "readers_without_interactions": int(READERS - frame.user_id.nunique()),
                "readers_whose_taste_moves": int(readers.moves.sum()),
                "items": len(content),
                "items_without_interactions": int((in_48h == 0).sum()),
                "items_that_spread": int(content.viral.sum()),
                "least_interactions_in_48_hours_of_the_top_5_percent": int(in_48h[top].min()),
                "items_of_the_top_5_percent_that_spread": int(counted.viral[top].sum()),
                "median_interactions_in_2_hours_of_the_top_5_percent": float(in_2h[top].median()),
                "median_interactions_in_2_hours_of_the_others": float(in_2h[~top].median()),
                "rank_correlation_of_2_and_48_hours": round(float(in_2h.rank().corr(in_48h.rank())), 3),
            },
            indent=2,
        )
    )


if __name__ == "__main__":
    main()
