"""Train the sentiment adapter: LoRA on the encoder, mean pooling, three classes.

    WAREHOUSE_AI_DATA=... python training/sentiment.py

Sources: SST-5 train (class B: the Stanford Sentiment Treebank states no licence; needed for its own test set), GoEmotions train
(Apache-2.0, emotions mapped to polarity) and customer feedback written for this project. Writes ``weights/sentiment.safetensors``
and prints the figures of its card. The model kept is the average over the last steps; the
development set only reports.
"""

from __future__ import annotations

import json
import random
import time

import numpy as np
import torch
import torch.nn.functional as F
from sklearn.metrics import balanced_accuracy_score, f1_score
from torch import nn
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
    save_weights,
    seed_everything,
)
from warehouse_ai.models.encoder import mean_pool
from warehouse_ai.models.tokenizer import Window

CLASSES = ("negative", "neutral", "positive")
SEED = 7
EPOCHS = 3
BATCH = 32
LEARNING_RATE = 4e-4
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
    own = [json.loads(line) for line in (DATA / "feedback_sentiment.jsonl").read_text().splitlines()]
    rows += [(r["text"], CLASSES.index(r["sentiment"])) for r in own] * 3
    return rows


class SentimentModel(nn.Module):
    """The adapter under training."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = lora_encoder()
        self.dropout = nn.Dropout(0.1)
        self.head = nn.Linear(384, 3)

    def forward(self, windows: list[Window]) -> torch.Tensor:
        """Return logits ``[windows, 3]``."""
        batch, order = packed([window.ids for window in windows])
        logits = self.head(self.dropout(mean_pool(self.encoder(batch), batch)))
        return logits[np.argsort(order)]


@torch.inference_mode()
def probabilities(model: SentimentModel, texts: list[str]) -> np.ndarray:
    """Score texts, ``[rows, 3]``."""
    model.eval()
    windows = first_windows(texts)
    order = sorted(range(len(texts)), key=lambda i: len(windows[i].ids))
    out = np.zeros((len(texts), 3))
    for batch in batched(order, 64):
        out[batch] = F.softmax(model([windows[i] for i in batch]), -1).numpy()
    model.train()
    return out


def report(model: SentimentModel) -> dict[str, float]:
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


def temperature(model: SentimentModel) -> float:
    """Fit the softmax temperature on TweetEval and SST-5 development rows (Guo et al. 2017)."""
    dev = read_set("sst5").query("split == 'dev'")
    tweets = read_set("tweeteval", "tweeteval_sentiment").query("split == 'val'")
    texts = list(dev.text) + list(tweets.text)
    truth = [0 if "negative" in x else 2 if "positive" in x else 1 for x in list(dev.label) + list(tweets.label)]
    logits = torch.log(torch.from_numpy(probabilities(model, texts)).clamp(min=1e-12))
    grid = torch.linspace(0.5, 4, 141)
    losses = [F.cross_entropy(logits / t, torch.tensor(truth)).item() for t in grid]
    return float(grid[int(np.argmin(losses))])


def main() -> None:
    """Train, report and save."""
    seed_everything(SEED)
    rng = random.Random(SEED)
    model = SentimentModel()
    rows = training_rows(rng)
    windows = first_windows([text for text, _ in rows])
    steps = EPOCHS * (-(-len(rows) // BATCH))
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=LEARNING_RATE, weight_decay=0.01)
    schedule = Schedule(optimizer, steps)
    averaged = AveragedModel(model)
    started, done = time.time(), 0
    print(f"{len(rows)} rows, {steps} steps", flush=True)
    for epoch in range(EPOCHS):
        for batch in length_batches([len(w.ids) for w in windows], BATCH, rng):
            target = torch.tensor([rows[i][1] for i in batch])
            loss = F.cross_entropy(model([windows[i] for i in batch]), target, label_smoothing=0.05)
            schedule.step(loss)
            done += 1
            if done > steps * (1 - AVERAGED):
                averaged.update_parameters(model)
            if done % 100 == 0:
                print(f"epoch {epoch} step {done}/{steps} loss {loss.item():.3f} {time.time() - started:.0f} s", flush=True)
        final = averaged.module if averaged.n_averaged else model
        save_weights(
            "sentiment",
            {
                **lora_factors(final.encoder),
                "head.weight": final.head.weight.detach(),
                "head.bias": final.head.bias.detach(),
                "temperature": torch.tensor([temperature(final)]),
            },
        )
        sst = read_set("sst2").query("split == 'dev'")
        p = probabilities(final, list(sst.text))
        print(f"epoch {epoch} sst2 dev {((p[:, 2] > p[:, 0]) == (sst.label == 'positive')).mean():.4f}", flush=True)
    print(json.dumps({**report(final), "temperature": temperature(final), "minutes": (time.time() - started) / 60}, indent=2))


if __name__ == "__main__":
    main()
