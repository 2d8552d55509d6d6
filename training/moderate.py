"""Train the adapter of ``ai_moderate``: independent probabilities of six kinds of harmful content.

    WAREHOUSE_AI_DATA=... python training/moderate.py [--continue STEPS | --parts FILE FILE]

Sources: of class A Davidson et al. tweets (MIT), OpenAI's moderation samples (MIT), Wikipedia comments and identity templates of Jigsaw's
bias study (CC BY 4.0), SMS Spam (CC BY 4.0); of class B OLID's training split (states no licence; the one source of offence that is not
hate); and messages written for this project. Folds 0 to 7 of each; folds 8 and 9 are never trained on. A text counts for the categories
that its source tells of and for no other. Writes ``weights/moderate.safetensors``.
"""

from __future__ import annotations

import json
import random
import re
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, f1_score, roc_auc_score

from _common import (
    arguments,
    averaged_adapters,
    fit,
    forward,
    logits_of,
    lora_encoder,
    lora_factors,
    own_rows,
    rank_of,
    read_set,
    resume,
    save_weights,
    seed_everything,
    unprompted,
)
from folds import fold_of
from warehouse_ai.models.adapters import MODERATE
from warehouse_ai.models.registry import load_text_encoder
from warehouse_ai.models.sequence_classifier import SequenceClassifier

SEED = 9
EPOCHS = 2
BATCH = 32
LEARNING_RATE = 5e-4
AVERAGED = 0.3
RANK = 16
CATEGORIES = ("toxicity", "hate", "sexual", "violence", "self_harm", "spam")
TEMPLATE = 120
"""Characters that no template of Jigsaw's has; what is longer is a comment."""
OFFENSIVE = 5000
"""Tweets of Davidson's largest class that one training takes."""
MAX_LENGTH = 1000
"""Characters of a training text; the model reads longer ones in windows."""
SUGGESTIVE = re.compile(r"sex|xxx|nude|naked|adult|porn|flirt|dating|horny|babe|kiss|lover", re.IGNORECASE)
Row = tuple[str, list[float], int]
NAN = float("nan")


def davidson() -> list[Row]:
    """Hate is toxic too; tweets say nothing of the other categories, but none is an advertisement."""
    frame = read_set("davidson_hate")
    made = {"hate": [1, 1, NAN, NAN, NAN, 0], "offensive": [1, 0, NAN, NAN, NAN, 0], "neither": [0, 0, NAN, NAN, NAN, 0]}
    return [(t, made[label], int(fold)) for t, label, fold in zip(frame.text, frame.label, frame.fold, strict=True)]


def openai() -> list[Row]:
    """Sexual, hate, violence and self-harm as labelled; harassment and hate count as toxic."""
    frame = read_set("openai_moderation")
    number = {c: frame[c].astype(float) for c in ("S", "H", "V", "HR", "SH")}
    toxic = np.fmax(number["H"], number["HR"])
    return [
        (t, [tox, h, s, v, sh, 0.0], fold_of(t))
        for t, tox, h, s, v, sh in zip(frame.text, toxic, number["H"], number["S"], number["V"], number["SH"], strict=True)
    ]


def wikipedia() -> list[Row]:
    """Comments, and templates that name a group without harm or with it."""
    comments = read_set("wiki_toxicity")
    rows = [
        (t, [float(x == "toxic"), NAN, NAN, NAN, NAN, 0.0], int(f))
        for t, x, f in zip(comments.text, comments.label, comments.fold, strict=True)
    ]
    templates = read_set("wiki_toxicity", "bias_templates_en_sample")
    return rows + [
        (t, [float(x == "toxic"), NAN if x == "toxic" else 0.0, NAN, NAN, NAN, 0.0], fold_of(t))
        for t, x in zip(templates.phrase, templates.toxicity, strict=True)
    ]


def sms() -> list[Row]:
    """Spam; private messages neither hate nor threaten. Nobody labelled what is sexual: messages that may be say nothing of it."""
    frame = read_set("sms_spam")
    rows = []
    for text, label, fold in zip(frame.text, frame.label, frame.fold, strict=True):
        rows.append((text, [NAN, 0.0, NAN if SUGGESTIVE.search(text) else 0.0, 0.0, 0.0, float(label == "spam")], int(fold)))
    return rows


