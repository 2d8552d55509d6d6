from __future__ import annotations

import pytest

from warehouse_ai.functions.extract import Spec, _answer
from warehouse_ai.functions.labelled import labelled_spans
from warehouse_ai.functions.values import parse_money


def values(text: str, *labels: str) -> list[str]:
    return [text[start:end] for start, end in labelled_spans(text, labels)]


@pytest.mark.parametrize(
    ("text", "label", "found"),
    [
        ("Total due: 12.50 EUR", "total due", ["12.50 EUR"]),
        ("TOTAL DUE  12.50", "total due", ["12.50"]),
        ("Subtotal: 10.00", "total", []),
        ("Invoice no.: A-7  Date: 5 May 2026", "invoice", ["A-7"]),
        ("**Buyer:** Oak Ltd, Leeds", "buyer", ["Oak Ltd, Leeds"]),
        ("We find that the total is 40 EUR.", "total", ["40 EUR."]),
        ("We total everything at night.", "total", []),
        ("Invoice ID\n:   NL-3", "invoice id", ["NL-3"]),
        ("| Net | 9 |\n| --- | --- |\n| Total | 12 |", "total", ["12"]),
        ("| Sum | 9 | EUR |\n| --- | --- | --- |\n| Total |  | 12 |", "total", ["12"]),
        ("| Invoice no | Issued | Due |\n| --- | --- | --- |\n| A-7 | 5 May | 9 June |", "invoice no", ["A-7"]),
        ("| Customer | Oak | No. | 7 |\n| --- | --- | --- | --- |\n", "no", ["7"]),
        ("| Customer | Oak |\n| --- | --- |\n| Town | Leeds |", "customer", ["Oak"]),
    ],
)
def test_a_value_stands_behind_beside_or_under_its_label(text: str, label: str, found: list[str]) -> None:
    assert values(text, label) == found


def test_the_currency_in_a_label_belongs_to_its_amount() -> None:
    (total,) = values("| A | B | C |\n| --- | --- | --- |\n| Total CHF |  | 1'250.50 |", "total")
    assert parse_money(total) == {"amount": 1250.5, "currency": "CHF"}


def test_the_first_label_wins_over_the_model_and_a_pattern_cuts_its_value() -> None:
    fields = [{"name": "number", "labels": ["invoice no", "no"], "pattern": r"\S*\d\S*"}]
    spec = Spec.parse({"fields": fields})
    text = "No. 3 of the batch\nInvoice no: see A-7 above"
    record, spans = _answer(text, spec, {"number": [(0, 2, 0.9)]}, 0.5)
    assert record == {"number": "A-7"}
    assert [(span["start"], span["score"]) for span in spans] == [(text.index("A-7"), 1.0)]


def test_without_labels_the_model_alone_answers() -> None:
    spec = Spec.parse({"fields": [{"name": "number"}]})
    record, _ = _answer("number: A-7", spec, {"number": []}, 0.5)
    assert record == {"number": None}


@pytest.mark.parametrize(
    ("name", "value"),
    [("seller", "Oakfield Tiles Ltd"), ("seller address", "Oakfield Tiles Ltd\nForty tiles of\nred clay")],
)
def test_a_value_ends_with_its_line_unless_it_is_an_address(name: str, value: str) -> None:
    text = "Oakfield Tiles Ltd\nForty tiles of\nred clay"
    assert _answer(text, Spec.parse({"fields": [{"name": name}]}), {name: [(0, len(text), 0.9)]}, 0.5)[0] == {name: value}


def test_a_value_in_wrapped_prose_goes_on_in_the_next_line() -> None:
    text = "the red clay\ntiles"
    assert _answer(text, Spec.parse({"fields": [{"name": "goods"}]}), {"goods": [(4, 18, 0.9)]}, 0.5)[0] == {"goods": "red clay\ntiles"}


def test_what_a_text_labels_as_one_field_is_no_value_of_another_of_which_the_model_is_unsure() -> None:
    spec = Spec.parse({"fields": [{"name": "seller"}, {"name": "buyer", "labels": ["bill to"]}]})
    text = "Bill to: Oak Ltd"
    place = (text.index("Oak"), len(text))
    unsure, sure = ({"seller": [(*place, score)], "buyer": []} for score in (0.5, 0.9))
    assert _answer(text, spec, unsure, 0.2)[0] == {"seller": None, "buyer": "Oak Ltd"}
    assert _answer(text, spec, sure, 0.2)[0] == {"seller": "Oak Ltd", "buyer": "Oak Ltd"}
