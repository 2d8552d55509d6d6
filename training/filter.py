"""Train the adapter of ``ai_filter``: does the text entail the statement?

    WAREHOUSE_AI_DATA=... python training/filter.py

Sources, all of class B (share-alike, or the terms of their authors): MultiNLI development, even folds; SNLI development; a pool of smaller
sets: JOCI, MPE, ConjNLI's adversarial pairs, add-one RTE, CommitmentBank, FraCaS; and 1,800 texts with three statements each, written for
this project. The odd folds of MultiNLI development, SNLI test and ConjNLI's development split are never trained on. Writes
``weights/filter.safetensors``.
"""

from __future__ import annotations

import json
import random
import re
import time

import numpy as np
import torch
import torch.nn.functional as F
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score

from _common import (
    fit,
    forward,
    logits_of,
    own_rows,
    prompted,
    read_set,
    save_weights,
    seed_everything,
    whole_changes,
    whole_encoder,
)
from warehouse_ai.models.sequence_classifier import SequenceClassifier

SEED = 5
EPOCHS = 3
BATCH = 32
LEARNING_RATE = 1e-4
AVERAGED = 0.3
LABELS = {"entailment": 0, "neutral": 1, "contradiction": 2, "not_entailment": 3}
Pair = tuple[str, str, int]


LIMITS = {"joci": 4000, "mpe": 3000, "conjnli_adversarial_train": 1000, "add_one_rte": 800}
"""Large and narrow sources of the pool, cut to about the size of the others."""
MARKS = re.compile(r"</?[bu]>|\d+jpg\d")
"""Highlights and picture numbers in the pool's texts."""


def pairs(name: str, query: str, rng: random.Random | None = None) -> list[Pair]:
    """Read (statement, text, label) of a set; sources over their limit are drawn from with ``rng``."""
    frame = read_set(name).query(query)
    sources = frame.source if "source" in frame else [name] * len(frame)
    found: dict[str, list[Pair]] = {}
    for source, p, h, label in zip(sources, frame.premise, frame.hypothesis, frame.label, strict=True):
        if label in LABELS:
            found.setdefault(source, []).append((MARKS.sub("", h).strip(), MARKS.sub("", p).strip(), LABELS[label]))
    return [
        row for source, rows in found.items() for row in (rng.sample(rows, min(LIMITS.get(source, len(rows)), len(rows))) if rng else rows)
    ]


def training_rows(rng: random.Random) -> tuple[list[Pair], list[Pair]]:
    """Collect the training pairs, the own ones twice, and 1,500 of MultiNLI for calibration."""
    rows = [
        (row[label], row["premise"], LABELS[label])
        for row in own_rows("entailment_*")
        for label in ("entailment", "neutral", "contradiction")
    ] * 2
    even = pairs("mnli_dev", "fold % 2 == 0")
    rows += even[1500:] + pairs("snli_devtest", "split == 'dev'") + pairs("nli_pool_extra", "split == 'train'", rng)
    return [row for row in rows if row[0] and row[1] and len(row[0]) + len(row[1]) < 500], even[:1500]


def loss_of(logits: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Cross-entropy over three classes; of a pair known only not to be entailed, over entailment against the rest."""
    log = F.log_softmax(logits, -1)
    three = target < 3
    losses = torch.empty(len(target))
    losses[three] = F.cross_entropy(logits[three], target[three], label_smoothing=0.03, reduction="none")
    losses[~three] = -torch.logsumexp(log[~three][:, 1:], -1)
    return losses.mean()


def entailed(model: SequenceClassifier, rows: list[Pair]) -> np.ndarray:
    """Return the log odds of entailment."""
    logits = logits_of(model, prompted([r[0] for r in rows], [r[1] for r in rows]))
    return (logits[:, 0] - torch.logsumexp(logits[:, 1:], -1)).numpy()


def balanced(rows: list[Pair], odds: np.ndarray) -> float:
    """Balanced accuracy of entailment against the rest."""
    return float(balanced_accuracy_score([r[2] == 0 for r in rows], odds > 0))


def main() -> None:
    """Train, report and save."""
    seed_everything(SEED)
    rng = random.Random(SEED)
    rows, dev = training_rows(rng)
    inputs = prompted([r[0] for r in rows], [r[1] for r in rows])
    model = SequenceClassifier(whole_encoder(words=False), 3, prompted=True)
    started = time.time()

    def loss(batch: list[int]) -> torch.Tensor:
        return loss_of(forward(model, [inputs[i] for i in batch]), torch.tensor([rows[i][2] for i in batch]))

    def save(final: SequenceClassifier) -> None:
        odds = entailed(final, dev)
        # Platt scaling of entailment against the rest: both class logits of the shipped head follow from the log odds.
        platt = LogisticRegression().fit(odds[:, None], [r[2] == 0 for r in dev])
        head = {"head.weight": final.head.weight.detach().clone(), "head.bias": final.head.bias.detach().clone()}
        scale = torch.tensor([float(platt.coef_[0, 0]), float(platt.intercept_[0])])
        save_weights("filter", {**whole_changes(final.encoder), **head, "platt": scale})
        print(f"dev {balanced(dev, odds):.4f}", flush=True)

    steps = EPOCHS * (-(-len(rows) // BATCH))
    lengths = [len(ids) for ids, _ in inputs]
    final = fit(model, lengths, loss, save, steps=steps, batch=BATCH, rate=LEARNING_RATE, averaged=AVERAGED, rng=rng)
    figures = {}
    for name, test in (
        ("mnli_odd", pairs("mnli_dev", "fold % 2 == 1")),
        ("snli_test", pairs("snli_devtest", "split == 'test'")),
        ("conjnli_dev", pairs("conjnli", "split == 'dev'")),
    ):
        figures[name] = balanced(test, entailed(final, test))
    print(json.dumps({**figures, "minutes": (time.time() - started) / 60}, indent=2))


if __name__ == "__main__":
    main()
