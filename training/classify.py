"""Fit the calibration of zero-shot classification: a scale for cosines before the softmax, and the probability of a label by its cosine.

    WAREHOUSE_AI_DATA=... python training/classify.py

Temperature scaling (Guo et al. 2017, https://arxiv.org/abs/1706.04599) on the training splits of Banking77, CLINC150 and HWU64, all of
class A and none of them reported as zero-shot. A user's label set is small, so each round draws 4 to 20 of a set's labels with up to 15
texts each. The scale serves labels that exclude each other; for labels that do not, Platt scaling on the same pairs of text and label.
Writes ``weights/classify.safetensors``.
"""

from __future__ import annotations

import json
import random
import tempfile
from pathlib import Path

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression

from _common import read_set, save_weights, seed_everything
from warehouse_ai.functions.classify import Label, cosines, probabilities, prototypes
from warehouse_ai.functions.frame import Call
from warehouse_ai.models.embedder import Embedder, vectors
from warehouse_ai.runtime.context import Context
from warehouse_ai.runtime.run import Failure, resolve

SEED = 3
ROUNDS = 60
SCALES = np.arange(4.0, 40.0, 0.5)


def main() -> None:
    """Fit, report and save."""
    seed_everything(SEED)
    rng = random.Random(SEED)
    context = Context(cache_dir=Path(tempfile.mkdtemp()))
    call = Call("ai_classify", "", "fail", context)
    sets = []
    for name, label in (("banking77", "label"), ("clinc150", "label"), ("hwu64", "intent")):
        frame = read_set(name).query("split == 'train'")
        frame = frame[~frame[label].isin(["oos"])]
        sets.append({key: list(group.text) for key, group in frame.groupby(label)})
    embedded, right = [], []
    for number in range(ROUNDS):
        chosen = sets[number % len(sets)]
        labels = rng.sample(sorted(chosen), rng.randint(4, 20))
        rows = [(text, i) for i, key in enumerate(labels) for text in rng.sample(chosen[key], min(15, len(chosen[key])))]
        made = tuple(Label(key, "", ()) for key in labels)
        results = resolve(Embedder(), list(dict.fromkeys(text for text, _ in rows)), context, call.ledger_key)
        by_text = dict(zip(dict.fromkeys(text for text, _ in rows), vectors([r for r in results if isinstance(r, bytes)]), strict=True))
        labelled = prototypes(made, Embedder(), call)
        assert not isinstance(labelled, Failure), labelled
        embedded.append((np.stack([by_text[text] for text, _ in rows]), labelled))
        right.append(np.array([i for _, i in rows]))
    losses, errors = [], []
    for scale in SCALES:
        scored = [probabilities(x, labels, scale) for x, labels in embedded]
        losses.append(np.mean([-np.log(p[np.arange(len(r)), r] + 1e-9).mean() for p, r in zip(scored, right, strict=True)]))
        top = np.concatenate([p.max(1) for p in scored])
        hit = np.concatenate([p.argmax(1) == r for p, r in zip(scored, right, strict=True)])
        bins = np.minimum((top * 10).astype(int), 9)
        errors.append(sum(abs(top[bins == b].mean() - hit[bins == b].mean()) * (bins == b).mean() for b in range(10) if (bins == b).any()))
    best = int(np.argmin(losses))
    cosine = np.concatenate([cosines(x, labels).ravel() for x, labels in embedded])
    fits = np.concatenate([(np.arange(len(labels)) == r[:, None]).ravel() for (_, labels), r in zip(embedded, right, strict=True)])
    platt = LogisticRegression(C=1e4).fit(cosine[:, None], fits)
    slope, intercept = float(platt.coef_[0, 0]), float(platt.intercept_[0])
    save_weights("classify", {"scale": torch.tensor([float(SCALES[best])]), "platt": torch.tensor([slope, intercept])})
    likely = 1 / (1 + np.exp(-slope * cosine - intercept)) >= 0.5
    precision, recall = (likely & fits).sum() / likely.sum(), (likely & fits).sum() / fits.sum()
    figures = {"precision": precision, "recall": recall, "slope": slope, "intercept": intercept}
    figures |= {"scale": SCALES[best], "nll": losses[best], "ece": errors[best], "accuracy": hit.mean(), "rows": len(hit)}
    print(json.dumps({name: round(float(value), 4) for name, value in figures.items()}))


if __name__ == "__main__":
    main()
