"""What each function does beyond the contract that all of them keep."""

from __future__ import annotations

import random
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

import warehouse_ai
from calls import call, spec
from warehouse_ai.engines.duckdb import MODELS
from warehouse_ai.functions.heads import precise
from warehouse_ai.functions.recognizers import cards, national_ids, phones
from warehouse_ai.functions.redact import Found, names_alone, own_lines, redacted, united
from warehouse_ai.functions.sentences import sentences
from warehouse_ai.models.adapters import SENTIMENT
from warehouse_ai.models.registry import load_tokenizer
from warehouse_ai.runtime.run import LEDGER

pytestmark = pytest.mark.duckdb_1
Connection = duckdb.DuckDBPyConnection
STORY = (
    "The ferry was late again. Passengers waited two hours in the rain without a word from the crew. "
    "The captain later blamed the tide.\n\nDr. Ames, who commutes daily, paid $3.50 for a coffee that never came! She now takes the bus."
)


def one(connection: Connection, function: str, text: str, cache: Path, **options: Any) -> dict[str, Any]:
    (row,) = call(connection, function, [text], cache, **options)
    assert row is not None
    return row


# ---------------------------------------------------------------- Embeddings


def test_an_embedding_is_that_of_sentence_transformers(connection: Connection, shared_cache: Path) -> None:
    from sentence_transformers import SentenceTransformer

    from warehouse_ai.models.registry import encoder_folder

    texts = ["The card was charged twice.", "ok", STORY]
    ours = np.array([row["value"] for row in call(connection, "embed", texts, shared_cache) if row])
    theirs = SentenceTransformer(str(encoder_folder()), device="cpu").encode(texts, normalize_embeddings=True)
    assert (ours * theirs).sum(axis=1).min() > 0.9995
    assert np.linalg.norm(ours, axis=1) == pytest.approx(1, abs=1e-5)


def test_functions_of_the_plain_encoder_share_its_pass(connection: Connection, tmp_path: Path) -> None:
    texts: list[str | None] = [f"Message {i} about invoice {i * 7}, the {w}." for i, w in enumerate(["app", "courier", "price"] * 8)]
    context = {"invocation": "shared"}
    call(connection, "embed", texts, tmp_path, context)
    call(connection, "keywords", texts, tmp_path, context)
    call(connection, "classify", texts, tmp_path, context)
    call(connection, "classify_multi", texts, tmp_path, context)
    rows = {str(row["function"]): row for row in LEDGER.drain("shared")}
    assert rows["ai_embed"]["computed"] == len(texts)
    assert rows["ai_keywords"]["computed"] == 0
    # Four sentences around a name, two texts of a description, and each label once in its own encoder.
    assert rows["ai_classify"]["computed"] == 4 + 2 + 2
    assert rows["ai_classify_multi"]["computed"] == 4 + 1


def test_four_functions_over_a_column_cost_little_more_than_one(labelled: Connection, tmp_path: Path) -> None:
    feedback = Path(__file__).parents[2] / "seeds/raw_feedback.csv"
    labelled.execute(f"create table columns as select distinct feedback_text as body from read_csv('{feedback}') where trim(body) <> ''")
    context = f'{{"cache_dir": "{tmp_path}", "invocation": "four"}}'
    labelled.execute(
        "create table heads as select wai_fit(list(body), list(label), wai_spec(?, ?)) as head from labelled",
        [spec("fit"), f'{{"cache_dir": "{tmp_path}"}}'],
    )
    given = {"a": spec("embed"), "b": spec("keywords"), "c": context, "d": spec("classify", labels=[], head_relation="heads")}
    one = "select wai_embed(body, wai_spec($a, $c)) from {}"
    three = (
        "select list_cosine_similarity(wai_embed(body, wai_spec($a, $c)).value, wai_embed('late parcel', wai_spec($a, $c)).value), "
        "wai_keywords(body, wai_spec($b, $c)), wai_classify(body, (select wai_head(head, wai_spec($d, $c)) from heads)) from {}"
    )

    def cost(sql: str, table: str) -> tuple[float, dict[str, int]]:
        # Processor time, because other tests run beside this one.
        started = time.process_time()
        labelled.execute(sql.format(table), {name: text for name, text in given.items() if f"${name}" in sql}).fetchall()
        seconds = time.process_time() - started
        return seconds, {str(row["function"]): int(str(row["tokens"])) for row in LEDGER.drain("four")}

    for sql in (one, three):
        # What a function loads, it loads once.
        cost(sql, "labelled")
    seconds, tokens = cost(one, "columns")
    (more_seconds, more_tokens), again = cost(three, "columns"), cost(three, "columns")
    assert set(more_tokens) == {"ai_embed", "ai_keywords", "ai_classify"}
    assert sum(more_tokens.values()) <= 0.01 * sum(tokens.values())
    # The encoder's vectors lay in the cache both times; the lesser time is the one that nothing disturbed.
    assert min(more_seconds, again[0]) <= 0.2 * seconds


