"""What every function promises, one test a promise, over the registry of functions."""

from __future__ import annotations

import random
from pathlib import Path

import duckdb
import pytest

from calls import AGGREGATES, SPECS, call, spec
from warehouse_ai.engines.duckdb import MODELS
from warehouse_ai.functions import registry
from warehouse_ai.functions.registry import FUNCTIONS
from warehouse_ai.models.embedder import Embedder
from warehouse_ai.models.field_extractor import FieldExtractor
from warehouse_ai.models.registry import load_tokenizer
from warehouse_ai.models.text_classifier import TextClassifier

pytestmark = pytest.mark.duckdb_1
Connection = duckdb.DuckDBPyConnection
WITHOUT_MODEL = ("chunk", "count_tokens", "detect_language", "sentences")
"""Functions that send no text to a model: they have no new rows to limit and no batch to fail."""
each_function = pytest.mark.parametrize("function", sorted(SPECS))
each_model_function = pytest.mark.parametrize("function", sorted(set(SPECS) - set(WITHOUT_MODEL)))
SAD = "Robert O'Hara'); drop table texts; -- {{ 1/0 }} said \"no\" \\ to the 😡 invoice"
TEXTS = [
    "Anna paid the invoice twice and wants her money back.",
    "The app crashes whenever Bruno opens the calendar.",
    "Thank you Carla, everything works again!",
    "ok",
    "日本語のテキスト",
    "x" * 700,
    SAD,
    "🎉🎉🎉",
    "\u200b",
]


def test_every_function_is_tested_here() -> None:
    assert set(SPECS) == {module.NAME for module in registry.COLUMN_FUNCTIONS}
    elsewhere = {module.NAME for module in (*registry.FILE_FUNCTIONS, *registry.SEARCHES, *registry.GENERATIVE)}
    assert set(SPECS) | set(AGGREGATES) | elsewhere == set(FUNCTIONS)


@each_function
def test_null_is_null_without_a_model_call(connection: Connection, function: str, tmp_path: Path) -> None:
    assert call(connection, function, [None, None], tmp_path, {"max_new_rows": 0}) == [None, None]


@each_function
def test_blank_texts_get_null_and_the_reason_without_a_model_call(connection: Connection, function: str, tmp_path: Path) -> None:
    for row in call(connection, function, ["", "  ", "\n\t ", "\u00a0"], tmp_path, {"max_new_rows": 0}):
        assert row is not None
        assert (row["value"], row["error"]) == (None, "empty_input")


@each_function
def test_any_text_is_data_and_no_row_is_lost(connection: Connection, function: str, shared_cache: Path) -> None:
    rows = call(connection, function, TEXTS, shared_cache)
    assert len(rows) == len(TEXTS)
    assert all(row is not None and row["error"] in (None, "abstained") for row in rows)


@each_function
def test_no_rows_give_no_rows(connection: Connection, function: str, shared_cache: Path) -> None:
    assert call(connection, function, [], shared_cache) == []


@each_function
def test_the_model_is_named_on_every_row(connection: Connection, function: str, shared_cache: Path) -> None:
    (row,) = call(connection, function, ["Anna paid."], shared_cache)
    assert row is not None
    assert row["model"] == MODELS[function]


@each_function
def test_long_texts_are_read_to_their_end(connection: Connection, function: str, shared_cache: Path) -> None:
    filler = "The meeting took place in the usual room at the usual time. " * 60
    assert len(load_tokenizer().windows([filler])) > 2
    plain, told = call(connection, function, [filler, filler + "Anna paid the invoice twice, what a horrible scandal! " * 8], shared_cache)
    assert plain is not None
    assert told is not None
    assert told["error"] in (None, "abstained")
    told.pop("error"), plain.pop("error")
    assert told != plain


