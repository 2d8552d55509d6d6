from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from warehouse_ai.runtime.batching import pack

lengths = st.lists(st.integers(2, 300), max_size=200)


@given(lengths, st.sampled_from([1, 16]))
def test_every_input_is_in_one_batch_and_fits(sizes: list[int], quantum: int) -> None:
    batches = pack(sizes, 768, quantum)
    assert sorted(i for batch in batches for i in batch.items) == list(range(len(sizes)))
    for batch in batches:
        assert sum(batch.padded(sizes[i]) for i in batch.items) <= batch.tokens


@given(lengths)
def test_every_batch_has_the_canonical_size(sizes: list[int]) -> None:
    assert {batch.tokens for batch in pack(sizes, 768)} <= {768}


@given(lengths)
def test_inputs_of_one_length_are_neighbours_in_a_batch(sizes: list[int]) -> None:
    for batch in pack(sizes, 768):
        ordered = [sizes[i] for i in batch.items]
        assert ordered == sorted(ordered, reverse=True)


def test_an_input_longer_than_a_batch_gets_one_of_its_own_size() -> None:
    assert [(batch.items, batch.tokens) for batch in pack([900, 10], 768)] == [((0,), 900), ((1,), 768)]


@given(st.lists(st.integers(10, 60), min_size=200, max_size=400))
def test_little_room_is_left_free(sizes: list[int]) -> None:
    batches = pack(sizes, 768)
    assert len(batches) <= sum(sizes) / 768 * 1.05 + 1