# ---------------------------------------------------------------- Search and duplicates


def test_near_duplicates_are_found_once_each_without_blank_rows(connection: Connection, shared_cache: Path) -> None:
    sql = "select wai_near_duplicates(list(body order by id), wai_spec(?, ?)).value from texts"
    bodies = ["Where is my parcel?", None, "where is my parcel", "  ", "I love the new dashboard.", "Where is my parcel?"]
    connection.execute("create table texts (id int, body varchar)")
    connection.executemany("insert into texts values (?, ?)", list(enumerate(bodies)))
    (pairs,) = connection.execute(sql, [spec("near_duplicates"), f'{{"cache_dir": "{shared_cache}"}}']).fetchall()[0]
    assert [(p["left"], p["right"]) for p in pairs] == [(1, 3), (1, 6), (3, 6)]
    assert all(0.9 <= p["score"] <= 1 for p in pairs)


# ---------------------------------------------------------------- Heads


def fit(connection: Connection, cache: Path, order: str = "body") -> dict[str, Any]:
    sql = f"select wai_fit(list(body order by {order}), list(label order by {order}), wai_spec(?, ?)) from labelled"
    return connection.execute(sql, [spec("fit"), f'{{"cache_dir": "{cache}"}}']).fetchall()[0][0]


@pytest.fixture
def labelled(connection: Connection) -> Connection:
    rows = [(f"the {w} {p}", label) for label, ws, ps in (
        ("bug", ("app", "screen", "login", "sync"), ("crashes", "freezes", "shows an error")),
        ("billing", ("invoice", "card", "refund", "payment"), ("is wrong", "was charged twice", "never arrived")),
    ) for w in ws for p in ps]  # fmt: skip
    connection.execute("create table labelled (body varchar, label varchar)")
    connection.executemany("insert into labelled values (?, ?)", [*rows, (None, "bug"), ("no label", None), rows[0]])
    return connection


def test_a_head_is_the_same_for_any_order_of_its_rows(labelled: Connection, shared_cache: Path) -> None:
    first, second = fit(labelled, shared_cache), fit(labelled, shared_cache, "hash(body)")
    first.pop("fitted_at"), second.pop("fitted_at")
    assert first == second
    assert (first["n"], first["labels"]) == (24, ["billing", "bug"])
    assert 0.8 < first["accuracy"] <= 1


def keep_head(connection: Connection, cache: Path, **options: Any) -> None:
    sql = "create table heads as select wai_fit(list(body), list(label), wai_spec(?, ?)) as head from labelled"
    connection.execute(sql, [spec("fit", **options), f'{{"cache_dir": "{cache}"}}'])


def classify_by_head(connection: Connection, cache: Path, text: str, **options: Any) -> Any:
    bound = spec("classify", labels=[], head_relation="heads", **options)
    sql = "select wai_classify(?, (select wai_head(head, wai_spec(?, ?)) from heads order by head.fitted_at desc, head.id limit 1))"
    return connection.execute(sql, [text, bound, f'{{"cache_dir": "{cache}"}}']).fetchall()[0][0]


def test_a_head_classifies_with_calibrated_probabilities(labelled: Connection, shared_cache: Path) -> None:
    keep_head(labelled, shared_cache)
    row = classify_by_head(labelled, shared_cache, "my invoice shows the wrong amount")
    assert row["value"] == "billing"
    assert sum(row["scores"].values()) == pytest.approx(1, abs=1e-6)
    assert row["model"] == f"all-MiniLM-L6-v2+head@{fit(labelled, shared_cache)['id']}"


