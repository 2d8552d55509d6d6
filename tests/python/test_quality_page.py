from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from benchmarks.quality import measures, page, references, results
from benchmarks.quality.calibration import calibration_error, coverage, reliability
from benchmarks.quality.sets import SETS, own
from benchmarks.quality.texts import NOT_YET, SECTIONS

DOCUMENT = results.load()
ROWS: dict[str, dict[str, Any]] = DOCUMENT["sets"]


def test_bins_count_rows_and_compare_their_probability_with_the_share_that_is_right() -> None:
    bins = reliability([0.95, 1.0, 0.91, 0.25], [True, True, False, False])
    assert [one["count"] for one in bins] == [0, 0, 1, 0, 0, 0, 0, 0, 0, 3]
    assert bins[9] == {"count": 3, "mean_score": pytest.approx(0.95333333), "share_right": pytest.approx(2 / 3)}
    assert bins[0] == {"count": 0, "mean_score": None, "share_right": None}
    assert calibration_error(bins) == pytest.approx((3 * (0.95333333 - 2 / 3) + 0.25) / 4)
    assert calibration_error(reliability([], [])) == 0


def test_coverage_is_the_largest_share_that_keeps_the_precision() -> None:
    score = [0.99, 0.9, 0.8, 0.7, 0.6]
    assert coverage(score, [True, True, True, True, False], 10) == {"0.9": 0.4, "0.95": 0.4, "0.99": 0.4}
    assert coverage(score, [False, True, True, True, True], 5) == {"0.9": 0.0, "0.95": 0.0, "0.99": 0.0}
    # A threshold cannot part texts of equal probability.
    assert coverage([0.9, 0.9], [True, False], 2) == {"0.9": 0.0, "0.95": 0.0, "0.99": 0.0}
    assert coverage([], [], 3) == {"0.9": 0.0, "0.95": 0.0, "0.99": 0.0}


def test_a_text_without_an_answer_counts_as_wrong_and_has_no_part_in_the_calibration() -> None:
    found = measures.named([("a", "a", 1.0), ("a", None, None), ("b", "b", 1.0), ("b", "a", 0.5)])
    assert found["accuracy"] == 0.5
    assert found["macro_f1"] == pytest.approx((0.5 + 2 / 3) / 2)
    assert [one["count"] for one in found["reliability"]["top_label"]] == [0, 0, 0, 0, 0, 1, 0, 0, 0, 2]
    assert found["calibration_error"] == pytest.approx(0.5 / 3)
    assert found["coverage"]["0.9"] == 0.5
    assert measures.polarity([("positive", 0.2), ("negative", -0.2), ("negative", 0.0), ("positive", None)]) == {"accuracy": 0.75}


def test_three_classes_have_the_mean_of_their_recalls() -> None:
    found = measures.three_classes([("negative", "negative", 0.9), ("neutral", "negative", 0.4), ("positive", "positive", 1.0)])
    assert found["macro_recall"] == pytest.approx(2 / 3)
    assert found["accuracy"] == pytest.approx(2 / 3)
    assert found["calibration_error"] == pytest.approx((0.1 + 0.4) / 3)


def test_a_statement_is_judged_by_the_probability_of_the_answer_that_was_given() -> None:
    found = measures.entailed([(True, True, 0.8), (False, False, 0.2), (False, True, 0.7), (True, None, None)])
    assert found["balanced_accuracy"] == 0.5
    assert [one["count"] for one in found["reliability"]["top_label"]] == [0, 0, 0, 0, 0, 0, 0, 1, 2, 0]
    assert found["calibration_error"] == pytest.approx((2 * 0.2 + 0.7) / 3)


def test_what_is_out_of_scope_lies_below_nineteen_in_twenty_of_the_others() -> None:
    inside = [("a", "a", 0.5 + i / 100) for i in range(21)]
    found = measures.out_of_scope([*inside, ("oos", "a", 0.1), ("oos", "a", 0.9)])
    assert found["accuracy"] == 1
    assert found["threshold"] == pytest.approx(0.51)
    assert found["out_of_scope_recall"] == 0.5


def test_spans_are_right_where_field_start_and_end_are_exact() -> None:
    entities = json.dumps([{"label": "PER", "start": 0, "end": 3}, {"label": "LOC", "start": 7, "end": 9}])
    answer = [
        {"field": "person", "start": 0, "end": 3},
        {"field": "location", "start": 7, "end": 8},
        {"field": "location", "start": 1, "end": 2},
    ]
    assert measures.spans([(entities, answer)]) == {"f1": pytest.approx(0.4), "precision": pytest.approx(1 / 3), "recall": 0.5}
    assert measures.mean_of_parts([("one", entities, answer), ("two", entities, None)]) == {"f1": pytest.approx(0.2)}


