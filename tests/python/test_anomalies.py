from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest

from warehouse_ai.tabular import anomalies

FEATURES = ("amount", "quantity", "days_to_land")
START = datetime(2025, 1, 1)
ERRORS = {
    0: ("amount", -40.0),
    1: ("amount", 500_000.0),
    2: ("quantity", 0.0),
    3: ("days_to_land", 30.0),
    4: ("days_to_land", -3650.0),
    5: ("amount", None),
}
"""Row, column and value of what `sales` plants."""


def sales(rows: int = 450, seed: int = 0) -> pa.Table:
    """Amounts that grow with quantities, and an error in each of the first rows."""
    rng = np.random.default_rng(seed)
    quantity = rng.geometric(0.45, rows).astype(float)
    columns: dict[str, list[float | None]] = {
        "amount": list(np.exp(rng.normal(3.4, 0.5, rows)) * quantity),
        "quantity": list(quantity),
        "days_to_land": list(rng.uniform(0, 0.1, rows)),
    }
    for row, (name, value) in ERRORS.items():
        columns[name][row] = value
    return pa.table({**columns, "landed_at": [START + timedelta(hours=i) for i in range(rows)]})


def fit(table: pa.Table, features: tuple[str, ...] = FEATURES) -> anomalies.AnomalyModel:
    fitted = anomalies.fit(table, "sales", features, "landed_at")
    assert fitted is not None
    return fitted


@pytest.fixture(scope="module")
def model() -> anomalies.AnomalyModel:
    return fit(sales())


def test_the_order_of_the_past_rows_does_not_matter(model: anomalies.AnomalyModel) -> None:
    table = sales()
    again = fit(table.take(np.random.default_rng(1).permutation(table.num_rows)))
    assert again.id == model.id
    assert fit(sales(seed=1)).id != model.id


def test_a_model_scores_the_same_when_it_is_read_back_from_its_row(model: anomalies.AnomalyModel) -> None:
    read = anomalies.AnomalyModel.from_row(model.to_table().to_pylist()[0])
    assert read == model
    assert anomalies.score(read, sales()).equals(anomalies.score(model, sales()))
    assert model.trained == (START, START + timedelta(hours=449))


def test_a_row_that_was_changed_is_no_model(model: anomalies.AnomalyModel) -> None:
    row = model.to_table().to_pylist()[0]
    with pytest.raises(ValueError, match="its parameters are those of"):
        anomalies.AnomalyModel.from_row({**row, "threshold": 1.0})


def test_planted_errors_are_found_among_the_past_rows_and_their_column_is_named(model: anomalies.AnomalyModel) -> None:
    scores = anomalies.score(model, sales())
    odd = scores["odd_columns"].to_pylist()
    assert [odd[row] for row in ERRORS] == [[name] for name, _ in ERRORS.values()]
    assert sum(scores["is_anomaly"].to_pylist()) <= len(ERRORS) + 1


def test_rows_that_are_usual_have_no_odd_column(model: anomalies.AnomalyModel) -> None:
    scores = anomalies.score(model, sales(seed=2).slice(len(ERRORS)))
    assert all(
        (len(odd) > 0) == found for odd, found in zip(scores["odd_columns"].to_pylist(), scores["is_anomaly"].to_pylist(), strict=True)
    )
    assert np.mean(scores["is_anomaly"].to_numpy()) < 0.005


def test_a_combination_is_odd_where_each_number_is_usual() -> None:
    rng = np.random.default_rng(3)
    height = rng.normal(170, 10, 400)
    past = pa.table({"height": height, "weight": height - 100 + rng.normal(0, 2, 400), "landed_at": [START] * 400})
    scores = anomalies.score(fit(past, ("height", "weight")), pa.table({"height": [155.0, 155.0], "weight": [80.0, 56.0]}))
    assert scores["is_anomaly"].to_pylist() == [True, False]
    assert len(scores["odd_columns"][0].as_py()) == 1