def test_a_head_on_the_encoder_of_sentiment_hears_the_tone_whatever_the_subject(connection: Connection, shared_cache: Path) -> None:
    connection.execute("create table labelled (body varchar, label varchar)")
    connection.executemany(
        "insert into labelled values (?, ?)",
        [
            ("The soup was delicious and the waiter kind.", "delighted"),
            ("What a lovely hotel, we slept like stones.", "delighted"),
            ("The soup was served.", "calm"),
            ("The hotel has forty rooms.", "calm"),
            ("The soup was cold and the waiter rude.", "furious"),
            ("What a filthy hotel, we never slept.", "furious"),
        ],
    )
    sentiment = MODELS["sentiment"]
    keep_head(connection, shared_cache, adapter="sentiment", model=sentiment)
    assert connection.execute("select head.model, head.prior from heads").fetchall() == [(sentiment, 0.0)]
    found = {
        text: classify_by_head(connection, shared_cache, text)["value"]
        for text in (
            "My new bicycle is a joy to ride.",
            "The bicycle weighs twelve kilos.",
            "The bicycle broke on the first day, a disgrace.",
        )
    }
    assert list(found.values()) == ["delighted", "calm", "furious"]


def test_a_head_on_an_adapter_of_another_version_says_what_to_install(connection: Connection, shared_cache: Path) -> None:
    older = spec("fit", adapter="sentiment", model="all-MiniLM-L6-v2+sentiment@000000000000")
    with pytest.raises(duckdb.Error, match="install the same version of both"):
        connection.execute("select wai_fit(['a', 'b'], ['x', 'y'], wai_spec(?, ?))", [older, f'{{"cache_dir": "{shared_cache}"}}'])


def test_one_text_a_label_is_enough_where_the_names_say_what_is_meant(connection: Connection, shared_cache: Path) -> None:
    connection.execute("create table labelled (body varchar, label varchar)")
    connection.executemany("insert into labelled values (?, ?)", [("Who won?", "football"), ("It was late.", "railway travel")])
    head = fit(connection, shared_cache)
    assert (head["prior"], head["accuracy"], head["thresholds"]) == (1.0, None, None)
    keep_head(connection, shared_cache)
    answers = [
        classify_by_head(connection, shared_cache, text)["value"]
        for text in ("The keeper saved two penalties.", "Platform 4, change at Crewe.")
    ]
    assert answers == ["football", "railway travel"]