def test_fields_of_the_own_texts_are_called_as_they_are_written_and_told_by_kind() -> None:
    entities = json.dumps([{"label": "who Signs", "start": 0, "end": 3}, {"label": "IBAN", "start": 7, "end": 9}])
    answer = [{"field": "who Signs", "start": 0, "end": 3}, {"field": "iban", "start": 7, "end": 9}]
    found = measures.spans_by_kind([("note", entities, answer), ("ticket", entities, None)])
    assert found == {"f1": pytest.approx(1 / 3), "precision": 0.5, "recall": 0.25, "note_f1": 0.5, "ticket_f1": 0.0}


def test_phrases_are_the_same_where_one_contains_the_other_as_whole_words() -> None:
    assert measures.same_phrase("Audit log", "the audit LOG")
    assert measures.same_phrase("c++", "C++")
    assert not measures.same_phrase("art", "article")
    assert not measures.same_phrase("red boat", "boat of red")
    found = measures.phrases([(["audit log", "page quota"], ["log", "audit", "licences"]), (["press"], None)])
    assert (found["precision"], found["recall"]) == (pytest.approx(2 / 3), pytest.approx(1 / 3))
    assert found["f1"] == pytest.approx(4 / 9)
    assert measures.phrases([(["press"], ["boat"])])["f1"] == 0


def test_a_summary_is_judged_by_the_sentences_that_stand_in_it() -> None:
    sentences = ["Hello.", "The lift\nstops.", "It is old.", "The key hangs here."]
    rows = [(sentences, [1, 3], [2], "The lift stops. It is old."), (sentences, [1, 3], [2], "Hello."), (sentences, [1, 3], [2], None)]
    found = measures.summaries(rows)
    assert found == {"best_recall": pytest.approx(1 / 6), "any_best": pytest.approx(1 / 3), "accepted": pytest.approx(2 / 3)}


def test_languages_are_told_by_length() -> None:
    found = measures.lengths([("short", "de", "de"), ("short", "de", None), ("long", "uk", "uk")])
    assert found == {"accuracy": pytest.approx(2 / 3), "short_accuracy": 0.5, "long_accuracy": 1.0}


def test_sentences_are_judged_by_their_ends_within_the_text() -> None:
    text = "Dr. Roon comes. At 4 p.m. she leaves. Bye."
    labelled = ["Dr. Roon comes.", "At 4 p.m. she leaves.", "Bye."]
    found = measures.split_sentences([(text, labelled, ["Dr.", "Roon comes.", "At 4 p.m. she leaves.", "Bye."])])
    assert found == {"f1": pytest.approx(0.8), "precision": pytest.approx(2 / 3), "recall": 1.0, "whole_sentences": pytest.approx(2 / 3)}
    assert measures.split_sentences([("Bye.", ["Bye."], None)])["whole_sentences"] == 0


def test_the_own_texts_are_asked_for_no_field_that_was_trained_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WAREHOUSE_AI_DATA", raising=False)
    row = {"kind": "note", "text": "Ann's: Ann pays.", "fields": {"Pays_bills": ["Ann"], "boss": ["Ann"]}, "absent": ["town"]}
    sql = own.asked(row, {"boss", "town"})
    assert """ai_extract_detail('text', {"Pays_bills": "string[]"})""" in sql
    gold = [{"label": "Pays_bills", "start": start, "end": start + 3} for start in (0, 7)]
    assert f"'{json.dumps(gold)}'" in sql
    assert "'Ann''s: Ann pays.'" in sql
    assert own.asked(row, {"boss", "town", "pays bills"}) == ""
    assert "contact person" in own.trained_names()
    assert SETS["own_fields"].sql().count("ai_extract_detail") == 150


@pytest.mark.parametrize("name", ["fields", "keywords", "summaries", "languages", "sentences"])
def test_the_labels_of_the_own_texts_stand_in_them(name: str) -> None:
    for row in own.read(own.LABELLED / f"{name}.jsonl"):
        for span in (span for spans in row.get("fields", {}).values() for span in spans):
            assert own.occurrences(row["text"], span), span
        measures.places_of(row["text"], row.get("sentences", []))
        assert set(row.get("best", [])).isdisjoint(row.get("acceptable", []))


def test_personal_words_count_whatever_their_category_and_recall_twice() -> None:
    text = "Call Ann Lee at ann@example.org."
    entities = json.dumps([{"label": "PERSON", "start": 5, "end": 12}, {"label": "EMAIL_ADDRESS", "start": 16, "end": 31}])
    answer = [{"category": "organisation", "start": 5, "end": 8}, {"category": "title", "start": 0, "end": 4}]
    found = measures.personal([(text, entities, answer)])
    assert found["f1"] == 0
    assert (found["token_precision"], found["token_recall"]) == (0.5, pytest.approx(1 / 3))
    assert found["token_f2"] == pytest.approx(5 * 0.5 / 3 / (4 * 0.5 + 1 / 3))
    assert found["character_recall"] == pytest.approx(3 / 22)


