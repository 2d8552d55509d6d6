from __future__ import annotations

import pytest

from warehouse_ai.functions.values import FieldType, parser, written_forms


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        (FieldType("string"), "Anna", "Anna"),
        (FieldType("integer"), "1,204 units", 1204),
        (FieldType("integer"), "twelve", 12),
        (FieldType("integer"), "a dozen", 12),
        (FieldType("integer"), "3.5", None),
        (FieldType("integer"), "-4", -4),
        (FieldType("number"), "1.234,50", 1234.5),
        (FieldType("number"), "85k", 85000.0),
        (FieldType("number"), "2.5 million", 2_500_000.0),
        (FieldType("number"), "none", None),
        (FieldType("boolean"), "yes, enabled", True),
        (FieldType("boolean"), "not included", None),
        (FieldType("boolean"), "never", False),
        (FieldType("date"), "12 June 2026", "2026-06-12"),
        (FieldType("date"), "03.04.2026", "2026-04-03"),
        (FieldType("date", order="MDY"), "03/04/2026", "2026-03-04"),
        (FieldType("date", order="DMY"), "03/04/2026", "2026-04-03"),
        (FieldType("date"), "2026-04-03", "2026-04-03"),
        (FieldType("date"), "next Tuesday", None),
        (FieldType("date"), "June", None),
        (FieldType("money"), "$1,200.50", {"amount": 1200.5, "currency": "USD"}),
        (FieldType("money"), "1.200,50 €", {"amount": 1200.5, "currency": "EUR"}),
        (FieldType("money"), "300", {"amount": 300.0, "currency": None}),
        (FieldType("money", currency="GBP"), "300", {"amount": 300.0, "currency": "GBP"}),
        (FieldType("email"), "write to Ana.B@Example.ORG please", "Ana.B@example.org"),
        (FieldType("email"), "ana at example", None),
        (FieldType("phone"), "+44 20 7946 0018", "+442079460018"),
        (FieldType("phone", region="GB"), "020 7946 0018", "+442079460018"),
        (FieldType("phone"), "020 7946 0018", None),
        (FieldType("url"), "see www.example.org/a?b=1.", "https://www.example.org/a?b=1"),
        (FieldType("url"), "no link", None),
        (FieldType("enum", values=("in_progress", "closed")), "In Progress", "in_progress"),
        (FieldType("enum", values=("open", "closed")), "closd", "closed"),
        (FieldType("enum", values=("open", "closed")), "neither", None),
    ],
)
def test_a_span_becomes_a_typed_value_or_nothing(field: FieldType, text: str, value: object) -> None:
    assert parser(field)(text) == value


def test_whole_written_forms_are_found_for_formats() -> None:
    text = "mail ana@example.org or call +44 20 7946 0018"
    assert [text[a:b] for a, b in written_forms(text, FieldType("email"))] == ["ana@example.org"]
    assert [text[a:b] for a, b in written_forms(text, FieldType("phone"))] == ["+44 20 7946 0018"]
    assert list(written_forms(text, FieldType("string"))) == []