def test_a_head_is_another_one_where_other_weights_read_its_names(
    labelled: Connection, shared_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = fit(labelled, shared_cache)["id"]
    assert fit(labelled, shared_cache)["id"] == before
    monkeypatch.setattr("warehouse_ai.functions.heads.ZERO_SHOT", SENTIMENT)
    assert fit(labelled, shared_cache)["id"] != before


def test_names_that_say_nothing_are_left_aside(labelled: Connection, shared_cache: Path) -> None:
    named = fit(labelled, shared_cache)
    labelled.execute("update labelled set label = case label when 'bug' then 'billing' when 'billing' then 'bug' end")
    misnamed = fit(labelled, shared_cache)
    assert named["prior"] > misnamed["prior"] == 0
    assert misnamed["accuracy"] > 0.8


def test_a_precision_is_a_threshold_that_the_head_has_measured(labelled: Connection, shared_cache: Path) -> None:
    keep_head(labelled, shared_cache)
    thresholds = fit(labelled, shared_cache)["thresholds"]
    assert 0.5 <= thresholds["p90"] <= thresholds["p95"] <= thresholds["p99"] <= 1
    sure = classify_by_head(labelled, shared_cache, "the invoice is wrong", threshold="p90")
    assert (sure["value"], sure["error"]) == ("billing", None)
    torn = classify_by_head(labelled, shared_cache, "the weather in Lisbon", threshold="p99", none_label="other")
    assert (torn["value"], torn["error"]) == ("other", "abstained")
    labelled.execute(
        "update heads set head = struct_update(head, thresholds := {'p90': null::double, 'p95': null::double, 'p99': null::double})"
    )
    assert classify_by_head(labelled, shared_cache, "the invoice is wrong", threshold="p90")["error"] == "abstained"


def test_a_threshold_for_a_precision_keeps_as_many_answers_as_it_may() -> None:
    p = np.array([[s, 1 - s] for s in (0.95, 0.9, 0.8, 0.8, 0.7, 0.6)])
    right = np.array([0, 0, 0, 1, 0, 1])
    # Of the answers from 0.9 on both are right, from 0.8 on three of four, from 0.7 on four of five, of all four of six.
    assert precise(p, right) == {"p90": 0.9, "p95": 0.9, "p99": 0.9}
    assert precise(p[:3], np.array([1, 1, 1])) == {"p90": None, "p95": None, "p99": None}


def test_before_a_head_is_fitted_every_row_is_null(labelled: Connection, shared_cache: Path) -> None:
    labelled.execute("create table heads as select wai_fit(null, null, null) as head limit 0")
    assert classify_by_head(labelled, shared_cache, "anything") is None


def test_a_head_of_another_encoder_says_which_model_to_rebuild(labelled: Connection, shared_cache: Path) -> None:
    keep_head(labelled, shared_cache)
    labelled.execute("update heads set head = struct_update(head, model := 'older-encoder@1')")
    with pytest.raises(duckdb.Error, match=r"fitted on older-encoder@1 and the encoder is now .* rebuild heads \(dbt run --select heads\)"):
        classify_by_head(labelled, shared_cache, "anything")


def test_one_label_makes_no_head(connection: Connection, shared_cache: Path) -> None:
    connection.execute("create table labelled as select 'a text' as body, 'bug' as label")
    row = fit(connection, shared_cache)
    assert (row["labels"], row["error"]) == (None, "a head needs at least two labels, these rows have 1")


# ---------------------------------------------------------------- Filters


def test_a_filter_is_null_between_its_thresholds(connection: Connection, shared_cache: Path) -> None:
    texts: list[str | None] = ["I want my money back.", "The box is blue.", "He spoke of it, perhaps."]
    for row in call(connection, "filter", texts, shared_cache, predicate="The customer asks for a refund.", threshold=0.99):
        assert row is not None
        sure = max(row["score"], 1 - row["score"]) >= 0.99
        assert (row["value"] is not None) == sure
        assert row["error"] == (None if sure else "abstained")


def test_a_statement_a_row_gets_the_same_answer_as_one_for_all(connection: Connection, shared_cache: Path) -> None:
    text, statement = "Anna paid the bill.", "Somebody paid."
    (whole,) = call(connection, "filter", [text], shared_cache, predicate=statement)
    (by_row,) = call(connection, "filter", [f"{statement}\x1f{text}"], shared_cache, predicate=None)
    assert whole == by_row


def test_a_statement_longer_than_the_window_is_refused(connection: Connection, shared_cache: Path) -> None:
    with pytest.raises(duckdb.Error, match="argument 'predicate' is too long for the model"):
        call(connection, "filter", ["x"], shared_cache, predicate="very " * 300)
    (row,) = call(connection, "filter", ["very " * 300 + "\x1fx"], shared_cache, predicate=None)
    assert row is not None
    assert (row["value"], row["error"]) == (None, "too long for the model to read with a text: say it in fewer words")


# ---------------------------------------------------------------- Moderation


def test_a_policy_decides_by_the_highest_level_that_a_category_reaches(connection: Connection, shared_cache: Path) -> None:
    text = "WINNER!! Claim your free prize now, text WIN to 80086"
    scores = one(connection, "moderate", text, shared_cache)["scores"]
    top = max(scores, key=scores.get)
    assert 0 < scores[top] < 1
    low, high = scores[top] * 0.5, min(1.0, scores[top] * 1.01)
    row = one(connection, "moderate", text, shared_cache, policy={top: {"flagged": low, "rejected": high}})
    assert (row["value"], row["category"]) == ("flagged", top)
    row = one(connection, "moderate", text, shared_cache, policy={top: {"rejected": low}})
    assert (row["value"], row["category"]) == ("rejected", top)
    row = one(connection, "moderate", text, shared_cache, policy={top: {"rejected": high}})
    assert (row["value"], row["category"]) == ("approved", None)


def test_another_policy_calls_no_model(connection: Connection, tmp_path: Path) -> None:
    one(connection, "moderate", "Buy now", tmp_path)
    row = call(
        connection, "moderate", ["Buy now"], tmp_path, {"max_new_rows": 0, "invocation": "policy"}, policy={"hate": {"flagged": 0.1}}
    )
    assert row[0] is not None


# ---------------------------------------------------------------- Personal data


def test_formats_and_check_digits_are_redacted(connection: Connection, shared_cache: Path) -> None:
    text = (
        "Card 4111 1111 1111 1111, IBAN DE89 3704 0044 0532 0130 00, mail a.b@example.org, +44 20 7946 0958, "
        "10.0.0.1, https://example.com/x?y=1, SSN 123-45-6789."
    )
    categories = ["credit_card", "iban", "email", "phone", "ip_address", "url", "national_id"]
    row = one(connection, "redact", text, shared_cache, categories=categories)
    assert row["value"] == "Card [CREDIT_CARD], IBAN [IBAN], mail [EMAIL], [PHONE], [IP_ADDRESS], [URL], SSN [NATIONAL_ID]."
    assert [text[s["start"] : s["end"]] for s in row["spans"]] == [s["text"] for s in row["spans"]]


def test_numbers_that_only_look_alike_stay(connection: Connection, shared_cache: Path) -> None:
    text = "Order 4111 1111 1111 1112 of 999.999.999.999 units, version 1.2.3.4.5"
    assert one(connection, "redact", text, shared_cache, categories=["credit_card", "ip_address"])["value"] == text


def test_a_name_is_redacted_wherever_it_stands(connection: Connection, shared_cache: Path) -> None:
    row = one(connection, "redact", "Please call Maria Lopez in Madrid. Maria Lopez is waiting.", shared_cache, categories=["person"])
    assert "Lopez" not in row["value"]
    assert row["value"].count("[PERSON]") == 2


def test_no_part_of_overlapping_spans_is_left_behind() -> None:
    text = "Mr Ann Lee, 4 Elm St, Rome"
    found = united(text, [Found("person", 3, 10, 0.6), Found("address", 12, 20, 0.8), Found("location", 16, 26, 0.9)])
    assert redacted(text, found, "<{category}>") == "Mr <PERSON>, <LOCATION>"


def test_a_name_begins_behind_its_title_and_ends_with_its_line() -> None:
    text = "Dear Dr. Ann Meyer\nPaxata, hi Dr."
    found = [Found("person", 5, 25, 0.9), Found("person", 30, 33, 0.5), Found("address", 0, 25, 0.3)]
    told = [(f.category, text[f.start : f.end]) for f in names_alone(text, found, ("person", "title"))]
    assert told == [("title", "Dr."), ("person", "Ann Meyer"), ("person", "Paxata"), ("person", "Dr."), ("address", text[:25])]
    assert ("title", "Dr.") not in [(f.category, text[f.start : f.end]) for f in names_alone(text, found, ("person",))]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("call 60-56-85-91 or 9469 9966", ["60-56-85-91", "9469 9966"]),
        ("order 41660039 of room 12 34 56 78", []),
        ("+44 20 7946 0958, ask for Ann", ["+44 20 7946 0958"]),
    ],
)
def test_phone_numbers_of_small_countries_count_when_they_are_grouped(text: str, numbers: list[str]) -> None:
    assert sorted(text[f.start : f.end] for f in phones(text)) == sorted(numbers)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Phone: 451 5986", ["451 5986"]),
        ("Mobile:\n0490 39 07 81x12", ["0490 39 07 81x12"]),
        ("you reach me at 358 0594.", ["358 0594"]),
        ("781 1704 office\n930.167.3943 fax", ["781 1704", "930.167.3943"]),
        ("(37) 788-063-Office, +1-984-182-0190", ["(37) 788-063", "+1-984-182-0190"]),
        ("I called at 9 and the fax number is 12", []),
        ("order 4515986 of phone cases", []),
        ("+447700677662", ["+447700677662"]),
    ],
)
def test_a_number_that_a_text_calls_a_phone_is_one_whatever_its_format(text: str, numbers: list[str]) -> None:
    assert {text[f.start : f.end] for f in phones(text)} == set(numbers)


