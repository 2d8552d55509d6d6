from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest

from warehouse_ai.tabular import virality

START = datetime(2026, 4, 1)


def items(number: int = 400) -> pa.Table:
    """Items of six weeks, ten a day, whose shares in two hours tell how many interactions come."""
    rng = np.random.default_rng(3)
    shares = rng.poisson(np.where(rng.random(number) < 0.1, 8, 0.5))
    views = rng.poisson(10, number)
    return pa.table(
        {
            "item_type": ["post" if i % 2 else "article" for i in range(number)],
            "item_id": list(range(number)),
            "views_2h": views,
            "shares_2h": shares,
            "reactions_2h": rng.poisson(2, number),
            "readers_2h": views,
            "share_ratio_2h": shares / (shares + views + 1),
            "growth_2h": np.ones(number),
            "hour_published": rng.integers(0, 24, number),
            "author_mean_48h": pa.array([None if i % 3 else 20.0 for i in range(number)], pa.float64()),
            "interactions_48h": rng.poisson(20 + 30 * shares),
            "published_at": [START + timedelta(hours=2.4 * i) for i in range(number)],
        }
    )


@pytest.fixture(scope="module")
def models() -> list[virality.ViralityModel]:
    return [virality.ViralityModel.from_row(row) for row in virality.fit_weekly(items()).to_pylist()]


def test_a_model_is_fitted_at_the_start_of_each_week_with_enough_viral_items(models: list[virality.ViralityModel]) -> None:
    # After one week 50 items are closed, of which 3 are viral.
    assert [model.valid_from for model in models] == [START + timedelta(days=7 * week) for week in (2, 3, 4, 5)]
    assert [model.train_items for model in models] == [121, 191, 261, 331]


def test_a_model_knows_nothing_of_items_whose_48_hours_were_not_over() -> None:
    at = START + timedelta(days=21)
    late = np.array([published + timedelta(hours=48) > at for published in items()["published_at"].to_pylist()])
    other = items()
    for name in ("shares_2h", "views_2h", "interactions_48h"):
        values = np.where(late, 999, other[name].to_numpy())
        other = other.set_column(other.column_names.index(name), name, pa.array(values))
    a, b = virality.fit(items(), at), virality.fit(other, at)
    assert a is not None
    assert b is not None
    assert a.id == b.id


def test_the_order_of_items_changes_nothing(models: list[virality.ViralityModel]) -> None:
    shuffled = items().take(np.random.default_rng(4).permutation(400))
    assert virality.fit_weekly(shuffled)["model_id"].to_pylist() == [model.id for model in models]
    drop = ["scored_at"]
    assert virality.score(shuffled, models).drop_columns(drop).equals(virality.score(items(), models).drop_columns(drop))


def test_an_item_is_scored_by_the_latest_model_of_when_it_appeared(models: list[virality.ViralityModel]) -> None:
    scores = {row["item_id"]: row["model_id"] for row in virality.score(items(), models).to_pylist()}
    # Item 140 appears at the very start of the third week.
    assert set(range(140)).isdisjoint(scores)
    assert [scores[item] for item in (140, 209, 210)] == [models[0].id, models[0].id, models[1].id]


def test_early_shares_make_an_item_likely_to_go_viral(models: list[virality.ViralityModel]) -> None:
    table = items()
    later = table.filter(pa.array(np.arange(400) >= 350))
    probability = models[-1].probability(later)
    viral = later["interactions_48h"].to_numpy() >= models[-1].viral_from
    assert probability[viral].mean() > 3 * probability[~viral].mean()
    assert ((probability >= 0) & (probability <= 1)).all()


def test_a_score_depends_on_no_other_item(models: list[virality.ViralityModel]) -> None:
    whole = models[0].probability(items())
    for row in (0, 7, 399):
        assert models[0].probability(items().slice(row, 1))[0] == whole[row]


def test_top_items_are_those_that_reach_the_border(models: list[virality.ViralityModel]) -> None:
    reached = items()["interactions_48h"].to_numpy()[: models[0].train_items]
    assert (reached >= models[0].viral_from).sum() == models[0].train_viral
    assert models[0].viral_from in reached
    assert 0.05 <= models[0].train_viral / models[0].train_items < 0.07


def test_a_row_with_other_parameters_than_its_id_is_refused(models: list[virality.ViralityModel]) -> None:
    row = replace(models[0], intercept=0.0).to_row() | {"model_id": models[0].id}
    with pytest.raises(ValueError, match="its parameters are those of"):
        virality.ViralityModel.from_row(row)


def test_without_items_there_are_no_models_and_no_scores() -> None:
    none = items().slice(0, 0)
    assert virality.fit_weekly(none).num_rows == 0
    assert virality.score(none, []).equals(virality.SCORES.empty_table())
    assert virality.score(items(), []).num_rows == 0


def test_too_few_viral_items_give_no_model() -> None:
    assert virality.fit(items(), START + timedelta(days=7)) is None
