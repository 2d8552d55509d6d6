"""Train the encoder of labels and the calibration of zero-shot classification.

    WAREHOUSE_AI_DATA=... python training/classify.py [--parts FILE FILE]

With ``--parts`` adapters that were trained before are averaged instead. The embeddings of texts stay those of the default encoder, which
every function shares. What is trained is where a label lies among them: an encoder of its own for labels (LoRA), a linear map from it to
the embeddings, the weights of both this place and the mean of the label's plain texts, and how much of a label's score at the mean of all
texts is taken off. Each step draws labels of several sets and some texts of each, half of the time without descriptions, and compares them
as a user's query would. The weights are the average over the last steps.

Sources: label sets written for this project (``data/label_sets.jsonl``); of class A HWU64, GoEmotions, SNIPS and ContractNLI's clauses,
training splits; of class B Bitext's support messages (CDLA-Sharing 1.0). AG News, Banking77, CLINC150, TREC and TweetEval are never trained
on. An eighth of the own sets settles the calibration: a softmax temperature (Guo et al. 2017, https://arxiv.org/abs/1706.04599) and, for
labels that do not exclude each other, Platt scaling. Writes ``weights/classify.safetensors``.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from sklearn.linear_model import LogisticRegression
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

from _common import Schedule, averaged_adapters, fast, lora_encoder, lora_factors, own_rows, packed, read_set, save_weights, seed_everything
from warehouse_ai.functions.frame import Call
from warehouse_ai.functions.labels import Label, prototypes
from warehouse_ai.models.embedder import Embedder, vectors
from warehouse_ai.models.encoder import mean_pool
from warehouse_ai.models.registry import ENCODER, load_tokenizer
from warehouse_ai.runtime.context import Context
from warehouse_ai.runtime.run import Failure, resolve

SEED = 1
STEPS = 1000
AVERAGED = 0.4
"""Share of the last steps over which the weights are averaged."""
SETS = 5
"""Label sets of a step."""
LABELS = 24
"""Most labels of a set in a step."""
TEXTS = 4
"""Most texts of a label in a step."""
RATE = 2e-4
RANK = 16
NAMED_SCALE, NAMED_PLATT = 17.5, (0.613, -5.39)
"""Calibration of cosines for encoders that the user names: fitted on Banking77, CLINC150 and HWU64 with the default one."""


@dataclass(frozen=True)
class LabelSet:
    """Labels, their descriptions where there are some, and texts of each."""

    name: str
    described: dict[str, str]
    texts: dict[str, list[str]]


def grouped(name: str, described: dict[str, str], rows: list[tuple[str, str]]) -> LabelSet:
    """Group (text, label) by label."""
    texts: dict[str, list[str]] = {}
    for text, label in rows:
        texts.setdefault(label, []).append(text)
    return LabelSet(name, {label: described.get(label, "") for label in texts}, texts)


def own_sets() -> list[LabelSet]:
    """Read the sets written for this project."""
    return [grouped(row["set"], row["labels"], [(text, label) for text, label in row["texts"]]) for row in own_rows("label_sets")]


def public_sets(rng: random.Random) -> list[LabelSet]:
    """Read the public sets, none of which is reported as zero-shot."""
    intents = read_set("hwu64").query("split == 'train'")
    emotions = read_set("goemotions").query("split == 'train' and n_labels == 1")
    support = read_set("bitext_support").query("split == 'train'")
    commands = read_set("snips").query("split == 'train'")
    contracts = read_set("contract_clauses").query("split == 'train'")
    clauses = [(text, labels[0]) for text, labels in zip(contracts.text, contracts.labels, strict=True) if len(labels) == 1]
    chosen = [
        ("intents", list(zip(intents.text, intents.label, strict=True))),
        ("scenarios", list(zip(intents.text, intents.scenario, strict=True))),
        ("emotions", rng.sample(list(zip(emotions.text, emotions.label, strict=True)), 9000)),
        ("support", rng.sample(list(zip(support.text, support.label, strict=True)), 3000)),
        ("commands", rng.sample(list(zip(commands.text, commands.label, strict=True)), 2000)),
        ("clauses", clauses),
    ]
    return [grouped(name, {}, rows) for name, rows in chosen]


class Texts:
    """Embeddings of texts and of labels' plain texts, by the shipped code."""

    def __init__(self) -> None:
        self.context = Context(cache_dir=Path(tempfile.gettempdir()) / "warehouse_ai_training")
        self.call = Call("ai_classify", "", "fail", self.context)
        self._means: dict[Label, Tensor] = {}

    def embed(self, texts: list[str]) -> Tensor:
        """Embed texts, ``[texts, 384]``."""
        found = resolve(Embedder(), texts, self.context, self.call.ledger_key)
        return torch.from_numpy(vectors([r for r in found if isinstance(r, bytes)]))

    def means(self, labels: list[Label]) -> Tensor:
        """Embed labels, ``[labels, 384]``."""
        new = [label for label in dict.fromkeys(labels) if label not in self._means]
        if new:
            found = prototypes(new, Embedder(), self.call)
            assert not isinstance(found, Failure), found
            self._means.update(zip(new, torch.from_numpy(found).float(), strict=True))
        return torch.stack([self._means[label] for label in labels])


