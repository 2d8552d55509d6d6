from __future__ import annotations

import numpy as np
import pytest
import torch

from warehouse_ai.models.embedder import Embedder, vectors
from warehouse_ai.models.encoder import load_encoder
from warehouse_ai.models.registry import ENCODER, encoder_folder, load_tokenizer
from warehouse_ai.runtime.batching import Batch, pack
from warehouse_ai.runtime.context import Context
from warehouse_ai.runtime.device import Device
from warehouse_ai.runtime.run import resolve

TEXTS = [
    "The card was charged twice.",
    "ok",
    "Über 3,5 Mio. Zeilen!",
    "日本語のテキスト",
    "🎉",
    "a much longer text about a meeting that took place in the usual room " * 5,
    *(f"order {i} arrived {'very ' * i}late" for i in range(30)),
]
CPU = Device("cpu", "fp32", capacity=768, quantum=1, workers=1)


def embed(texts: list[str], batch: Batch) -> np.ndarray:
    task = Embedder()
    windows = task.inputs(texts)
    parts = task.compute([windows[i] for i in batch.items], batch, CPU)
    out = np.zeros((len(texts), ENCODER.dimension), np.float32)
    out[list(batch.items)] = parts
    return out


def test_embeddings_equal_those_of_sentence_transformers(tmp_path) -> None:
    transformers = pytest.importorskip("sentence_transformers")
    theirs = transformers.SentenceTransformer(str(encoder_folder()), device="cpu").encode(TEXTS, normalize_embeddings=True)
    results = resolve(Embedder(), TEXTS, Context(cache_dir=tmp_path), ("", "", "", ""))
    assert (vectors([r for r in results if isinstance(r, bytes)]) * theirs).sum(1).min() > 0.99999


def test_a_text_has_the_same_bits_wherever_it_lies_in_a_batch() -> None:
    lengths = [len(w.ids) for w in load_tokenizer().windows(TEXTS)]
    (together,) = pack(lengths, 2048)
    expected = embed(TEXTS, together)
    for index in range(len(TEXTS)):
        alone = embed(TEXTS, Batch((index,), 2048))
        assert np.array_equal(alone[index], expected[index]), TEXTS[index]


def test_padding_to_a_quantum_changes_scores_by_less_than_a_thousandth() -> None:
    lengths = [len(w.ids) for w in load_tokenizer().windows(TEXTS)]
    exact = embed(TEXTS, pack(lengths, 2048)[0])
    (padded,) = pack(lengths, 2048, 16)
    assert np.abs(embed(TEXTS, padded) - exact).max() < 1e-4


def test_a_long_text_is_the_mean_of_its_windows(tmp_path) -> None:
    half = "word " * 254
    first, whole = resolve(Embedder(), [half.strip(), half * 2], Context(cache_dir=tmp_path), ("", "", "", ""))
    assert np.allclose(vectors([first]), vectors([whole]), atol=1e-3)


def test_another_file_than_the_published_one_is_refused() -> None:
    with pytest.raises(ValueError, match=r"sha256 is .*, expected 000; reinstall the model package"):
        load_encoder(encoder_folder() / "model.safetensors", "000")


def test_windows_hold_every_token_once() -> None:
    text = " ".join(f"token{i}" for i in range(600))
    windows = load_tokenizer().windows([text])
    assert all(len(w.ids) <= ENCODER.max_tokens for w in windows)
    assert "".join(text[a:b] for w in windows for a, b in w.offsets[1:-1]) == text.replace(" ", "")


def test_threads_of_torch_do_not_change_an_answer() -> None:
    lengths = [len(w.ids) for w in load_tokenizer().windows(TEXTS)]
    (batch,) = pack(lengths, 2048)
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(1)
        one = embed(TEXTS, batch)
        torch.set_num_threads(2)
        assert np.abs(embed(TEXTS, batch) - one).max() < 1e-5
    finally:
        torch.set_num_threads(before)
