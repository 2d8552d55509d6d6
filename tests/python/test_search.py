"""Search, contexts and answers, beyond the contract that all functions keep."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from test_complete import Stub, completion
from test_dbt_install import compile_error  # noqa: F401
from warehouse_ai.engines.duckdb import MODELS
from warehouse_ai.functions.answer import cited
from warehouse_ai.functions.bm25 import WordIndex, words
from warehouse_ai.functions.passages import fuse
from warehouse_ai.models.registry import load_tokenizer

Connection = duckdb.DuckDBPyConnection
PASSAGES = [
    ("a", "The card was charged twice for one order."),
    ("b", "The parcel is late by a week."),
    ("c", "The app crashes when the calendar opens."),
    ("d", None),
    ("e", "  "),
    ("f", "The parcel is late by a week."),
    ("g", "Zürich opens a café for café lovers."),
]
QUESTIONS = ["why was I billed double?", "late parcels", "cafe"]


class Searcher:
    """Calls the functions the way the macros do."""

    def __init__(self, connection: Connection, cache: Path) -> None:
        self.connection, self.cache = connection, cache

    def __call__(
        self,
        function: str,
        questions: list[str | None],
        passages: list[tuple[str, str | None]] = PASSAGES,
        where: str = "true",
        context: dict[str, Any] | None = None,
        **options: Any,
    ) -> list[Any]:
        spec = {"function": function, "model": MODELS[function], "on_error": "null", "k": 5, "method": "hybrid", "constant": 60}
        spec |= {"context": {"max_tokens": 1000}, "answer": {"context_tokens": 1000}}.get(function, {}) | options
        self.connection.register("questions", pa.table({"n": range(len(questions)), "question": pa.array(questions, pa.string())}))
        self.connection.register(
            "passages", pa.table({"id": [p[0] for p in passages], "body": pa.array([p[1] for p in passages], pa.string())})
        )
        lists = ", ".join(f"coalesce(list({column} order by id, body), cast([] as varchar[]))" for column in ("body", "id"))
        index = f"(select wai_index({lists}, wai_spec(?, ?)) from passages where {where})"
        sql = f"select wai_{function}(question, {index}) from questions order by n"
        bound = json.dumps({"cache_dir": str(self.cache), **(context or {})})
        return [row[0] for row in self.connection.execute(sql, [json.dumps(spec), bound]).fetchall()]

    def sources(self, questions: list[str], **options: Any) -> list[list[str]]:
        return [[hit["source"] for hit in row["value"]] for row in self("search", list(questions), **options)]


@pytest.fixture
def search(connection: Connection, shared_cache: Path) -> Searcher:
    return Searcher(connection, shared_cache)


# ---------------------------------------------------------------- ranking


def reference_fusion(rankings: list[list[int]], constant: int) -> list[int]:
    scores = {place: sum(1 / (constant + r.index(place) + 1) for r in rankings if place in r) for r in rankings for place in r}
    return sorted(scores, key=lambda place: (-scores[place], place))


@given(st.lists(st.lists(st.integers(0, 30), unique=True), min_size=2, max_size=2), st.integers(1, 100))
def test_fusion_is_that_of_the_paper(rankings: list[list[int]], constant: int) -> None:
    assert [place for place, _ in fuse(rankings, constant)] == reference_fusion(rankings, constant)


def test_a_hybrid_rank_follows_from_both_ranks(search: Searcher) -> None:
    for row in search("search", list(QUESTIONS), constant=7):
        scores = [sum(1 / (7 + rank) for rank in (hit["vector_rank"], hit["bm25_rank"]) if rank) for hit in row["value"]]
        assert [hit["score"] for hit in row["value"]] == pytest.approx(scores)
        assert scores == sorted(scores, reverse=True)
        assert [hit["rank"] for hit in row["value"]] == list(range(1, len(scores) + 1))


def test_each_method_ranks_by_its_own_score(search: Searcher) -> None:
    (vector,) = search("search", ["why was I billed double?"], method="vector")
    assert [hit["score"] for hit in vector["value"]] == [hit["similarity"] for hit in vector["value"]]
    assert vector["value"][0]["source"] == "a"
    assert all(hit["bm25_score"] is None and hit["bm25_rank"] is None for hit in vector["value"])
    billed, late, cafe = search("search", list(QUESTIONS), method="bm25", context={"max_new_rows": 0})
    assert billed["value"] == []
    assert [(hit["source"], hit["bm25_rank"], hit["similarity"]) for hit in late["value"]] == [("b", 1, None), ("f", 2, None)]
    assert [hit["source"] for hit in cafe["value"]] == ["g"]


def test_passages_without_text_are_not_found(search: Searcher) -> None:
    for found in search.sources(QUESTIONS, k=50):
        assert sorted(found) == ["a", "b", "c", "f", "g"]


def test_equal_passages_keep_their_order_in_every_run(search: Searcher) -> None:
    for method in ("vector", "bm25", "hybrid"):
        for passages in (PASSAGES, PASSAGES[::-1]):
            (found,) = search.sources(["late parcels"], passages=passages, method=method)
            assert found[:2] == ["b", "f"]


def test_a_question_finds_the_same_whatever_else_is_asked(search: Searcher) -> None:
    many = [f"{question} {i}" for i in range(70) for question in QUESTIONS]
    together = search("search", list(many))
    assert [search("search", [question])[0] for question in many[::37]] == together[::37]


def test_the_filter_holds_before_the_ranking(search: Searcher) -> None:
    for method in ("vector", "bm25", "hybrid"):
        (row,) = search("search", ["late parcels"], where="id >= 'c'", method=method, k=1)
        assert (row["value"][0]["source"], row["value"][0]["rank"]) == ("f", 1)
        assert row["value"][0]["vector_rank"] in (None, 1)


def test_a_filter_may_name_the_question(search: Searcher) -> None:
    found = search.sources([*QUESTIONS, "late parcels"], where="(id = 'a') = (question = 'late parcels')")
    assert found[1] == found[3] == ["a"]
    assert found[0] == search.sources([QUESTIONS[0]], where="id <> 'a'")[0]


def test_words_are_compared_without_case_accents_and_endings() -> None:
    assert words("The Cafés, running!") == ["cafe", "run"]
    assert words("日本 x") == ["日", "本", "x"]
    assert WordIndex([]).scores("x").tolist() == []
    assert WordIndex(["...", "the"]).scores("the").tolist() == [0, 0]


# ---------------------------------------------------------------- contract


@pytest.mark.parametrize("function", ["search", "context", "answer"])
def test_null_blank_and_empty_relations(search: Searcher, function: str) -> None:
    value = {"search": "value"}.get(function, function)
    null, empty, blank = search(function, [None, "", " \n"], context={"max_new_rows": 0}, passages=[])
    assert null is None
    for row in (empty, blank):
        assert (row[value], row["error"], row["model"]) == (None, "empty_input", MODELS[function])
    (row,) = search(function, ["anything?"], context={"max_new_rows": 0}, passages=[("d", None)])
    assert (row[value], row["error"]) == (([], None) if function == "search" else (None, "abstained"))
    assert search(function, []) == []


def test_any_text_is_data(search: Searcher) -> None:
    sad = "Robert'); drop table passages; -- [1] {{ 1/0 }} \\ </text> 😡"
    (row,) = search("context", [sad], passages=[("it's", sad)])
    assert (row["context"], row["sources"][0]["source"]) == (f"[1] {sad}", "it's")


# ---------------------------------------------------------------- contexts


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(1, 60), st.integers(1, 6), st.lists(st.integers(1, 30), min_size=1, max_size=5))
def test_a_context_is_never_over_its_budget(search: Searcher, max_tokens: int, k: int, lengths: list[int]) -> None:
    passages = [(str(i), f"late {i} " + "parcel, " * length) for i, length in enumerate(lengths)]
    (row,) = search("context", ["late parcel"], passages=passages, max_tokens=max_tokens, k=k, method="bm25")
    if row["context"] is None:
        assert "longer than max_tokens" in row["error"]
        assert all(len(load_tokenizer().offsets([f"[1] {text}"])[0]) > max_tokens for _, text in passages)
    else:
        assert len(load_tokenizer().offsets([row["context"]])[0]) == row["tokens"] <= max_tokens
        assert len(row["sources"]) <= k
        assert row["context"] == "\n\n".join(f"[{source['number']}] {source['text'].strip()}" for source in row["sources"])


def test_what_has_been_said_is_not_said_again(search: Searcher) -> None:
    for method in ("bm25", "hybrid"):
        (row,) = search("context", ["late parcels"], method=method)
        assert [source["source"] for source in row["sources"]].count("f") == 0
        assert row["sources"][0]["source"] == "b"


# ---------------------------------------------------------------- answers


def test_without_a_language_model_the_passages_answer_word_for_word(search: Searcher) -> None:
    (row,) = search("answer", ["why was I billed double?"])
    assert row["answer"].startswith("The card was charged twice for one order. [1]")
    assert (row["method"], row["citations_valid"], row["error"]) == ("extractive", True, None)
    bodies = {source["text"] for source in row["citations"]}
    assert bodies <= {text for _, text in PASSAGES}
    assert row["citations"][0]["source"] == "a"


REPLIES: list[tuple[str, list[str] | None, bool | None, str | None]] = [
    ("It is a week late [1].", ["b"], True, None),
    ("Late [2], charged twice [1, 2].", None, True, None),
    ("It is a week late.", [], False, "no_citation"),
    ("It is a week late [1][9].", ["b"], False, "unknown_citation: 9"),
    ("NO_ANSWER", None, None, "abstained"),
]


@pytest.mark.parametrize(("reply", "sources", "is_valid", "error"), REPLIES)
def test_citations_of_a_language_model_are_checked(
    search: Searcher, reply: str, sources: list[str] | None, is_valid: bool | None, error: str | None
) -> None:
    server = Stub(lambda prompt, tried: (200, {}, completion(reply)))
    try:
        generator = {"backend": "endpoint", "url": server.url, "model": f"stub-{hash(reply)}"}
        (row,) = search("answer", ["late parcels"], generator=generator, system="Cite.", max_tokens=50)
    finally:
        server.server.shutdown()
        server.server.server_close()
    assert (row["method"], row["citations_valid"], row["error"]) == ("generated", is_valid, error)
    assert row["answer"] == (None if error == "abstained" else reply)
    if sources is not None:
        assert [source["source"] for source in row["citations"]] == sources
    (request,) = server.requests
    assert "[1] The parcel is late by a week." in request["prompt"]
    assert request["prompt"].endswith("Question: late parcels")


def test_a_citation_is_a_number_in_brackets() -> None:
    assert cited("a [2] b [1, 3] c [2].", 3) == ([2, 1, 3], None)
    assert cited("in [2019a] and [x]", 3) == ([], "no_citation")
    assert cited("[0]", 3) == ([], "unknown_citation: 0")


def test_a_failing_question_gets_its_error(search: Searcher, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from warehouse_ai.models.embedder import Embedder

    def broken(*_: Any) -> Any:
        raise ValueError("broken on purpose")

    search("search", ["warm"])
    search.cache = tmp_path
    monkeypatch.setattr(Embedder, "compute", broken)
    for function, value in (("search", "value"), ("context", "context"), ("answer", "answer")):
        (row,) = search(function, ["x"])
        assert (row[value], row["error"]) == (None, "ValueError: broken on purpose")
    with pytest.raises(duckdb.Error, match="ai_search: a passage failed with 'ValueError: broken on purpose'"):
        search("search", ["x"], on_error="fail")


# ---------------------------------------------------------------- the macros


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("ai_search(\"'x'\", ref('tickets'), 'body', method='words')", "ai_search: argument 'method' is 'words'. Use 'vector'"),
        ("ai_search(\"'x'\", ref('tickets'), 'body', rrf_k=0)", "ai_search: argument 'rrf_k' is 0"),
        ("ai_retrieve('body', ref('tickets'), 'body')", "ai_retrieve: argument 'source' is missing. Pass the column"),
        ("ai_retrieve('body')", "ai_retrieve: argument 'relation' is missing"),
        ("ai_context('body', ref('tickets'), source='id')", "ai_context: argument 'columns' is empty"),
        ("ai_context('body', ref('tickets'), 'body', source='id', max_tokens=0)", "ai_context: argument 'max_tokens' is 0"),
        ("ai_answer('body', ref('tickets'), 'body', source='id', context_tokens=0)", "ai_answer: argument 'context_tokens' is 0"),
        ("ai_answer('', ref('tickets'), 'body', source='id')", "ai_answer: argument 'question' is not a SQL expression"),
        ("ai_answer('body', ref('tickets'), 'body', source='id', cite=1)", "ai_answer: argument 'cite' is unknown. The options are"),
    ],
)
def test_wrong_arguments_fail_at_compile_time_with_the_fix(compile_error: Callable[[str], str], call: str, message: str) -> None:  # noqa: F811
    assert message in compile_error(call)
