from __future__ import annotations

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from warehouse_ai.runtime.texts import BLANK, NULL, distinct

texts = st.lists(st.one_of(st.none(), st.text(st.characters(codec="utf-8"), max_size=4), st.sampled_from(["a", " ", "\t"])), max_size=60)


@given(texts, st.integers(1, 5))
def test_each_row_finds_its_own_text_again(values: list[str | None], chunks: int) -> None:
    size = -(-len(values) // chunks) or 1
    parts = [pa.array(values[at : at + size], pa.string()) for at in range(0, len(values), size)]
    found = distinct(pa.chunked_array(parts, pa.string()))
    assert len(set(found.texts)) == len(found.texts)
    for value, row in zip(values, found.rows, strict=True):
        if value is None:
            assert row == NULL
        elif row == BLANK:
            assert not value.strip()
        else:
            assert found.texts[row] == value