class LabelModel(nn.Module):
    """The trained half of zero-shot classification."""

    def __init__(self, mean: Tensor) -> None:
        super().__init__()
        self.encoder = lora_encoder(RANK)
        self.map = nn.Parameter(torch.eye(ENCODER.dimension))
        self.weights = nn.Parameter(torch.tensor([2.3, 2.3]))
        self.centring = nn.Parameter(torch.tensor(0.3))
        self.register_buffer("mean", mean)

    def forward(self, labels: list[Label], means: Tensor) -> tuple[Tensor, Tensor]:
        """Return the weights ``[labels, 384]`` and the bias ``[labels]`` of labels whose plain texts have these means."""
        inputs = [load_tokenizer().windows([label.told])[0].ids for label in labels]
        batch, order = packed(inputs)
        with fast():
            told = mean_pool(self.encoder(batch), batch).float()[np.argsort(order)]
        of_means, of_told = self.weights.exp()
        weights = of_means * means + of_told * (F.normalize(told, dim=1) @ self.map)
        return weights, -self.centring * weights @ self.mean


def labels_of(chosen: LabelSet, names: list[str], *, described: bool) -> list[Label]:
    """Make labels as a user would name them."""
    return [Label(name, chosen.described[name] if described else "", ()) for name in names]


def train(model: LabelModel, sets: list[LabelSet], texts: Texts, rng: random.Random) -> LabelModel:
    """Train in place and return the average of the last steps (Izmailov et al. 2018, https://arxiv.org/abs/1803.05407)."""
    rates = [(list(model.encoder.parameters()), RATE), ([model.map], 3e-4), ([model.weights, model.centring], 5e-3)]
    groups = [{"params": [p for p in group if p.requires_grad], "lr": rate} for group, rate in rates]
    schedule = Schedule(torch.optim.AdamW(groups, weight_decay=0.01, fused=True), STEPS, warmup=0.1)
    # Large sets more often, those with thousands of texts more often still.
    share = [len(s.texts) ** 0.5 * (3 if sum(map(len, s.texts.values())) > 5000 else 1) for s in sets]
    average = AveragedModel(model)
    started = time.time()
    for step in range(1, STEPS + 1):
        drawn = []
        for chosen in rng.choices(sets, share, k=SETS):
            names = rng.sample(list(chosen.texts), rng.randint(min(3, len(chosen.texts)), min(LABELS, len(chosen.texts))))
            drawn.append((chosen, labels_of(chosen, names, described=rng.random() < 0.5)))
        everything = [label for _, labels in drawn for label in labels]
        weights, bias = model(everything, texts.means(everything))
        losses, at = [], 0
        for chosen, labels in drawn:
            own = slice(at, at + len(labels))
            at += len(labels)
            rows = [
                (text, i)
                for i, label in enumerate(labels)
                for text in rng.sample(chosen.texts[label.name], min(TEXTS, len(chosen.texts[label.name])))
            ]
            embedded = F.normalize(F.dropout(texts.embed([text for text, _ in rows]), 0.1), dim=1)
            target = torch.tensor([i for _, i in rows])
            losses.append(F.cross_entropy(embedded @ weights[own].T + bias[own], target, label_smoothing=0.02))
        loss = torch.stack(losses).mean()
        schedule.step(loss)
        if step > STEPS * (1 - AVERAGED):
            average.update_parameters(model)
        if step % 50 == 0:
            print(f"step {step}/{STEPS} loss {loss.item():.3f} {time.time() - started:.0f} s", flush=True)
    return average.module


