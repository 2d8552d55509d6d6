"""Distil static phrase vectors for ``ai_keywords`` from the encoder.

    python training/keywords.py

Each token of the vocabulary passes through the encoder alone; the vectors are reduced by principal components and quantised (the first step
of Model2Vec, https://github.com/MinishLab/model2vec). The mean of a phrase's token vectors then stands for the phrase without a pass of its
own. Needs no data. Writes ``weights/keywords.safetensors`` and prints how well the order of phrases agrees with the encoder's.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import numpy as np
import torch

from _common import own_rows, save_weights, seed_everything
from warehouse_ai.functions.keywords import places
from warehouse_ai.models.embedder import Embedder, vectors
from warehouse_ai.models.phrase_vectors import PhraseVectors
from warehouse_ai.models.registry import load_tokenizer
from warehouse_ai.runtime.context import Context
from warehouse_ai.runtime.run import resolve

DIMENSIONS = 64
KEY = ("", "", "training", "")


def embed(texts: list[str], context: Context) -> np.ndarray:
    """Embed distinct texts, float32 ``[texts, 384]``."""
    return vectors([r for r in resolve(Embedder(), texts, context, KEY) if isinstance(r, bytes)])


def token_vectors(context: Context) -> tuple[np.ndarray, np.ndarray]:
    """Embed every token that stands for text of its own: ids and unit vectors."""
    vocabulary = load_tokenizer().vocabulary()
    words = {i: token.removeprefix("##") for token, i in vocabulary.items() if not token.startswith("[")}
    texts = list(dict.fromkeys(words.values()))
    embedded = dict(zip(texts, embed(texts, context), strict=True))
    ids = np.array(sorted(words))
    return ids, np.stack([embedded[words[i]] for i in ids])


def agreement(phrases: PhraseVectors, context: Context) -> float:
    """Mean rank correlation, over texts, of phrase relevance with the encoder's cosine of phrase and text."""
    from scipy.stats import spearmanr

    rows = [row["text"] for row in own_rows("extract_notes")][:60]
    found = []
    for text, vector in zip(rows, embed(rows, context), strict=True):
        spans = places(text)
        if len(spans) > 4:
            ours = phrases.embed([text], [spans])[0] @ phrases.project(vector)
            found.append(spearmanr(ours, embed([text[a:b] for a, b in spans], context) @ vector).statistic)
    return float(np.mean(found))


def main() -> None:
    """Distil, save and report."""
    seed_everything(0)
    context = Context(cache_dir=Path(tempfile.mkdtemp()))
    ids, unit = token_vectors(context)
    # No centring: cosines to texts are to be kept, not differences between tokens.
    _, _, right = np.linalg.svd(unit, full_matrices=False)
    projection = right[:DIMENSIONS].T
    reduced = unit @ projection
    scale = np.abs(reduced).max() / 127
    table = np.zeros((len(load_tokenizer().vocabulary()), DIMENSIONS), np.int8)
    table[ids] = np.round(reduced / scale)
    save_weights(
        "keywords",
        {
            "table": torch.from_numpy(table),
            "scale": torch.tensor([float(scale)]),
            "projection": torch.from_numpy(np.ascontiguousarray(projection)).half(),
        },
    )
    print(
        json.dumps(
            {"tokens": len(ids), "kept": float((reduced**2).sum() / (unit**2).sum()), "agreement": agreement(PhraseVectors(), context)}
        )
    )


if __name__ == "__main__":
    main()
