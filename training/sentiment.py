"""Train the sentiment adapter: LoRA on the encoder, mean pooling, three classes.

    WAREHOUSE_AI_DATA=... python training/sentiment.py [--continue STEPS]

Sources: SST-5 train and SemEval-2014 task 4 train, sentences whose aspects all agree (class B: research use; needed for the Treebank's own
test set and for reviews), GoEmotions train (Apache-2.0, emotions mapped to polarity) and customer feedback written for this project. Writes
``weights/sentiment.safetensors`` and prints the figures of its card. The model kept is the average over the last steps; the development
set only reports.
"""

from __future__ import annotations

import json
import random
import time

import numpy as np
import torch
import torch.nn.functional as F
from sklearn.metrics import balanced_accuracy_score, f1_score
from torch.optim.swa_utils import AveragedModel

from _common import (
    DATA,
    Schedule,
    batched,
    first_windows,
    length_batches,
    lora_encoder,
    lora_factors,
    packed,
    read_set,
    resume,
    save_weights,
    seed_everything,
    steps_to_continue,
    temperature_of,
)
from warehouse_ai.models.adapters import SENTIMENT
from warehouse_ai.models.sequence_classifier import SequenceClassifier
from warehouse_ai.models.tokenizer import Window

CLASSES = ("negative", "neutral", "positive")
SEED = 7
EPOCHS = 4
BATCH = 32
LEARNING_RATE = 5e-4
RANK = 32
AVERAGED = 0.4
"""Share of the last steps over which the weights are averaged (Izmailov et al. 2018, https://arxiv.org/abs/1803.05407)."""
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


def training_rows(rng: random.Random) -> list[tuple[str, int]]:
    """Collect (text, class) for one epoch."""
    sst = read_set("sst5").query("split == 'train'")
    rows = [(t, 0 if "negative" in label else 2 if "positive" in label else 1) for t, label in zip(sst.text, sst.label, strict=True)]
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


def forward(model: SequenceClassifier, windows: list[Window]) -> torch.Tensor:
    """Return logits ``[windows, 3]`` in the order given."""
    batch, order = packed([window.ids for window in windows])
    return model(batch)[np.argsort(order)]


def loss_of(logits: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Cross-entropy over three classes, and over the two poles where a text has one: the sign of the value has to be right too."""
    loss = F.cross_entropy(logits, target, label_smoothing=0.05)
    polar = target != 1
    if polar.any():
        loss = loss + 0.5 * F.cross_entropy(logits[polar][:, [0, 2]], target[polar] // 2)
    return loss


@torch.inference_mode()
def probabilities(model: SequenceClassifier, texts: list[str]) -> np.ndarray:
    """Score texts, ``[rows, 3]``."""
    model.eval()
    windows = first_windows(texts)
    order = sorted(range(len(texts)), key=lambda i: len(windows[i].ids))
    out = np.zeros((len(texts), 3))
    for batch in batched(order, 64):
        out[batch] = F.softmax(forward(model, [windows[i] for i in batch]), -1).numpy()
    model.train()
    return out


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


def main() -> None:
    """Train, report and save."""
    more = steps_to_continue()
    seed_everything(SEED)
    rng = random.Random(SEED)
    model = SequenceClassifier(lora_encoder(RANK), len(CLASSES))
    rows = training_rows(rng)
    windows = first_windows([text for text, _ in rows])
    steps = more or EPOCHS * (-(-len(rows) // BATCH))
    if more:
        resume(model, SENTIMENT)
    optimizer = torch.optim.AdamW(
        [p for p in model.parameters() if p.requires_grad], lr=LEARNING_RATE / 2 if more else LEARNING_RATE, weight_decay=0.01
    )
    schedule = Schedule(optimizer, steps)
    averaged = AveragedModel(model)
    started, done = time.time(), 0
    print(f"{len(rows)} rows, {steps} steps", flush=True)
    while done < steps:
        for batch in length_batches([len(w.ids) for w in windows], BATCH, rng)[: steps - done]:
            target = torch.tensor([rows[i][1] for i in batch])
            loss = loss_of(forward(model, [windows[i] for i in batch]), target)
            schedule.step(loss)
            done += 1
            if done > steps * (1 - AVERAGED):
                averaged.update_parameters(model)
            if done % 100 == 0:
                print(f"step {done}/{steps} loss {loss.item():.3f} {time.time() - started:.0f} s", flush=True)
        final = averaged.module if averaged.n_averaged else model
        scale = temperature(final)
        save_weights(
            "sentiment",
            {
                **lora_factors(final.encoder),
                "head.weight": final.head.weight.detach() / scale,
                "head.bias": final.head.bias.detach() / scale,
            },
        )
        sst = read_set("sst2").query("split == 'dev'")
        p = probabilities(final, list(sst.text))
        print(f"step {done} sst2 dev {((p[:, 2] > p[:, 0]) == (sst.label == 'positive')).mean():.4f}", flush=True)
    print(json.dumps({**report(final), "temperature": scale, "minutes": (time.time() - started) / 60}, indent=2))


if __name__ == "__main__":
    main()
