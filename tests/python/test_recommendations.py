from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest

from warehouse_ai.tabular.ranking_quality import compare, item_knn, ndcg, popularity
from warehouse_ai.tabular.recommendations import PARTS, SCHEMA, Ranker, Settings, recommend, zero_to_one

NOW = datetime(2026, 5, 31)
HALF = 20
"""Items 0 to 19 are read by even users and lie near one point, 20 to 39 by odd ones near another."""


def items(number: int = 2 * HALF) -> pa.Table:
    rng = np.random.default_rng(1)
    points = [[1.0, 0.0, 0.2 * rng.random()] if i < HALF else [0.0, 1.0, 0.2 * rng.random()] for i in range(number)]
    return pa.table(
        {
            "item_type": ["post" if i % 3 else "article" for i in range(number)],
            "item_id": list(range(number)),
            "label": [f"item {i}" for i in range(number)],
            "embedding": points,
        }
    )


def events(users: int = 40) -> pa.Table:
    """Users 1 to 40 read six items of their half; item 39 is read by nobody, and neither does user 41 read."""
    rng = np.random.default_rng(2)
    kinds = items()["item_type"].to_pylist()
    rows = []
    for user in range(1, users + 1):
        low = HALF * (user % 2)
        for item in rng.choice(np.arange(low, low + HALF - (1 if low else 0)), 6, replace=False).tolist():
            at = NOW - timedelta(hours=float(rng.exponential(60)))
            rows.append({"user_id": user, "item_type": kinds[item], "item_id": item, "strength": 1.0, "occurred_at": at})
    return pa.Table.from_pylist(rows)


def users(number: int = 41) -> pa.ChunkedArray:
    return pa.chunked_array([list(range(1, number + 1))])


@pytest.fixture(scope="module")
def ranker() -> Ranker:
    return Ranker.fit(events(), items(), users(), NOW, Settings(ridge=5.0))


@pytest.fixture(scope="module")
def found(ranker: Ranker) -> list[dict[str, object]]:
    return recommend(ranker, 10).to_pylist()


def test_nothing_that_was_seen_is_recommended(found: list[dict[str, object]]) -> None:
    seen = {(row["user_id"], row["item_type"], row["item_id"]) for row in events().to_pylist()}
    assert not seen & {(row["user_id"], row["item_type"], row["item_id"]) for row in found}


def test_what_was_seen_long_ago_stays_seen() -> None:
    old = events().append_column("old", pa.array([NOW - timedelta(days=80_000)] * events().num_rows, pa.timestamp("us")))
    old = old.drop_columns(["occurred_at"]).rename_columns(["user_id", "item_type", "item_id", "strength", "occurred_at"])
    score, _ = Ranker.fit(old, items(), users(), NOW, Settings()).score(np.arange(40))
    assert np.isnan(score).sum(axis=1).tolist() == [6] * 40


def test_every_user_gets_ranks_from_one_on_with_falling_scores(found: list[dict[str, object]]) -> None:
    for user in range(1, 42):
        mine = [row for row in found if row["user_id"] == user]
        assert [row["rank"] for row in mine] == list(range(1, 11))
        assert [row["score"] for row in mine] == sorted((row["score"] for row in mine), reverse=True)
        assert len({(row["item_type"], row["item_id"]) for row in mine}) == 10


def test_scores_and_parts_lie_between_zero_and_one(found: list[dict[str, object]]) -> None:
    for row in found:
        for name in ("score", *PARTS):
            assert row[name] is None or 0 <= row[name] <= 1


def test_a_score_is_the_weighted_mean_of_the_known_parts(found: list[dict[str, object]]) -> None:
    for row in found:
        known = [(share, row[name]) for name, share in zip(PARTS, (0.4, 0.4, 0.2), strict=True) if row[name] is not None]
        assert row["score"] == pytest.approx(sum(share * part for share, part in known) / sum(share for share, _ in known), abs=3e-6)


def test_users_get_items_of_their_own_half_first(found: list[dict[str, object]]) -> None:
    for row in found:
        if row["rank"] == 1 and row["user_id"] <= 40:
            assert (row["item_id"] >= HALF) == bool(row["user_id"] % 2)


def test_a_new_user_gets_content_and_trending(found: list[dict[str, object]]) -> None:
    mine = [row for row in found if row["user_id"] == 41]
    assert len(mine) == 10
    assert all(row["collaborative"] is None and row["score"] > 0 for row in mine)


def test_an_item_that_nobody_has_read_is_recommended_for_its_content(ranker: Ranker) -> None:
    score, parts = ranker.score(np.arange(0, 40, 2))
    new = int(np.flatnonzero(ranker.ids == 39)[0])
    assert np.isnan(parts["collaborative"][:, new]).all()
    assert (parts["content"][:, new] > 0.5).all()
    assert (score[:, new] > 0.3).all()


