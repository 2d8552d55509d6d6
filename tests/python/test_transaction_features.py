from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from typing import Any

import hypothesis
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import strategies as st

from warehouse_ai.tabular import FEATURES, Transactions, feature_batches, features, stream
from warehouse_ai.tabular import transaction_features as module

HOUR = 3_600_000_000


def table(rng: np.random.Generator, sizes: list[int], unknown: float = 0.1) -> Transactions:
    """Customers with so many rows; times tie, some amounts and quantities are unknown, zero or negative."""
    rows = sum(sizes)
    customer = np.repeat(np.arange(len(sizes)) * 7 - 3, sizes)
    time = rng.integers(0, max(rows // 2, 1), rows) * HOUR
    transaction = rng.permutation(rows) + 10
    order = np.lexsort((transaction, time, customer))
    amount = np.round(np.exp(rng.normal(3, 1, rows)), 2)
    amount[rng.random(rows) < 0.05] *= -1
    amount[rng.random(rows) < 0.05] = 0
    amount[rng.random(rows) < 0.01] *= 10_000
    amount[rng.random(rows) < unknown] = np.nan
    quantity = rng.integers(-1, 4, rows).astype(np.float64)
    quantity[rng.random(rows) < unknown] = np.nan
    return Transactions(customer, time[order], transaction[order], amount, quantity)


def part(rows: Transactions, start: int | None, stop: int | None) -> Transactions:
    return Transactions(*(column[start:stop] for column in rows))


def reference(rows: Transactions) -> dict[str, np.ndarray]:
    """The definitions, row by row in NumPy."""
    found: dict[str, list[float]] = {name: [] for name in FEATURES}
    for at, (customer, time, _, amount, quantity) in enumerate(zip(*rows, strict=True)):
        mine = np.arange(at + 1)[rows.customer[: at + 1] == customer]
        seen = rows.amount[mine]
        # Wider than what is tested: the textbook formula in float64 loses more digits than the features may.
        known = seen[~np.isnan(seen)].astype(np.longdouble)
        deviation = known.std(ddof=1) if len(known) > 1 and np.ptp(known) > 0 else math.nan
        ema = math.nan
        for value in known:
            ema = value if math.isnan(ema) else 0.1 * value + 0.9 * ema
        window = seen[-20:][~np.isnan(seen[-20:])]
        quantiles = np.percentile(window, [25, 50, 75, 95]) if len(window) else [math.nan] * 4
        recent = seen[-5:][~np.isnan(seen[-5:])]
        back = [math.nan] * 3 + list(seen)
        values = {
            "amount_mean_5": recent.mean() if len(recent) else math.nan,
            "amount_log1p": math.log1p(amount) if amount >= 0 else math.nan,
            "amount_sqrt": math.sqrt(amount) if amount >= 0 else math.nan,
            "amount_zscore": (amount - known.mean()) / deviation if len(known) else math.nan,
            **dict(zip(("amount_p25", "amount_p50", "amount_p75", "amount_p95"), quantiles, strict=True)),
            "amount_per_quantity": amount / quantity if quantity else math.nan,
            "quantity_per_amount": quantity / amount if amount else math.nan,
            "amount_ema": ema,
            "amount_trend": back[-1] - back[-2],
            "amount_acceleration": (back[-1] - back[-2]) - (back[-2] - back[-3]),
            "days_since_previous": (time - rows.time[mine[-2]]) / module.DAY if len(mine) > 1 else math.nan,
            "days_since_first": (time - rows.time[mine[0]]) / module.DAY,
        }
        for name in FEATURES:
            found[name].append(values[name])
    return {name: np.array(values, np.float64) for name, values in found.items()}


def assert_same(found: dict[str, np.ndarray], expected: dict[str, np.ndarray], rtol: float = 1e-6) -> None:
    assert list(found) == list(FEATURES)
    for name in FEATURES:
        np.testing.assert_allclose(found[name], expected[name], rtol=rtol, atol=1e-9, err_msg=name)


def joined(parts: list[dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
    return {name: np.concatenate([p[name] for p in parts]) for name in FEATURES}


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many blocks and several workers, as in a large table."""
    monkeypatch.setitem(module.BLOCK, "cpu", 16)


@hypothesis.given(st.integers(0, 2**32 - 1), st.lists(st.integers(1, 45), max_size=6), st.sampled_from([0.0, 0.1, 0.9, 1.0]))
@hypothesis.settings(max_examples=60)
def test_every_feature_equals_its_definition(seed: int, sizes: list[int], unknown: float) -> None:
    rows = table(np.random.default_rng(seed), sizes, unknown)
    assert_same(features(rows), reference(rows))


@pytest.mark.parametrize("unknown", [0.0, 0.3])
def test_borders_of_blocks_and_of_workers_change_nothing(small_blocks: None, unknown: float) -> None:
    rows = table(np.random.default_rng(5), [1, 90, 16, 1, 1, 30, 2, 300, 5, 11], unknown)
    assert_same(features(rows), reference(rows))


def test_a_long_history_keeps_its_precision() -> None:
    """The first amount, 10,000 times too large, must not drown what follows; nor may a neighbour's."""
    rng = np.random.default_rng(1)
    rows = table(rng, [3, 2000, 400], 0.0)
    rows.amount[:4] = 1e12
    rows.amount[2003:] = 5e8 + rng.normal(0, 1e-2, 400)
    assert_same(features(rows), reference(rows))


def test_the_future_changes_nothing() -> None:
    rows = table(np.random.default_rng(2), [40, 3, 25])
    whole = features(rows)
    for stop in (1, 17, 40, 41, 60):
        before = features(part(rows, None, stop))
        for name in FEATURES:
            np.testing.assert_array_equal(before[name], whole[name][:stop], err_msg=name)


@hypothesis.given(st.integers(0, 2**32 - 1), st.lists(st.integers(0, 50), max_size=12))
@hypothesis.settings(max_examples=60)
def test_a_stream_in_batches_of_any_size_gives_the_same_answers(seed: int, sizes: list[int]) -> None:
    rows = table(np.random.default_rng(seed), [1, 30, 4, 70, 2])
    cuts = np.minimum(np.cumsum([0, *sizes, len(rows.customer)]), len(rows.customer))
    batches = [part(rows, a, b) for a, b in pairwise(cuts)]
    assert_same(joined(list(stream(batches))), features(rows), rtol=1e-9)


def test_a_stream_of_single_rows_gives_the_same_answers() -> None:
    rows = table(np.random.default_rng(8), [50, 1, 9], 0.4)
    assert_same(joined(list(stream(part(rows, at, at + 1) for at in range(60)))), features(rows), rtol=1e-9)


def test_a_stream_asks_for_a_batch_only_when_the_one_before_was_taken() -> None:
    rows, asked = table(np.random.default_rng(3), [9, 9]), 0

    def batches() -> Iterator[Transactions]:
        nonlocal asked
        for start in range(0, 18, 6):
            asked += 1
            yield part(rows, start, start + 6)

    for taken, _ in enumerate(stream(batches()), 1):
        assert asked == taken


def test_a_group_of_one_has_no_deviation_and_no_row_before() -> None:
    found = {name: values[0] for name, values in features(table(np.random.default_rng(0), [1], 0.0)).items()}
    empty = {name for name, value in found.items() if math.isnan(value)}
    assert empty >= {"amount_zscore", "amount_trend", "amount_acceleration", "days_since_previous"}
    assert found["days_since_first"] == 0
    assert found["amount_mean_5"] == found["amount_p25"] == found["amount_p95"] == found["amount_ema"]


def test_equal_amounts_have_no_zscore() -> None:
    n = 50
    rows = Transactions(np.zeros(n, np.int64), np.arange(n), np.arange(n), np.full(n, 0.1), np.ones(n))
    assert np.isnan(features(rows)["amount_zscore"]).all()


def test_no_rows_have_no_features() -> None:
    assert {name: len(values) for name, values in features(table(np.random.default_rng(0), [])).items()} == dict.fromkeys(FEATURES, 0)


@pytest.mark.parametrize("column", ["customer", "time", "transaction"])
@pytest.mark.parametrize("at", [1, 24, 30, 59])
def test_unsorted_rows_are_refused(small_blocks: None, column: str, at: int) -> None:
    rows = Transactions(np.zeros(60, np.int64), np.zeros(60, np.int64), np.arange(60), np.ones(60), np.ones(60))
    values = getattr(rows, column).copy()
    values[at:] -= 2 if column == "transaction" else 1
    for call in (features, lambda r: list(stream([part(r, None, at), part(r, at, None)]))):
        with pytest.raises(ValueError, match="sorted by customer, time and transaction id"):
            call(rows._replace(**{column: values}))


def test_a_transaction_that_comes_twice_is_refused() -> None:
    rows = table(np.random.default_rng(0), [3], 0.0)
    twice = Transactions(*(np.repeat(column, 2) for column in rows))
    with pytest.raises(ValueError, match="without a transaction twice"):
        features(twice)


@pytest.mark.parametrize(
    ("change", "message"),
    [({"amount": np.array([1.0, np.inf])}, "infinite"), ({"quantity": np.ones(3)}, "the columns have 2, 2, 2, 2, 3 rows")],
)
def test_what_cannot_be_computed_is_refused(change: dict[str, Any], message: str) -> None:
    rows = Transactions(np.zeros(2, np.int64), np.arange(2), np.arange(2), np.ones(2), np.ones(2))
    with pytest.raises(ValueError, match=message):
        features(rows._replace(**change))


def test_an_unknown_device_is_refused() -> None:
    with pytest.raises(ValueError, match="use one of auto, cpu, cuda"):
        features(table(np.random.default_rng(0), [1]), device="tpu")


@pytest.mark.skipif(not module.torch.cuda.is_available(), reason="no CUDA device")
def test_a_gpu_gives_the_same_answers() -> None:
    rows = table(np.random.default_rng(4), [1, 900, 3, 40])
    assert_same(features(rows, device="cuda"), features(rows), rtol=1e-9)


def record_batch(**change: Any) -> pa.RecordBatch:
    columns = {
        "transaction_id": pa.array([4, 5, 6]),
        "customer_id": pa.array([1, 1, 2]),
        "purchased_at": pa.array([datetime(2026, 1, day) for day in (1, 3, 1)], pa.timestamp("us")),
        "amount": pa.array([1.0, None, 3.0]),
        "quantity": pa.array([1.0, 2.0, None]),
        "category": pa.array(["garden"] * 3),
    }
    return pa.RecordBatch.from_pydict({**columns, **change})


def test_record_batches_keep_their_keys_and_have_null_for_what_is_unknown() -> None:
    batch = record_batch()
    read = feature_batches(pa.RecordBatchReader.from_batches(batch.schema, [batch.slice(0, 2), batch.slice(2)])).read_all()
    assert read["transaction_id"].to_pylist() == [4, 5, 6]
    assert read["days_since_previous"].to_pylist() == [None, 2.0, None]
    assert read["amount_mean_5"].to_pylist() == [1.0, 1.0, 3.0]
    assert read["amount_sqrt"].to_pylist() == [1.0, None, math.sqrt(3)]


def test_a_key_that_is_null_is_refused() -> None:
    batch = record_batch(customer_id=pa.array([1, None, 2]))
    with pytest.raises(ValueError, match="customer_id is NULL in 1 transactions"):
        feature_batches(pa.RecordBatchReader.from_batches(batch.schema, [batch])).read_all()
