"""Train the adapter of ``ai_sentiment_aspects``: what a text says of one aspect.

    WAREHOUSE_AI_DATA=... python training/sentiment_aspects.py

Sources: MAMS training splits, aspect terms and categories (Apache-2.0), and SemEval-2014 task 4 training split, restaurants and laptops
(class B: research use; needed for its own test set). A fourth class, ``not mentioned``, is taught with aspects that other texts of the same
source speak of. Writes ``weights/sentiment_aspects.safetensors``.
"""

from __future__ import annotations

import json
import random
import time

import torch
import torch.nn.functional as F

from _common import (
    fit,
    forward,
    logits_of,
    lora_encoder,
    lora_factors,
    prompted,
    read_set,
    save_weights,
    seed_everything,
    temperature_of,
)
from warehouse_ai.models.sequence_classifier import SequenceClassifier

SEED = 3
EPOCHS = 3
BATCH = 32
LEARNING_RATE = 5e-4
AVERAGED = 0.3
RANK = 16
CLASSES = ("negative", "neutral", "positive", "not mentioned")
UNMENTIONED = 0.15
"""Share of rows whose aspect the text does not mention."""
Row = tuple[str, str, int]


def rows_of(name: str, table: str, aspect: str, query: str) -> list[Row]:
    """Read (aspect, text, class) of a set."""
    frame = read_set(name, table).query(query)
    return [(a, t, CLASSES.index(label)) for a, t, label in zip(frame[aspect], frame.text, frame.label, strict=True) if label in CLASSES]


def training_rows(rng: random.Random) -> list[Row]:
    """Collect the training rows, with some aspects that their text does not mention."""
    found: list[Row] = []
    for name, table, aspect, query, limit in (
        ("semeval14_absa", "semeval14_absa", "aspect", "split == 'train' and domain == 'restaurant'", None),
        ("semeval14_absa", "semeval14_absa", "aspect", "split == 'train' and domain == 'laptop'", None),
        ("mams_absa", "mams_atsa", "aspect", "split == 'train'", None),
        ("mams_absa", "mams_acsa", "category", "split == 'train'", 3000),
    ):
        rows = rows_of(name, table, aspect, query)
        rows = rng.sample(rows, limit) if limit else rows
        said: dict[str, set[str]] = {}
        for a, t, _ in rows:
            said.setdefault(t, set()).add(a.lower())
        aspects = sorted({a for a, _, _ in rows})
        found += rows
        for _, text, _ in rng.sample(rows, int(UNMENTIONED * len(rows))):
            other = rng.choice(aspects)
            if other.lower() not in said[text] and other.lower() not in text.lower():
                found.append((other, text, 3))
    return found


def scores(model: SequenceClassifier, rows: list[Row]) -> torch.Tensor:
    """Score rows: logits ``[rows, 4]``."""
    return logits_of(model, prompted([r[0] for r in rows], [r[1] for r in rows]))


def accuracy(model: SequenceClassifier, rows: list[Row]) -> float:
    """Share of rows whose likeliest sentiment is right, ``not mentioned`` left out as the sets do."""
    return float((scores(model, rows)[:, :3].argmax(1) == torch.tensor([r[2] for r in rows])).float().mean())


def main() -> None:
    """Train, report and save."""
    seed_everything(SEED)
    rng = random.Random(SEED)
    rows = training_rows(rng)
    dev = rows_of("mams_absa", "mams_atsa", "aspect", "split == 'val'") + rows_of("mams_absa", "mams_acsa", "category", "split == 'val'")
    inputs = prompted([r[0] for r in rows], [r[1] for r in rows])
    model = SequenceClassifier(lora_encoder(RANK), len(CLASSES), prompted=True)
    started = time.time()

    def loss(batch: list[int]) -> torch.Tensor:
        target = torch.tensor([rows[i][2] for i in batch])
        return F.cross_entropy(forward(model, [inputs[i] for i in batch]), target, label_smoothing=0.03)

    def save(final: SequenceClassifier) -> None:
        temperature = temperature_of(scores(final, dev), [r[2] for r in dev])
        head = {"head.weight": final.head.weight.detach() / temperature, "head.bias": final.head.bias.detach() / temperature}
        save_weights("sentiment_aspects", {**lora_factors(final.encoder), **head})
        print(f"dev {accuracy(final, dev):.4f}", flush=True)

    steps = EPOCHS * (-(-len(rows) // BATCH))
    lengths = [len(ids) for ids, _ in inputs]
    final = fit(model, lengths, loss, save, steps=steps, batch=BATCH, rate=LEARNING_RATE, averaged=AVERAGED, rng=rng)
    figures = {
        "semeval14_restaurant": rows_of("semeval14_absa", "semeval14_absa", "aspect", "split == 'test' and domain == 'restaurant'"),
        "semeval14_laptop": rows_of("semeval14_absa", "semeval14_absa", "aspect", "split == 'test' and domain == 'laptop'"),
        "mams_atsa": rows_of("mams_absa", "mams_atsa", "aspect", "split == 'test'"),
        "mams_acsa": rows_of("mams_absa", "mams_acsa", "category", "split == 'test'"),
    }
    print(json.dumps({**{n: accuracy(final, r) for n, r in figures.items()}, "minutes": (time.time() - started) / 60}, indent=2))


if __name__ == "__main__":
    main()