@torch.inference_mode()
def scored(model: LabelModel, sets: list[LabelSet], texts: Texts, *, described: bool) -> list[tuple[Tensor, Tensor]]:
    """Score the texts of each set against all its labels: logits ``[texts, labels]`` and right labels."""
    model.eval()
    found = []
    for chosen in sets:
        labels = labels_of(chosen, list(chosen.texts), described=described)
        weights, bias = model(labels, texts.means(labels))
        rows = [(text, i) for i, label in enumerate(labels) for text in chosen.texts[label.name]]
        found.append((texts.embed([text for text, _ in rows]) @ weights.T + bias, torch.tensor([i for _, i in rows])))
    model.train()
    return found


def accuracy(found: list[tuple[Tensor, Tensor]]) -> float:
    """Mean accuracy of the sets."""
    return float(np.mean([(logits.argmax(1) == right).float().mean().item() for logits, right in found]))


def main() -> None:
    """Train, calibrate, report and save; or average."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--parts", nargs="+", type=Path, metavar="FILE", help="adapters to average instead")
    if parts := parser.parse_args().parts:
        save_weights("classify", {n: t.contiguous() for n, t in averaged_adapters([load_file(path) for path in parts], RANK).items()})
        return
    started = time.time()
    seed_everything(SEED)
    rng = random.Random(SEED)
    texts = Texts()
    sets = own_sets()
    held = [s for s in sets if int(hashlib.md5(s.name.encode()).hexdigest(), 16) % 8 == 0]
    kept = [s for s in sets if s not in held]
    every = list(dict.fromkeys(text for s in kept for group in s.texts.values() for text in group))
    model = LabelModel(texts.embed(every).mean(0))
    before = [accuracy(scored(model, held, texts, described=d)) for d in (False, True)]
    model = train(model, kept + public_sets(rng), texts, rng)
    found = [scored(model, held, texts, described=d) for d in (False, True)]
    both = found[0] + found[1]
    grid = torch.linspace(0.5, 2, 61)
    temperature = float(grid[int(np.argmin([sum(F.cross_entropy(x / t, y, reduction="sum").item() for x, y in both) for t in grid]))])
    logit = np.concatenate([(x / temperature).numpy().ravel() for x, _ in both])
    fits = np.concatenate([F.one_hot(y, x.shape[1]).numpy().ravel() for x, y in both])
    platt = LogisticRegression(C=1e4).fit(logit[:, None], fits)
    numbers = {
        "map": model.map.detach().half(),
        "mean": model.mean,
        "weights": torch.cat((model.weights.detach().exp() / temperature, model.centring.detach()[None])),
        "platt": torch.tensor([float(platt.coef_[0, 0]), float(platt.intercept_[0])]),
        "scale": torch.tensor([NAMED_SCALE]),
        "platt_named": torch.tensor(NAMED_PLATT),
    }
    save_weights("classify", {**lora_factors(model.encoder), **numbers})
    figures = {"held_out_sets": len(held), "untrained": before, "trained": [accuracy(f) for f in found], "temperature": temperature}
    print(json.dumps({**figures, "minutes": (time.time() - started) / 60}, indent=2))


if __name__ == "__main__":
    main()