def test_a_category_is_judged_where_somebody_said_whether_a_text_belongs_to_it() -> None:
    scores = {"sexual": 0.1, "hate": 0.9, "violence": 0.2, "self_harm": 0.1}
    found = measures.harm([([1, 1, 0, 1], scores), ([None, 0, 1, 0], {**scores, "hate": 0.3}), ([0, 0, 1, 0], {**scores, "sexual": 0.0})])
    assert found["sexual_average_precision"] == 1
    assert found["hate_average_precision"] == pytest.approx(0.5)
    assert sum(one["count"] for one in found["reliability"]["sexual"]) == 2
    assert found["calibration_error_by_category"]["violence"] == pytest.approx(2 / 3 - 0.2)
    assert found["calibration_error"] == pytest.approx(np.mean(list(found["calibration_error_by_category"].values())))


def test_hate_stands_over_offence_and_a_text_without_scores_is_neither() -> None:
    scores = {"hate": 0.6, "toxicity": 0.9}
    found = measures.davidson([("hate", scores), ("offensive", {**scores, "hate": 0.4}), ("neither", None)])
    assert found["weighted_f1"] == 1
    assert list(found["reliability"]) == ["hate", "toxicity"]
    assert measures.spam([("spam", {"spam": 0.5}), ("ham", {"spam": 0.4})])["accuracy"] == 1
    assert measures.offensive([(True, {"toxicity": 0.7}), (False, {"toxicity": 0.1})])["auc"] == 1


def test_vectors_are_compared_by_the_cosine_of_each_pair() -> None:
    ours, theirs = np.array([[1.0, 0.0], [3.0, 4.0]]), np.array([[2.0, 0.0], [1.0, 0.0]])
    assert measures.cosines(ours, theirs) == {"minimum_cosine": pytest.approx(0.6), "mean_cosine": pytest.approx(0.8)}
    assert measures.alike([(1, 0.1), (2, 0.5), (3, 0.9)])["spearman"] == pytest.approx(1)


def test_the_page_and_what_is_said_of_the_sets_are_up_to_date() -> None:
    assert results.refreshed(DOCUMENT) == DOCUMENT, "run python -m benchmarks.quality.page"
    assert page.render(DOCUMENT) == page.PAGE.read_text(encoding="utf8"), "run python -m benchmarks.quality.page"


def test_the_pictures_of_the_page_are_there() -> None:
    for name in re.findall(r"\]\((images/\S+?)\)", page.PAGE.read_text(encoding="utf8")):
        assert (page.PAGE.parent / name).is_file(), name


@pytest.mark.parametrize("name", SETS)
def test_every_set_says_where_its_published_figures_come_from(name: str) -> None:
    for found in references.references(name):
        assert found.model
        assert found.setting
        assert 0 < found.value < 1
        assert found.source.startswith(("https://", "recalled, not checked"))
    if name in ROWS:
        assert len(ROWS[name]["references"]) == len(references.references(name))
        assert all(row["name"] and row["source"] for row in ROWS[name]["references"])
        assert ROWS[name]["model"]


def test_targets_and_published_figures_belong_to_known_sets_and_every_source_is_used() -> None:
    read = {name: references._read(name) for name in ("targets.yml", "references.yml")}
    assert all(set(known["sets"]) <= set(SETS) for known in read.values())
    used = {found.source for name in SETS for found in references.references(name)}
    assert used == set(references.sources())
    assert {one.function for one in SETS.values()} == set(SECTIONS)


def test_figures_of_three_classes_do_not_stand_beside_ours_of_two() -> None:
    assert not any(references.references(name) for name, one in SETS.items() if one.function == "ai_filter")


def test_a_set_that_was_not_measured_is_listed_without_a_figure_of_ours() -> None:
    text = page.render({**DOCUMENT, "sets": {}})
    for one in SETS.values():
        row = next(line for line in text.splitlines() if f"<br>`{one.name}`" in line).split(" | ")
        assert (row[1].strip(), row[4]) == ("", NOT_YET)
    assert "0 are reached, 0 are missed" in text
    assert f"{len(SETS)} of {len(SETS)} sets" in text


def test_a_calibration_error_reaches_its_target_from_above() -> None:
    assert references.is_reached("calibration_error", 0.04, 0.05)
    assert not references.is_reached("accuracy", 0.04, 0.05)
    assert references.targets("sms_spam_folds_8_9") == {"f1": 0.97, "calibration_error": 0.05}


def test_measuring_one_set_keeps_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "PATH", tmp_path / "quality.json")
    results.save(DOCUMENT)
    entered = results.enter({"trec_test": measures.named([("NUM", "NUM", 0.7123456789), ("LOC", "NUM", 0.5)]) | {"n": 2}})
    assert entered["trec_test"]["model"] == results.model_of("trec_test")
    assert entered["trec_test"]["accuracy"] == 0.5
    assert entered["trec_test"]["reliability"]["top_label"][7]["mean_score"] == 0.712346
    after = results.load()
    assert {name: row for name, row in after["sets"].items() if name != "trec_test"} == {n: r for n, r in ROWS.items() if n != "trec_test"}
    assert after["machine"] == DOCUMENT["machine"]
    with pytest.raises(KeyError, match="no_such_set"):
        results.enter({"no_such_set": {"n": 1}})