def own() -> list[Row]:
    """What customers, reviewers and people on the net write, none of it harmful: folds by the text."""
    # A tweet that is negative may insult somebody.
    tweets = [row for row in own_rows("sentiment_tweets") if row["label"] != "negative"]
    rows = own_rows("feedback_sentiment") + own_rows("sentiment_reviews") + tweets
    return [(row["text"], [0.0] * len(CATEGORIES), fold_of(row["text"])) for row in rows]


def forum() -> list[Row]:
    """Threats, insults, contempt, advances, despair and scams written for this project, and harmless messages that look like them."""
    return [(row["text"], [float(row[c]) for c in CATEGORIES], fold_of(row["text"])) for row in own_rows("moderation")]


def olid() -> list[Row]:
    """Offensive tweets, the training split; they say nothing of the other categories."""
    frame = read_set("olid").query("split == 'train'")
    return [(t, [float(x == "OFF"), NAN, NAN, NAN, NAN, 0.0], fold_of(t)) for t, x in zip(frame.text, frame.label, strict=True)]


SOURCES = {"davidson": davidson, "openai": openai, "wikipedia": wikipedia, "sms": sms, "own": own, "forum": forum, "olid": olid}
COPIES = {"openai": 4, "sms": 3, "forum": 3}
"""How often a pass takes the texts of a source: those of rare categories are few."""


def training_rows(rng: random.Random) -> list[Row]:
    """Folds 0 to 6; fold 7 settles calibration."""
    rows: list[Row] = []
    for name, read in SOURCES.items():
        found = [r for r in read() if r[2] < 7 and r[0].strip()]
        if name == "davidson":
            plain = [r for r in found if r[1][:2] == [1, 0]]
            found = [r for r in found if r[1][:2] != [1, 0]] + rng.sample(plain, min(OFFENSIVE, len(plain)))
        if name == "wikipedia":
            # The comments, and some of all.
            found = [r for r in found if len(r[0]) > TEMPLATE] * 2 + rng.sample(found, min(2500, len(found)))
        if name == "own":
            found = rng.sample(found, min(7000, len(found)))
        rows += found * COPIES.get(name, 1)
    return [(t[:MAX_LENGTH], y, f) for t, y, f in rows]