def test_a_phone_with_a_plus_is_no_payment_card() -> None:
    assert list(cards("+447700677662")) == []
    assert [f.category for f in cards("4532 0151 1283 0366")] == ["credit_card"]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("My driver's license number is 6940579", ["6940579"]),
        ("Passport no. C01X00T47, please", ["C01X00T47"]),
        ("my social security is 2270-66-1551", ["2270-66-1551"]),
        ("the driving licence was stolen", []),
        ("she lost her passport yesterday", []),
    ],
)
def test_a_number_that_a_text_calls_an_identification_is_one(text: str, ids: list[str]) -> None:
    assert {text[f.start : f.end] for f in national_ids(text)} == set(ids)


def test_a_phone_number_below_an_address_is_no_part_of_it() -> None:
    text = "Box 9168\nAPO AA 61487\n416 60 039 office"
    address, phone = Found("address", 0, len(text), 0.6), Found("phone", 22, 32, 0.75)
    assert [text[f.start : f.end] for f in own_lines(text, [address], [phone])] == ["Box 9168\nAPO AA 61487"]
    assert list(own_lines(text, [address], [])) == [address]


def test_people_in_a_list_are_several() -> None:
    text = "with Gaetane, Derek Ames and Anna & Co"
    found = [Found("person", 5, text.index(" & Co"), 0.9), Found("organisation", 14, len(text), 0.5)]
    told = [(f.category, text[f.start : f.end]) for f in names_alone(text, found, ("person",))]
    assert told == [("person", "Gaetane"), ("person", "Derek Ames"), ("person", "Anna"), ("organisation", "Derek Ames and Anna & Co")]


