from __future__ import annotations

import torch

from warehouse_ai.models.changes import apply, quantized

GENERATOR = torch.Generator().manual_seed(1)


def trained(before: dict[str, torch.Tensor], size: float = 0.01) -> dict[str, torch.Tensor]:
    return {name: tensor + size * torch.randn(tensor.shape, generator=GENERATOR) for name, tensor in before.items()}


def error(before: dict[str, torch.Tensor], after: dict[str, torch.Tensor], name: str) -> float:
    state = {n: t.clone() for n, t in before.items()}
    apply(state, quantized(before, after))
    return float((state[name] - after[name]).norm() / (after[name] - before[name]).norm())


def test_four_bits_keep_a_change_but_for_an_eighth_of_its_size() -> None:
    before = {"layer.weight": torch.randn(64, 128, generator=GENERATOR), "layer.bias": torch.zeros(64)}
    after = trained(before)
    assert error(before, after, "layer.weight") < 0.125
    assert error(before, after, "layer.bias") < 0.001
    stored = quantized(before, after)
    assert (stored["layer.weight.change"].dtype, stored["layer.weight.change"].shape) == (torch.uint8, (64, 64))


def test_what_did_not_change_takes_no_room() -> None:
    before = {"word.weight": torch.randn(1000, 16, generator=GENERATOR), "other.weight": torch.randn(4, 4, generator=GENERATOR)}
    after = {name: tensor.clone() for name, tensor in before.items()}
    after["word.weight"][[3, 500]] += 0.02 * torch.randn(2, 16, generator=GENERATOR)
    stored = quantized(before, after)
    assert stored["word.weight.rows"].tolist() == [3, 500]
    assert not any(name.startswith("other") for name in stored)
    assert error(before, after, "word.weight") < 0.2


def test_low_rank_factors_are_multiplied_out() -> None:
    state = {"layer.weight": torch.zeros(3, 4)}
    a, b = torch.ones(2, 4), torch.full((3, 2), 0.5)
    apply(state, {"layer.lora_A": a, "layer.lora_B": b})
    assert torch.equal(state["layer.weight"], torch.ones(3, 4))
