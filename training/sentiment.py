"""Train the sentiment adapter: the whole encoder, mean pooling, three classes.

    WAREHOUSE_AI_DATA=... python training/sentiment.py [--parts FILE FILE]

Two encoders are trained from different seeds, averaged, and what that changed is kept in four bits.

Sources: SST-5 train and SemEval-2014 task 4 train, sentences whose aspects all agree (class B: research use; needed for the Treebank's own
test set and for reviews), TweetEval emotion train (class B), GoEmotions train (Apache-2.0), emotions mapped to polarity; reviews, tweets
and customer feedback written for this project. TweetEval sentiment and Customer Reviews are never trained on. Writes
``weights/sentiment.safetensors`` and prints the figures of its card. The parts are averages over their last steps; the development set
only reports.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from sklearn.metrics import balanced_accuracy_score, f1_score
from torch import nn

from _common import (
    fit,
    forward,
    logits_of,
    own_rows,
    read_set,
    save_weights,
    seed_everything,
    unprompted,
    whole_changes,
    whole_encoder,
)
from warehouse_ai.models.adapters import Adapter
from warehouse_ai.models.registry import load_text_encoder
from warehouse_ai.models.sequence_classifier import SequenceClassifier

CLASSES = ("negative", "neutral", "positive")
SEEDS = (7, 8)
EPOCHS = 3
PARTS = Path(tempfile.gettempdir())
"""Where adapters lie until they are averaged."""
BATCH = 32
LEARNING_RATE = 1e-4
AVERAGED = 0.4
"""Share of the last steps over which the weights are averaged."""
POSITIVE = {
    *("admiration", "amusement", "approval", "caring", "excitement", "gratitude", "joy", "love", "optimism", "pride", "relief"),
}
NEGATIVE = {
    *("anger", "annoyance", "disappointment", "disapproval", "disgust", "embarrassment", "fear", "grief", "nervousness", "remorse"),
    "sadness",
}
NEUTRAL = {"neutral"}
STRENGTHS = ("very negative", "negative", "neutral", "positive", "very positive")


def polarity(emotions: list[str]) -> int | None:
    """Map GoEmotions labels to a class where they all agree."""
    found = set(emotions)
    for index, group in enumerate((NEGATIVE, NEUTRAL, POSITIVE)):
        if found <= group:
            return index
    return None


@dataclass(frozen=True)
class Row:
    """A training text with its class, and its place on the scale of five where its source has one (-1 elsewhere)."""

    text: str
    polarity: int
    strength: int = -1


def graded(text: str, label: str) -> Row:
    """Read a label of the scale of five."""
    strength = STRENGTHS.index(label)
    return Row(text, 0 if strength < 2 else 1 if strength == 2 else 2, strength)


def training_rows(rng: random.Random, *, clean: bool) -> list[Row]:
    """Collect the texts of one epoch; the clean ones are those whose polarity somebody judged, not one that follows from emotions."""
    sst = read_set("sst5").query("split == 'train'")
    rows = [graded(text, label) for text, label in zip(sst.text, sst.label, strict=True)]
    rows += [graded(r["text"], r["label"]) for r in own_rows("sentiment_reviews")]
    aspects: dict[str, set[str]] = {}
    reviews = read_set("semeval14_absa").query("split == 'train'")
    for text, label in zip(reviews.text, reviews.label, strict=True):
        aspects.setdefault(text, set()).add(label)
    rows += [Row(t, CLASSES.index(*labels)) for t, labels in aspects.items() if len(labels) == 1 and labels <= set(CLASSES)]
    rows += [Row(r["text"], CLASSES.index(r["label"])) for r in own_rows("sentiment_tweets")] * 2
    rows += [Row(r["text"], CLASSES.index(r["sentiment"])) for r in own_rows("feedback_sentiment")] * 2
    if clean:
        return rows
    emotions = read_set("goemotions").query("split == 'train'")
    mapped = [(t, polarity(list(labels))) for t, labels in zip(emotions.text, emotions.labels, strict=True)]
    for index in range(3):
        rows += [Row(text, index) for text in rng.sample([t for t, p in mapped if p == index], 2400)]
    tweets = read_set("tweeteval", "tweeteval_emotion").query("split == 'train'")
    rows += [Row(t, 0 if label in ("anger", "sadness") else 2) for t, label in zip(tweets.text, tweets.label, strict=True)]
    return rows


def loss_of(logits: torch.Tensor, rows: list[Row]) -> torch.Tensor:
    """Cross-entropy over three classes, over the two poles where a text has one, so that the sign is right too, and over five strengths."""
    target, strength = torch.tensor([row.polarity for row in rows]), torch.tensor([row.strength for row in rows])
    loss = F.cross_entropy(logits[:, :3], target, label_smoothing=0.05)
    polar, known = target != 1, strength >= 0
    if polar.any():
        loss = loss + 0.5 * F.cross_entropy(logits[polar][:, [0, 2]], target[polar] // 2)
    if known.any():
        loss = loss + 0.3 * F.cross_entropy(logits[known][:, 3:], strength[known])
    return loss


def probabilities(model: SequenceClassifier, texts: list[str]) -> np.ndarray:
    """Score texts, ``[rows, 3]``."""
    return F.softmax(logits_of(model, unprompted(texts))[:, :3], -1).numpy()


def report(model: SequenceClassifier) -> dict[str, float]:
    """Measure on sets that were not trained on."""
    figures = {}
    sst = read_set("sst2")
    for split in ("dev", "test"):
        part = sst[sst.split == split]
        p = probabilities(model, list(part.text))
        figures[f"sst2_{split}_accuracy"] = float(((p[:, 2] > p[:, 0]) == (part.label == "positive")).mean())
    tweets = read_set("tweeteval", "tweeteval_sentiment").query("split == 'test'")
    p = probabilities(model, list(tweets.text)).argmax(1)
    figures["tweeteval_macro_recall"] = float(balanced_accuracy_score([CLASSES.index(x) for x in tweets.label], p))
    reviews = read_set("customer_reviews_cr")
    p = probabilities(model, list(reviews.text))
    figures["cr_accuracy"] = float(((p[:, 2] > p[:, 0]) == (reviews.label == "positive")).mean())
    dev = read_set("sst5").query("split == 'dev'")
    truth = [0 if "negative" in x else 2 if "positive" in x else 1 for x in dev.label]
    figures["sst5_dev_macro_f1_3"] = float(f1_score(truth, probabilities(model, list(dev.text)).argmax(1), average="macro"))
    return figures


def calibrated(model: SequenceClassifier) -> dict[str, torch.Tensor]:
    """Fold into the head a softmax temperature and a shift of the neutral class, fitted on TweetEval and SST-5 development rows.

    Sources disagree most on how little feeling still counts as neutral. The poles keep their relation, and so their sign.
    """
    dev = read_set("sst5").query("split == 'dev'")
    tweets = read_set("tweeteval", "tweeteval_sentiment").query("split == 'val'")
    truth = [0 if "negative" in x else 2 if "positive" in x else 1 for x in list(dev.label) + list(tweets.label)]
    logits = logits_of(model, unprompted(list(dev.text) + list(tweets.text)))[:, : len(CLASSES)]
    grid = [(t, s) for t in np.arange(0.5, 4, 0.05) for s in np.arange(-1, 2, 0.05)]
    shifts = torch.tensor([0.0, 1.0, 0.0])
    losses = [F.cross_entropy(logits / t + s * shifts, torch.tensor(truth)).item() for t, s in grid]
    scale, shift = grid[int(np.argmin(losses))]
    print(f"temperature {scale:.2f}, shift of neutral {shift:.2f}")
    weight, bias = (getattr(model.head, name).detach()[: len(CLASSES)] / float(scale) for name in ("weight", "bias"))
    return {"head.weight": weight.contiguous(), "head.bias": bias + float(shift) * shifts}


def train(seed: int, begun: dict[str, torch.Tensor] | None = None) -> dict[str, torch.Tensor]:
    """Train one encoder with its head and return their tensors: all texts first, then the clean ones alone at half the rate.

    Args:
        seed: of everything random.
        begun: tensors to go on from with the second half.
    """
    seed_everything(seed)
    rng = random.Random(seed)
    # The strengths help to train and are not shipped.
    model = SequenceClassifier(whole_encoder(words=True), len(CLASSES) + len(STRENGTHS))
    if begun:
        model.load_state_dict(begun)

    def state(model: nn.Module) -> dict[str, torch.Tensor]:
        return {name: tensor.detach().clone().contiguous() for name, tensor in model.state_dict().items()}

    for clean, epochs, rate in ((False, EPOCHS, LEARNING_RATE), (True, 1, LEARNING_RATE / 2))[1 if begun else 0 :]:
        rows = training_rows(rng, clean=clean)
        inputs = unprompted([row.text for row in rows])

        def loss(batch: list[int], rows: list[Row] = rows, inputs: list = inputs) -> torch.Tensor:
            return loss_of(forward(model, [inputs[i] for i in batch]), [rows[i] for i in batch])

        def save(model: SequenceClassifier) -> None:
            save_file(state(model), PARTS / f"sentiment_{seed}.safetensors")
            print(json.dumps(report(model)), flush=True)

        steps = epochs * -(-len(rows) // BATCH)
        lengths = [len(ids) for ids, _ in inputs]
        final = fit(model, lengths, loss, save, steps=steps, batch=BATCH, rate=rate, averaged=AVERAGED, rng=rng)
        model.load_state_dict(state(final))
    return state(model)


def main() -> None:
    """Train the parts, average them (Wortsman et al. 2022, https://arxiv.org/abs/2203.05482), report and save."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--parts", nargs="+", type=Path, default=[], metavar="FILE", help="encoders trained before")
    parser.add_argument("--begun", type=Path, metavar="FILE", help="an encoder to train on the clean texts")
    parser.add_argument("--seeds", nargs="+", type=int, default=SEEDS, help="one a part")
    given = parser.parse_args()
    started = time.time()
    parts = [load_file(path) for path in given.parts] or [train(seed, given.begun and load_file(given.begun)) for seed in given.seeds]
    parts = [{name: t[: len(CLASSES)] if name.startswith("head.") else t for name, t in part.items()} for part in parts]
    mean = {name: torch.stack([part[name] for part in parts]).mean(0) for name in parts[0]}
    encoder = load_text_encoder()
    encoder.load_state_dict(Adapter.encoder_changes(mean))
    changes = whole_changes(encoder)
    # Calibrate and report what is shipped, four bits and all.
    model = SequenceClassifier(load_text_encoder(Adapter.encoder_changes(changes)), len(CLASSES))
    model.load_state_dict({name: t for name, t in mean.items() if name.startswith("head.")}, strict=False)
    head = calibrated(model)
    model.load_state_dict(head, strict=False)
    save_weights("sentiment", {**changes, **head})
    print(json.dumps({**report(model), "minutes": (time.time() - started) / 60}, indent=2))


if __name__ == "__main__":
    main()
