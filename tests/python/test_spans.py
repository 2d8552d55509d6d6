from __future__ import annotations

from warehouse_ai.models.spans import SURE, Span, without_rivals


def test_of_overlapping_spans_of_different_fields_the_likelier_stays() -> None:
    city, place = Span(10, 16, 0.6), Span(10, 24, 0.4)
    assert without_rivals([[place], [city]]) == [[], [city]]


def test_a_sure_span_stays_beside_a_likelier_one_of_another_field() -> None:
    contact, signer = Span(0, 5, 0.95), Span(0, 5, SURE)
    assert without_rivals([[contact], [signer]]) == [[contact], [signer]]


def test_spans_of_one_field_and_spans_that_only_touch_do_not_compete() -> None:
    first, second, third = Span(0, 5, 0.3), Span(5, 9, 0.5), Span(4, 6, 0.2)
    assert without_rivals([[first, third], [second]]) == [[first], [second]]
    assert without_rivals([[first, Span(2, 7, 0.2)]]) == [[first, Span(2, 7, 0.2)]]
