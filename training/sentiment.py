"""Train the sentiment adapter: LoRA on the encoder, mean pooling, three classes.

    WAREHOUSE_AI_DATA=... python training/sentiment.py [--teachers FILE FILE]

Two adapters are trained from different seeds; a third starts at the mean of what they change and learns from both (Hinton et al. 2015,
https://arxiv.org/abs/1503.02531), on their texts and on film reviews that nobody labelled.

Sources: SST-5 train and SemEval-2014 task 4 train, sentences whose aspects all agree (class B: research use; needed for the Treebank's own
test set and for reviews), the subjectivity set without labels (class B), GoEmotions train (Apache-2.0, emotions mapped to polarity) and
customer feedback written for this project. Writes ``weights/sentiment.safetensors`` and prints the figures of its card. The model kept is
the average over the last steps; the development set only reports.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from sklearn.metrics import balanced_accuracy_score, f1_score

from _common import (
    DATA,
    fit,
    forward,
    load_lora_factors,
    logits_of,
    lora_encoder,
    lora_factors,
    read_set,
    save_weights,
    seed_everything,
    temperature_of,
    unprompted,
)
from warehouse_ai.models.adapters import Adapter
from warehouse_ai.models.sequence_classifier import SequenceClassifier

CLASSES = ("negative", "neutral", "positive")
SEEDS = (7, 8)
EPOCHS = 3
DISTILLING = 900
"""Steps of the third adapter."""
BATCH = 32
LEARNING_RATE = 5e-4
RANK = 32
AVERAGED = 0.4
"""Share of the last steps over which the weights are averaged."""
Labelled = tuple[str, int | None]
"""A text and its class."""
POSITIVE = {
    *("admiration", "amusement", "approval", "caring", "excitement", "gratitude", "joy", "love", "optimism", "pride", "relief"),
}
NEGATIVE = {
    *("anger", "annoyance", "disappointment", "disapproval", "disgust", "embarrassment", "fear", "grief", "nervousness", "remorse"),
    "sadness",
}
NEUTRAL = {"neutral"}


def polarity(emotions: list[str]) -> int | None:
    """Map GoEmotions labels to a class where they all agree."""
    found = set(emotions)
    for index, group in enumerate((NEGATIVE, NEUTRAL, POSITIVE)):
        if found <= group:
            return index
    return None


def training_rows(rng: random.Random) -> list[Labelled]:
    """Collect (text, class) for one epoch."""
    sst = read_set("sst5").query("split == 'train'")
    rows: list[Labelled] = [
        (t, 0 if "negative" in label else 2 if "positive" in label else 1) for t, label in zip(sst.text, sst.label, strict=True)
    ]
    emotions = read_set("goemotions").query("split == 'train'")
    mapped = [(t, polarity(list(labels))) for t, labels in zip(emotions.text, emotions.labels, strict=True)]
    for index in range(3):
        rows += rng.sample([(t, p) for t, p in mapped if p == index], 1200)
    aspects: dict[str, set[str]] = {}
    reviews = read_set("semeval14_absa").query("split == 'train'")
    for text, label in zip(reviews.text, reviews.label, strict=True):
        aspects.setdefault(text, set()).add(label)
    rows += [(t, CLASSES.index(*labels)) for t, labels in aspects.items() if len(labels) == 1 and labels <= set(CLASSES)]
    own = [json.loads(line) for line in (DATA / "feedback_sentiment.jsonl").read_text(encoding="utf8").splitlines()]
    rows += [(r["text"], CLASSES.index(r["sentiment"])) for r in own] * 2
    return rows


def loss_of(logits: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Cross-entropy over three classes, and over the two poles where a text has one: the sign of the value has to be right too."""
    loss = F.cross_entropy(logits, target, label_smoothing=0.05)
    polar = target != 1
    if polar.any():
        loss = loss + 0.5 * F.cross_entropy(logits[polar][:, [0, 2]], target[polar] // 2)
    return loss


def probabilities(model: SequenceClassifier, texts: list[str]) -> np.ndarray:
    """Score texts, ``[rows, 3]``."""
    return F.softmax(logits_of(model, unprompted(texts)), -1).numpy()


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


def temperature(model: SequenceClassifier) -> float:
    """Fit the softmax temperature on TweetEval and SST-5 development rows."""
    dev = read_set("sst5").query("split == 'dev'")
    tweets = read_set("tweeteval", "tweeteval_sentiment").query("split == 'val'")
    texts = list(dev.text) + list(tweets.text)
    truth = [0 if "negative" in x else 2 if "positive" in x else 1 for x in list(dev.label) + list(tweets.label)]
    return temperature_of(torch.log(torch.from_numpy(probabilities(model, texts)).clamp(min=1e-12)), truth)


def train(
    model: SequenceClassifier, rows: list[Labelled], steps: int, rate: float, rng: random.Random, teach: dict[str, np.ndarray] | None = None
) -> SequenceClassifier:
    """Train for some steps and return the average of the last ones.

    Args:
        model: trained in place.
        rows: texts with a class, or None where only a teacher knows.
        steps: updates.
        rate: highest learning rate.
        rng: order of the rows.
        teach: probabilities ``[3]`` by text that the model learns beside the classes.
    """
    inputs = unprompted([text for text, _ in rows])

    def loss(batch: list[int]) -> torch.Tensor:
        logits = forward(model, [inputs[i] for i in batch])
        known = [k for k, i in enumerate(batch) if rows[i][1] is not None]
        found = loss_of(logits[known], torch.tensor([rows[batch[k]][1] for k in known])) if known else logits.new_zeros(())
        if teach:
            soft = torch.from_numpy(np.stack([teach[rows[i][0]] for i in batch])).float()
            found = 0.3 * found + F.kl_div(F.log_softmax(logits, -1), soft, reduction="batchmean")
        return found

    def save(model: SequenceClassifier) -> None:
        save_weights("sentiment", state(model))

    lengths = [len(ids) for ids, _ in inputs]
    return fit(model, lengths, loss, save, steps=steps, batch=BATCH, rate=rate, averaged=AVERAGED, rng=rng)


def state(model: SequenceClassifier) -> dict[str, torch.Tensor]:
    """Return what is saved of a model, its calibration folded into the head."""
    scale = temperature(model)
    return {**lora_factors(model.encoder), "head.weight": model.head.weight.detach() / scale, "head.bias": model.head.bias.detach() / scale}


def classifier(tensors: dict[str, torch.Tensor] | None = None) -> SequenceClassifier:
    """Return a model to train, from scratch or from saved weights."""
    model = SequenceClassifier(lora_encoder(RANK), len(CLASSES))
    if tensors:
        load_lora_factors(model.encoder, Adapter.encoder_factors(tensors))
        model.load_state_dict({n: t for n, t in tensors.items() if n.startswith("head.")}, strict=False)
    return model


def mean_of(states: list[dict[str, torch.Tensor]]) -> dict[str, torch.Tensor]:
    """Average what adapters change (Wortsman et al. 2022, https://arxiv.org/abs/2203.05482), cut to ``RANK`` by singular values."""
    out = {name: torch.stack([s[name].float() for s in states]).mean(0) for name in states[0] if name.startswith("head.")}
    for name in states[0]:
        if name.endswith(".lora_A"):
            module = name.removesuffix(".lora_A")
            change = torch.stack([s[f"{module}.lora_B"].float() @ s[name].float() for s in states]).mean(0)
            u, s, v = torch.linalg.svd(change, full_matrices=False)
            out[name] = s[:RANK].sqrt()[:, None] * v[:RANK]
            out[f"{module}.lora_B"] = u[:, :RANK] * s[:RANK].sqrt()
    return out


def unlabelled() -> list[Labelled]:
    """Film reviews and plots of the subjectivity set, without any sentence that the Treebank tests."""
    told = read_set("sst5").query("split != 'train'").text
    squeezed = {re.sub(r"\W+", "", text.lower()) for text in told}
    return [(text, None) for text in read_set("subj").text if re.sub(r"\W+", "", text.lower()) not in squeezed]


def main() -> None:
    """Train the teachers, let one adapter learn from both, report and save."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--teachers", nargs="+", type=Path, default=[], metavar="FILE", help="saved adapters; without them two are trained")
    given = parser.parse_args().teachers
    started = time.time()
    teachers = [{name: t.float() for name, t in load_file(path).items()} for path in given]
    for seed in () if teachers else SEEDS:
        seed_everything(seed)
        rng = random.Random(seed)
        rows = training_rows(rng)
        teachers.append(state(train(classifier(), rows, EPOCHS * -(-len(rows) // BATCH), LEARNING_RATE, rng)))
    seed_everything(SEEDS[0])
    rng = random.Random(SEEDS[0])
    labelled, extra = training_rows(rng), unlabelled()
    texts = list(dict.fromkeys(text for text, _ in labelled + extra))
    soft = np.mean([probabilities(classifier(t), texts) for t in teachers], axis=0)
    student = classifier(mean_of(teachers))
    print(json.dumps(report(student)), flush=True)
    rows = rng.sample(labelled, len(labelled)) + extra
    final = train(student, rows, DISTILLING, LEARNING_RATE / 2, rng, dict(zip(texts, soft, strict=True)))
    print(json.dumps({**report(final), "minutes": (time.time() - started) / 60}, indent=2))


if __name__ == "__main__":
    main()