@pytest.mark.parametrize(("per_thousand", "found"), [(5, True), (20, False)])
def test_a_missing_value_is_odd_where_fewer_than_one_past_row_in_a_hundred_lacked_it(per_thousand: int, found: bool) -> None:
    amount = [None if i % 1000 < per_thousand else 20.0 + i % 7 for i in range(4000)]
    fitted = fit(pa.table({"amount": amount, "landed_at": [START] * 4000}), ("amount",))
    scores = anomalies.score(fitted, pa.table({"amount": pa.array([None, 23.0], pa.float64())}))
    assert scores["is_anomaly"].to_pylist() == [found, False]
    assert scores["odd_columns"].to_pylist() == [["amount"] if found else [], []]


def test_batches_give_the_scores_of_the_whole_table(model: anomalies.AnomalyModel) -> None:
    table = sales(seed=4)
    whole = anomalies.score(model, table)
    reader = pa.RecordBatchReader.from_batches(table.schema, table.to_batches(max_chunksize=111))
    streamed = anomalies.anomaly_batches(model, reader, ["landed_at"]).read_all()
    assert streamed.select(whole.column_names).combine_chunks().equals(whole.combine_chunks())
    assert streamed["landed_at"].to_pylist() == table["landed_at"].to_pylist()
    for row in (0, 5, 377):
        assert anomalies.score(model, table.slice(row, 1)).equals(whole.slice(row, 1).combine_chunks())


def test_without_rows_or_without_a_model_the_result_is_empty_and_typed(model: anomalies.AnomalyModel) -> None:
    def read(table: pa.Table, scorer: anomalies.AnomalyModel | None) -> pa.Table:
        return anomalies.anomaly_batches(scorer, table.to_reader(), ["landed_at"]).read_all()

    full = read(sales(), model)
    for empty in (read(sales().slice(0, 0), model), read(sales(), None)):
        assert empty.num_rows == 0
        assert empty.schema == full.schema
    assert anomalies.fit(sales().slice(0, 0), "sales", FEATURES, "landed_at") is None


def constant(table: pa.Table) -> pa.Table:
    return table.set_column(1, "quantity", pa.array([2.0] * table.num_rows))


def unknown(table: pa.Table) -> pa.Table:
    return table.set_column(1, "quantity", pa.nulls(table.num_rows, pa.float64()))


def mostly_equal(table: pa.Table) -> pa.Table:
    return table.set_column(1, "quantity", pa.array([float(i % 4 == 0) for i in range(table.num_rows)]))


def the_same_twice(table: pa.Table) -> pa.Table:
    return table.set_column(1, "quantity", table["amount"])


def infinite(table: pa.Table) -> pa.Table:
    return table.set_column(1, "quantity", pa.array([float("inf"), *table["quantity"].to_pylist()[1:]]))


@pytest.mark.parametrize("change", [constant, unknown, mostly_equal, the_same_twice, infinite])
@pytest.mark.parametrize("rows", [7, 40, 450])
def test_columns_that_say_little_and_few_rows_do_no_harm(change: Callable[[pa.Table], pa.Table], rows: int) -> None:
    table = change(sales(rows))
    fitted = fit(table)
    assert ("quantity" in [column.name for column in fitted.columns]) == (change not in (constant, unknown))
    scores = anomalies.score(fitted, table)
    assert np.isfinite(scores["score"].to_numpy()).all()
    assert anomalies.AnomalyModel.from_row(fitted.to_table().to_pylist()[0]) == fitted


def test_a_row_without_any_number_is_scored_by_how_rare_that_is(model: anomalies.AnomalyModel) -> None:
    nothing = pa.table({name: pa.nulls(1, pa.float64()) for name in FEATURES})
    assert anomalies.score(model, nothing)["odd_columns"].to_pylist() == [list(FEATURES)]


def test_a_column_that_is_not_there_is_named(model: anomalies.AnomalyModel) -> None:
    with pytest.raises(ValueError, match="no column amount; the table has quantity"):
        anomalies.score(model, sales().drop_columns(["amount"]))


def test_the_relation_is_part_of_the_id(model: anomalies.AnomalyModel) -> None:
    assert replace(model, relation="other").id != model.id