def test_the_order_of_rows_changes_nothing(found: list[dict[str, object]]) -> None:
    rng = np.random.default_rng(5)
    shuffled = [table.take(rng.permutation(table.num_rows)) for table in (events(), items())]
    who = pa.chunked_array([rng.permutation(np.arange(1, 42))])
    assert recommend(Ranker.fit(*shuffled, who, NOW, Settings(ridge=5.0)), 10).to_pylist() == found


def test_interactions_after_the_moment_and_of_unknown_items_have_no_part(found: list[dict[str, object]]) -> None:
    more = pa.Table.from_pylist(
        [
            {"user_id": 1, "item_type": "post", "item_id": 1, "strength": 5.0, "occurred_at": NOW + timedelta(seconds=1)},
            {"user_id": 1, "item_type": "post", "item_id": 900, "strength": 5.0, "occurred_at": NOW},
            {"user_id": 900, "item_type": "post", "item_id": 1, "strength": 5.0, "occurred_at": NOW},
        ]
    )
    both = pa.concat_tables([events(), more.cast(events().schema)])
    assert recommend(Ranker.fit(both, items(), users(), NOW, Settings(ridge=5.0)), 10).to_pylist() == found


def test_without_interactions_there_is_nothing_to_tell_users_apart() -> None:
    empty = Ranker.fit(events().slice(0, 0), items(), users(2), NOW, Settings())
    lists = recommend(empty, 3).to_pylist()
    assert [row["score"] for row in lists] == [0.0] * 6
    assert recommend(Ranker.fit(events(), items().slice(0, 0), users(2), NOW, Settings()), 3).equals(SCHEMA.empty_table())


def test_a_reason_names_an_item_that_the_user_has_read(found: list[dict[str, object]]) -> None:
    read: dict[int, set[str]] = {}
    for row in events().to_pylist():
        read.setdefault(row["user_id"], set()).add(f"item {row['item_id']}")
    named = [row for row in found if '"' in str(row["reason"])]
    assert len(named) > 200
    assert all(str(row["reason"]).split('"')[1] in read[row["user_id"]] for row in named)


def test_the_heaviest_part_gives_the_reason(ranker: Ranker) -> None:
    assert ranker.reason(0, 0, {"collaborative": 1.0, "content": 0.1, "trending": 0.1}).startswith("readers of")
    assert ranker.reason(0, 0, {"collaborative": 0.1, "content": 1.0, "trending": 0.1}).startswith("close in content to")
    assert ranker.reason(0, 0, {"collaborative": 0.1, "content": 0.1, "trending": 1.0}).endswith("in the last 7 days")


def test_weights_decide_what_counts(ranker: Ranker) -> None:
    only = replace(ranker, settings=replace(ranker.settings, weights=(0.0, 0.0, 1.0)))
    score, parts = only.score(np.arange(3))
    np.testing.assert_allclose(score, parts["trending"], atol=1e-6)


def test_equal_scores_are_all_zero_and_others_reach_both_ends() -> None:
    candidates = np.array([[True, True, False], [True, True, True]])
    moved = zero_to_one(np.array([[3.0, 3.0, 9.0], [1.0, 2.0, 5.0]]), candidates)
    np.testing.assert_allclose(moved, [[0, 0, np.nan], [0, 0.25, 1]])


def test_ndcg_of_known_lists() -> None:
    score = np.array([[3.0, 2.0, 1.0, np.nan], [1.0, 2.0, 3.0, 4.0]])
    got = ndcg(score, [{1}, {3, 2}], k=3)
    np.testing.assert_allclose(got, [1 / np.log2(3), 1.0])


def test_baselines_count_readers(ranker: Ranker) -> None:
    taken = ranker.taken.toarray() > 0
    np.testing.assert_array_equal(popularity(ranker), taken.sum(axis=0))
    together = taken.astype(float).T @ taken
    a, b = np.argwhere(np.triu(together, 1) > 0)[0]
    expected = together[a, b] / np.sqrt(together[a, a] * together[b, b])
    reader = np.zeros_like(taken[0])
    reader[a] = True
    alone = replace(ranker, taken=type(ranker.taken)(np.vstack([taken, reader]).astype(float)))
    assert item_knn(alone, len(taken[0]))[-1, b] == pytest.approx(expected * np.sqrt(together[a, a] / (together[a, a] + 1)), abs=1e-9)


def test_taste_is_ranked_above_popularity_where_there_is_taste(ranker: Ranker) -> None:
    rng = np.random.default_rng(7)
    later = {}
    for user in range(40):
        unseen = np.flatnonzero((ranker.taken[[user]].toarray()[0] == 0) & ((ranker.ids >= HALF) == bool((user + 1) % 2)))
        later[user] = set(rng.choice(unseen, 3, replace=False).tolist())
    figures = compare(ranker, later)
    assert figures["collaborative"].mean() > 1.3 * figures["popularity"].mean()
    assert figures["combined"].mean() > 1.3 * figures["popularity"].mean()