def loss_of(logits: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Binary cross-entropy over the categories that a text is labelled for."""
    known = ~torch.isnan(target)
    return F.binary_cross_entropy_with_logits(logits[known], target[known])


def scores(model: SequenceClassifier, texts: list[str]) -> np.ndarray:
    """Score texts by their first window: logits ``[texts, 6]``."""
    return logits_of(model, unprompted(texts)).numpy().astype(float)


def calibrated(model: SequenceClassifier) -> tuple[torch.Tensor, torch.Tensor]:
    """Platt scaling of each category on fold 7, folded into the head; spam on the two sources that label it.

    Each source that labels a category weighs the same: in a shop's messages harm is rarer than among tweets that were gathered for it.
    """
    rows = [(name, *r) for name, read in SOURCES.items() for r in read() if r[2] == 7 and r[0].strip()]
    logits, target = scores(model, [r[1][:MAX_LENGTH] for r in rows]), np.array([r[2] for r in rows])
    target[[name not in ("sms", "forum") for name, *_ in rows], CATEGORIES.index("spam")] = NAN
    source = np.array([name for name, *_ in rows])
    weight, bias = model.head.weight.detach().clone(), model.head.bias.detach().clone()
    for c in range(len(CATEGORIES)):
        known = ~np.isnan(target[:, c])
        names, at, count = np.unique(source[known], return_inverse=True, return_counts=True)
        each = len(at) / (len(names) * count[at])
        platt = LogisticRegression().fit(logits[known, c : c + 1], target[known, c], sample_weight=each)
        weight[c] *= float(platt.coef_[0, 0])
        bias[c] = bias[c] * float(platt.coef_[0, 0]) + float(platt.intercept_[0])
    return weight, bias


def report(model: SequenceClassifier, weight: torch.Tensor, bias: torch.Tensor) -> dict[str, float]:
    """Measure on folds 8 and 9."""
    scale = (weight[:, 0] / model.head.weight[:, 0]).detach().numpy()
    shift = (bias - model.head.bias.detach() * torch.from_numpy(scale)).numpy()
    held = {name: [r for r in read() if r[2] >= 8 and r[0].strip()] for name, read in SOURCES.items()}
    p = {name: 1 / (1 + np.exp(-(scores(model, [r[0][:MAX_LENGTH] for r in rows]) * scale + shift))) for name, rows in held.items()}
    y = {name: np.array([r[1] for r in rows]) for name, rows in held.items()}
    truth = [2 if h else 1 if t else 0 for t, h in y["davidson"][:, :2]]
    found = [2 if h >= 0.5 else 1 if t >= 0.5 else 0 for t, h in p["davidson"][:, :2]]
    figures = {
        "davidson_weighted_f1": f1_score(truth, found, average="weighted"),
        "sms_spam_f1": f1_score(y["sms"][:, 5], p["sms"][:, 5] >= 0.5),
    }
    tested = read_set("olid").query("split == 'test'")
    offence = 1 / (1 + np.exp(-(scores(model, list(tested.text)) * scale + shift)[:, 0]))
    figures["olid_macro_f1"] = f1_score(tested.label == "OFF", offence >= 0.5, average="macro")
    comments = [i for i, r in enumerate(held["wikipedia"]) if len(r[0]) > TEMPLATE]
    figures["wikipedia_auc"] = roc_auc_score(y["wikipedia"][comments, 0], p["wikipedia"][comments, 0])
    for c in range(len(CATEGORIES)):
        figures[f"own_{CATEGORIES[c]}_average_precision"] = average_precision_score(y["forum"][:, c], p["forum"][:, c])
    for c in range(5):
        known = ~np.isnan(y["openai"][:, c])
        figures[f"openai_{CATEGORIES[c]}_average_precision"] = average_precision_score(y["openai"][known, c], p["openai"][known, c])
    return {name: float(value) for name, value in figures.items()}


def average(paths: list[Path]) -> None:
    """Average adapters that were trained before, calibrate, save and report."""
    tensors = averaged_adapters([load_file(path) for path in paths])
    model = SequenceClassifier(load_text_encoder(MODERATE.encoder_changes(tensors)), len(CATEGORIES))
    model.load_state_dict({name: tensor for name, tensor in tensors.items() if name.startswith("head.")}, strict=False)
    weight, bias = calibrated(model)
    save_weights("moderate", {**tensors, "head.weight": weight, "head.bias": bias})
    print(json.dumps(report(model, weight, bias), indent=2))


def main() -> None:
    """Train, report and save."""
    parser = arguments()
    parser.add_argument("--parts", nargs="+", type=Path, metavar="FILE", help="adapters to average instead")
    given = parser.parse_args()
    if given.parts:
        average(given.parts)
        return
    more = given.steps
    seed_everything(SEED)
    rng = random.Random(SEED)
    rows = training_rows(rng)
    inputs = unprompted([r[0] for r in rows])
    model = SequenceClassifier(lora_encoder(rank_of(MODERATE) if more else RANK), len(CATEGORIES))
    if more:
        resume(model, MODERATE)
    started = time.time()

    def loss(batch: list[int]) -> torch.Tensor:
        return loss_of(forward(model, [inputs[i] for i in batch]), torch.tensor([rows[i][1] for i in batch]))

    def save(final: SequenceClassifier) -> None:
        weight, bias = calibrated(final)
        save_weights("moderate", {**lora_factors(final.encoder), "head.weight": weight, "head.bias": bias})

    final = fit(
        model,
        [len(ids) for ids, _ in inputs],
        loss,
        save,
        steps=more or EPOCHS * (-(-len(rows) // BATCH)),
        batch=BATCH,
        rate=LEARNING_RATE / 2 if more else LEARNING_RATE,
        averaged=AVERAGED,
        rng=rng,
    )
    print(json.dumps({**report(final, *calibrated(final)), "minutes": (time.time() - started) / 60}, indent=2))


if __name__ == "__main__":
    main()