def test_a_name_goes_on_behind_an_initial() -> None:
    text = "Abby M. Laidlaw wrote, Jo B. too"
    found = [Found("person", 0, 7, 0.9), Found("person", 23, 28, 0.9)]
    assert [text[f.start : f.end] for f in names_alone(text, found, ("person",))] == ["Abby M. Laidlaw", "Jo B."]


def test_redaction_fails_closed(connection: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from warehouse_ai.functions import recognizers

    def broken(text: str) -> Any:
        raise RuntimeError("broken on purpose")

    monkeypatch.setitem(recognizers.RECOGNIZERS, "email", broken)
    row = one(connection, "redact", "mail a.b@example.org", tmp_path)
    assert (row["value"], row["spans"], row["error"]) == (None, None, "RuntimeError: broken on purpose")


# ---------------------------------------------------------------- Reading and cutting


def test_a_summary_keeps_to_its_words_and_to_the_order_of_the_text(connection: Connection, shared_cache: Path) -> None:
    row = one(connection, "summarize", STORY, shared_cache, max_words=25)
    assert len(row["value"].split()) <= 25
    starts = [s["start"] for s in row["sentences"]]
    assert starts == sorted(starts)
    assert all(STORY[s["start"] : s["end"]] == s["text"] for s in row["sentences"])
    two = one(connection, "summarize", STORY, shared_cache, max_words=500, max_sentences=2)
    assert len(two["sentences"]) == 2
    cut = one(connection, "summarize", "One endless sentence " + "and another word " * 40, shared_cache, max_words=5)
    assert cut["value"] == "One endless sentence and another …"


def test_the_summary_of_a_group_does_not_depend_on_its_order(connection: Connection, shared_cache: Path) -> None:
    parts = STORY.replace("\n\n", " ").split(". ")
    answers = set()
    for seed in range(3):
        shuffled = random.Random(seed).sample([*parts, None, " "], len(parts) + 2)
        sql = "select wai_summarize_agg(?::varchar[], wai_spec(?, ?))"
        (row,) = connection.execute(sql, [shuffled, spec("summarize_agg"), f'{{"cache_dir": "{shared_cache}"}}']).fetchall()[0]
        answers.add(row["value"])
    assert len(answers) == 1


def test_keywords_are_phrases_of_the_text_that_share_no_word(connection: Connection, shared_cache: Path) -> None:
    text = "The card reader prints no receipts. Our card reader needs a new thermal printer driver before the Christmas market."
    row = one(connection, "keywords", text, shared_cache, k=4)
    assert all(text[p["start"] : p["end"]] == p["text"] for p in row["phrases"])
    words = [word for phrase in row["value"] for word in phrase.lower().split()]
    assert len(words) == len(set(words))
    assert not {"the", "our", "before", "no"} & set(words)
    assert any("reader" in phrase or "printer" in phrase for phrase in row["value"][:2])


def test_a_text_of_stop_words_has_no_keywords(connection: Connection, shared_cache: Path) -> None:
    row = one(connection, "keywords", "it is what it is", shared_cache)
    assert (row["value"], row["error"]) == (None, "abstained")


def test_languages_are_told_apart(connection: Connection, shared_cache: Path) -> None:
    texts: list[str | None] = [
        "The invoice is wrong again",
        "Die Rechnung ist schon wieder falsch",
        "La factura está mal otra vez",
        "12 + 4",
    ]
    rows = call(connection, "detect_language", texts, shared_cache)
    assert [row["value"] for row in rows if row] == ["en", "de", "es", None]
    only = one(connection, "detect_language", "Die Rechnung ist falsch", shared_cache, languages=["en", "fr"])
    assert only["value"] in ("en", "fr")
    with pytest.raises(duckdb.Error, match="argument 'languages' names xx"):
        one(connection, "detect_language", "x", shared_cache, languages=["xx"])


def test_sentences_hold_every_character_and_know_abbreviations() -> None:
    found = sentences(STORY)
    assert [STORY[s.start : s.end] for s in found][3] == "Dr. Ames, who commutes daily, paid $3.50 for a coffee that never came!"
    assert [s.opens_paragraph for s in found] == [True, False, False, True, False]
    covered = "".join(STORY[s.start : s.end] for s in found)
    assert "".join(covered.split()) == "".join(STORY.split())


@pytest.mark.parametrize(("max_tokens", "overlap"), [(8, 0), (20, 8), (40, 39), (1000, 10)])
def test_chunks_fit_and_hold_every_token(connection: Connection, shared_cache: Path, max_tokens: int, overlap: int) -> None:
    text = STORY + " " + "x" * 90 + " " + "word " * 50
    chunks = one(connection, "chunk", text, shared_cache, max_tokens=max_tokens, overlap=overlap)["value"]
    assert all(c["tokens"] <= max_tokens and text[c["start"] : c["end"]] == c["text"] for c in chunks)
    assert all(len(load_tokenizer().offsets([c["text"]])[0]) == c["tokens"] for c in chunks if "xxx" not in c["text"])
    covered = {i for c in chunks for i in range(c["start"], c["end"])}
    assert all(i in covered or text[i].isspace() for i in range(len(text)))
    if overlap == 0:
        assert all(a["end"] <= b["start"] for a, b in pairwise(chunks))


def test_sentences_end_where_a_reader_ends_them(connection: Connection, shared_cache: Path) -> None:
    text = "Dr. Abara paid 3.50 euros.  It rained!\n\nA heading\n\nWho came? A. B. Smith did."
    found = one(connection, "sentences", text, shared_cache)["value"]
    assert found == ["Dr. Abara paid 3.50 euros.", "It rained!", "A heading", "Who came?", "A. B. Smith did."]


def test_chunks_end_with_sentences_where_they_can(connection: Connection, shared_cache: Path) -> None:
    chunks = one(connection, "chunk", STORY, shared_cache, max_tokens=24, overlap=0)["value"]
    assert all(c["text"][-1] in ".!" for c in chunks)


# ---------------------------------------------------------------- Notebooks


def test_a_notebook_gets_the_names_of_the_macros(shared_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(shared_cache))
    with warehouse_ai.connect() as connection:
        row = connection.execute(
            "select ai_sentiment('I love it') > 0, ai_classify('the card was charged twice', ['billing', 'software bug']),"
            " ai_classify('hm', ['a', 'b'], threshold := 0.999), ai_redact('mail a.b@example.org', categories := ['email']),"
            " ai_keywords('the broken card reader', k := 1), ai_detect_language('guten Morgen zusammen'), len(ai_embed('x'))"
        ).fetchall()[0]
    assert row == (True, "billing", None, "mail [EMAIL]", ["broken card reader"], "de", 384)