@each_model_function
def test_a_failing_row_gets_null_and_its_error_and_the_others_go_on(
    connection: Connection, function: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_on("crashes", monkeypatch)
    paid, broken, thanks = call(connection, function, TEXTS[:3], tmp_path)
    assert broken is not None
    assert (broken["value"], broken["error"]) == (None, "ValueError: broken on purpose")
    assert paid is not None
    assert thanks is not None
    assert paid["error"] in (None, "abstained")
    assert thanks["error"] in (None, "abstained")


@each_model_function
def test_on_error_fail_stops_the_query(connection: Connection, function: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    break_on("crashes", monkeypatch)
    with pytest.raises(duckdb.Error, match=rf"ai_{function}: 1 of 3 rows failed, the first with 'ValueError: broken on purpose'"):
        call(connection, function, TEXTS[:3], tmp_path, on_error="fail")


@each_model_function
def test_a_failure_is_not_remembered(connection: Connection, function: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        break_on("crashes", patch)
        call(connection, function, TEXTS[1:2], tmp_path)
    (row,) = call(connection, function, TEXTS[1:2], tmp_path)
    assert row is not None
    assert row["error"] in (None, "abstained")


@each_function
def test_the_same_text_gets_the_same_answer_whatever_else_is_there(
    connection: Connection, function: str, tmp_path: Path, shared_cache: Path
) -> None:
    texts = [f"{t} {i}" for i in range(12) for t in TEXTS[:4]] + TEXTS
    expected = dict(zip(texts, call(connection, function, texts, tmp_path / "all"), strict=True))
    shuffled = random.Random(4).sample(texts, len(texts))
    assert call(connection, function, shuffled, tmp_path / "shuffled") == [expected[t] for t in shuffled]
    assert call(connection, function, texts, tmp_path / "all") == [expected[t] for t in texts]
    for text in texts[::9]:
        assert call(connection, function, [text], tmp_path / "alone") == [expected[text]]


@each_model_function
def test_nobody_can_pass_the_limit_of_new_rows(connection: Connection, function: str, tmp_path: Path) -> None:
    with pytest.raises(duckdb.Error, match="warehouse_ai_max_new_rows is 2"):
        call(connection, function, TEXTS[:6], tmp_path, {"max_new_rows": 2, "invocation": f"limit-{function}"})


@each_function
def test_a_package_of_another_version_is_refused(connection: Connection, function: str, tmp_path: Path) -> None:
    with pytest.raises(duckdb.Error, match="install the same version of both"):
        call(connection, function, ["x"], tmp_path, model="all-MiniLM-L6-v2+classify@elsewhere")


@each_model_function
def test_an_unknown_device_names_the_fix(connection: Connection, function: str, tmp_path: Path) -> None:
    with pytest.raises(duckdb.Error, match="warehouse_ai_device is 'tpu': use one of auto, cpu"):
        call(connection, function, ["x"], tmp_path, {"device": "tpu"})


@each_function
def test_limit_zero_calls_no_model(connection: Connection, function: str, tmp_path: Path) -> None:
    sql = f"select wai_{function}(body, wai_spec(?, ?)) from (values ('a text')) t (body) limit 0"
    assert connection.execute(sql, [spec(function), f'{{"cache_dir": "{tmp_path}", "max_new_rows": 0}}']).fetchall() == []


def test_a_threshold_gives_the_none_label_and_says_so(connection: Connection, shared_cache: Path) -> None:
    (row,) = call(connection, "classify", ["ok"], shared_cache, threshold=0.999, none_label="other")
    assert row is not None
    assert (row["value"], row["error"]) == ("other", "abstained")
    assert row["score"] < 0.999
    (row,) = call(connection, "sentiment", ["The box is on the table."], shared_cache, threshold=0.9999, none_label="unclear")
    assert row is not None
    assert (row["value"], row["label"], row["error"]) == (None, "unclear", "abstained")
    (row,) = call(connection, "extract", ["Anna paid."], shared_cache, threshold=1.0)
    assert row is not None
    assert (row["value"], row["spans"], row["error"]) == (None, [], "abstained")


def test_scores_are_probabilities(connection: Connection, shared_cache: Path) -> None:
    for function in ("classify", "sentiment"):
        for row in call(connection, function, TEXTS, shared_cache):
            assert row is not None
            assert sum(row["scores"].values()) == pytest.approx(1, abs=1e-6)
            assert all(0 <= p <= 1 for p in row["scores"].values())
    for row in call(connection, "extract", TEXTS, shared_cache):
        assert row is not None
        assert all(0 <= span["score"] <= 1 for span in row["spans"])


def test_a_label_may_hold_quotes_braces_emoji_and_sql(connection: Connection, shared_cache: Path) -> None:
    (row,) = call(connection, "classify", ["hello"], shared_cache, labels=[{"name": SAD}, {"name": "b"}])
    assert row is not None
    assert set(row["scores"]) == {SAD, "b"}


def break_on(word: str, patch: pytest.MonkeyPatch) -> None:
    """Make every model fail on batches that hold a text with this word."""
    (token,) = load_tokenizer().windows([word])[0].ids[1:-1]
    for task in (Embedder, TextClassifier, FieldExtractor):
        compute = task.compute

        def breaking(self, inputs, batch, device, compute=compute):
            if any(token in item.ids for item in inputs):
                raise ValueError("broken on purpose")
            return compute(self, inputs, batch, device)

        patch.setattr(task, "compute", breaking)
