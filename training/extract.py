"""Train the field extractor: the encoder with a span head, field names in the prompt.

    WAREHOUSE_AI_DATA=... python training/extract.py [--continue STEPS]

With ``--continue`` the shipped weights are trained on instead of new ones, at half the rate, on a third of each public set, and all
sentences with people, beside the own texts: the public sets have few names of fields, and what is missing is variety.

Sources, all of class A (permissive or CC BY): SNIPS, HWU64, restaurant8k, Broad Twitter Corpus, WikiGold, SEC filings, Presidio's
synthetic sentences (template folds 0 to 7), SkillSpan, usaddress, and 5,222 annotated texts written for this project with some 28,000 field
names. CrossNER is never trained on, nor are the names in ``HELD_OUT``: every row that uses one is kept for the figures. Writes
``weights/extract.safetensors``.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
import time
from collections import Counter
from dataclasses import dataclass, replace

import numpy as np
import torch
import torch.nn.functional as F
from sklearn.linear_model import LogisticRegression

from _common import (
    arguments,
    fast,
    fit,
    load_lora_factors,
    lora_encoder,
    lora_factors,
    own_rows,
    packed,
    read_set,
    save_weights,
    seed_everything,
)
from field_names import names_of, natural
from warehouse_ai.models.adapters import EXTRACT
from warehouse_ai.models.registry import load_tokenizer
from warehouse_ai.models.span_extractor import SpanExtractor
from warehouse_ai.models.spans import MAX_FIELDS, Prompt, Span, build_prompt, decode, without_rivals
from warehouse_ai.models.tokenizer import Window

SEED = 11
EPOCHS = 2
BATCH = 32
LEARNING_RATE = 6e-4
RANK = 32
AVERAGED = 0.3
"""Share of the last steps over which the weights are averaged."""
HELD_OUT = (
    "allergy",
    "root cause",
    "warranty period",
    "notice period",
    "treaty",
    "next step",
    "enzyme",
    "sender",
)


@dataclass
class Example:
    """A text, its spans by field, and names that are known to be absent."""

    text: str
    spans: dict[str, list[tuple[int, int]]]
    absent: list[str]
    own: bool = False


def occurrences(text: str, span: str) -> list[tuple[int, int]]:
    """Find every whole-word occurrence of a span."""
    pattern = rf"(?<!\w){re.escape(span)}(?!\w)"
    return [m.span() for m in re.finditer(pattern, text)] or [(text.index(span), text.index(span) + len(span))]


def own_examples() -> list[Example]:
    """Read the texts written for this project."""
    out = []
    for row in own_rows("extract_*"):
        spans = {natural(f): [p for s in found for p in occurrences(row["text"], s)] for f, found in row["fields"].items()}
        out.append(Example(row["text"], spans, [natural(a) for a in row.get("absent", [])], own=True))
    return out


def public_examples(name: str, query: str, limit: int | None, rng: random.Random) -> list[Example]:
    """Read a public set; every label of the set that a text lacks counts as absent."""
    frame = read_set(name).query(query) if query else read_set(name)
    rows = [(t, json.loads(e)) for t, e in zip(frame.text, frame.entities, strict=True)]
    labels = sorted({e["label"] for _, entities in rows for e in entities})
    counts = Counter(e["label"] for _, entities in rows for e in entities)
    labels = [label for label in labels if counts[label] >= 5]
    if limit and len(rows) > limit:
        rows = rng.sample(rows, limit)
    out = []
    for text, entities in rows:
        spans: dict[str, list[tuple[int, int]]] = {}
        for e in entities:
            if e["label"] in labels:
                spans.setdefault(e["label"], []).append((e["start"], e["end"]))
        out.append(Example(text, spans, [label for label in labels if label not in spans]))
    return out


def training_examples(rng: random.Random, *, more: bool) -> tuple[list[Example], list[Example], list[Example]]:
    """Return (train, development, held-out field names)."""
    own = own_examples()
    held = [x for x in own if any(name in HELD_OUT for name in x.spans)]
    # Not even as a part or the plural of another name.
    stems = tuple(name[:-1] if name.endswith("y") else name for name in HELD_OUT)
    rest = [x for x in own if not any(stem in name for name in (*x.spans, *x.absent) for stem in stems)]
    # By their text, so that what one training left out for development the next does not train on.
    first = [hashlib.md5(x.text.encode()).digest()[0] for x in rest]
    dev, rest = ([x for x, byte in zip(rest, first, strict=True) if (byte < 8) == left_out] for left_out in (True, False))
    rng.shuffle(rest)
    public = []
    for name, query, limit in (
        ("snips", "split == 'train'", None),
        ("hwu64", "split == 'train' and n_entities > 0", 2500),
        ("restaurant8k", "split == 'train'", None),
        ("btc", "split == 'train'", 2000),
        ("wikigold", "", None),
        ("sec_filings_ner", "split == 'train' and n_entities > 0", 400),
        ("presidio_pii", "fold < 8", None),
        ("skillspan", "split == 'train' and n_entities > 0", 600),
        ("usaddress", "split == 'train'", 500),
    ):
        found = [x for x in public_examples(name, query, limit, rng) if len(x.text) < 450]
        # The one source of most kinds of personal data is small: three times.
        public += found * (3 if name == "presidio_pii" else 1)
    for name, query in (
        ("hwu64", "split == 'test' and n_entities > 0"),
        ("btc", "split == 'dev'"),
        ("sec_filings_ner", "split == 'test' and n_entities > 0"),
        ("skillspan", "split == 'dev' and n_entities > 0"),
        ("usaddress", "split == 'test'"),
    ):
        dev += [x for x in public_examples(name, query, 160, rng) if len(x.text) < 450]
    personal = [x for x in public if "PERSON" in x.spans]
    return (rng.sample(public, len(public) // 3) + personal + rest * 2 if more else public + rest * 4), dev, held


class Prompts:
    """Turns examples into prompts and targets."""

    def __init__(self, pool: list[str]) -> None:
        self.tokenizer = load_tokenizer()
        self.pool = pool
        self._fields: dict[str, np.ndarray] = {}
        self._texts: dict[str, Window] = {}

    def field(self, name: str) -> np.ndarray:
        """Ids of a field name."""
        if name not in self._fields:
            self._fields[name] = self.tokenizer.windows([name])[0].ids[1:-1]
        return self._fields[name]

    def window(self, text: str) -> Window:
        """First window of a text."""
        if text not in self._texts:
            self._texts[text] = self.tokenizer.windows([text], overlap=1)[0]
        return self._texts[text]

    @staticmethod
    def count(rng: random.Random) -> int:
        """Choose how many fields the prompts of a batch name: one, some, or all that it can hold; equal counts leave little to pad."""
        kind = rng.random()
        return 1 if kind < 0.15 else rng.randint(2, MAX_FIELDS // 2) if kind < 0.65 else MAX_FIELDS

    def sample(self, example: Example, count: int, rng: random.Random) -> list[tuple[str, list[tuple[int, int]]]]:
        """Choose the fields of one training prompt.

        A user may ask every text for forty fields of which it has two, so a fifth of the prompts name absent fields only.
        """
        present = rng.sample(list(example.spans), len(example.spans))
        absent = rng.sample(example.absent, len(example.absent))
        if absent and rng.random() < 0.2:
            present = []
        present = present[: rng.randint(1, count) if 2 < count < MAX_FIELDS else count]
        chosen = [(rng.choice(names_of(label)) if not example.own else label, example.spans[label]) for label in present]
        extra = [rng.choice(names_of(label)) if not example.own else label for label in absent]
        if example.own:
            words = {w for name in example.spans for w in name.split()}
            extra += [n for n in rng.sample(self.pool, 3) if not words & set(n.split()) and n not in example.spans]
        known = {name for label in example.spans for name in ((label,) if example.own else names_of(label))}
        for name in extra:
            if len(chosen) >= count:
                break
            if name not in known and name not in {c for c, _ in chosen}:
                chosen.append((name, []))
        rng.shuffle(chosen)
        return chosen or [(self.pool[0], [])]

    def build(self, text: str, names: list[str]) -> Prompt:
        """Join names and text."""
        window = self.window(text)
        return build_prompt([self.field(n) for n in names], window.ids, window.offsets)


def score(model: SpanExtractor, prompts: list[Prompt]) -> list[torch.Tensor]:
    """Return the logits of each prompt, in the order given."""
    batch, order = packed([prompt.ids for prompt in prompts])
    with fast():
        logits = model(batch, [prompts[i] for i in order])
    return [logits[i].float() for i in np.argsort(order)]


def loss_of(model: SpanExtractor, prompts: list[Prompt], gold: list[list[list[tuple[int, int]]]]) -> torch.Tensor:
    """Binary cross-entropy over the text tokens of every field, summed and divided by the number of fields."""
    losses = []
    for prompt, logits, fields in zip(prompts, score(model, prompts), gold, strict=True):
        target = torch.zeros(logits.shape)
        for f, spans in enumerate(fields):
            for a, b in spans:
                inside = np.flatnonzero((prompt.offsets[:, 0] < b) & (prompt.offsets[:, 1] > a))
                if len(inside):
                    target[f, inside[0], 0] = target[f, inside[-1], 1] = 1
                    target[f, inside, 2] = 1
        losses.append(F.binary_cross_entropy_with_logits(logits, target, reduction="sum"))
    return torch.stack(losses).sum() / sum(len(p.fields) for p in prompts)


@torch.inference_mode()
def predict(model: SpanExtractor, prompts: Prompts, requests: list[tuple[str, list[str]]]) -> list[dict[str, list[Span]]]:
    """Extract the named fields of each text, ``MAX_FIELDS`` a pass."""
    model.eval()
    jobs = [(i, names[k : k + MAX_FIELDS]) for i, (_, names) in enumerate(requests) for k in range(0, len(names), MAX_FIELDS)]
    built = [prompts.build(requests[i][0], names) for i, names in jobs]
    out: list[dict[str, list[Span]]] = [{} for _ in requests]
    order = sorted(range(len(jobs)), key=lambda k: len(built[k].ids))
    for at in range(0, len(order), 48):
        batch = order[at : at + 48]
        for k, logits in zip(batch, score(model, [built[k] for k in batch]), strict=True):
            i, names = jobs[k]
            for name, probabilities in zip(names, torch.sigmoid(logits).numpy(), strict=True):
                out[i][name] = decode(probabilities, built[k].offsets)
    model.train()
    return out


def f1(examples: list[Example], predicted: list[dict[str, list[Span]]], threshold: float, only: str | None = None) -> float:
    """Exact-match micro F1 over (field, start, end)."""
    hit = found = truth = 0
    for example, spans in zip(examples, predicted, strict=True):
        gold = {(names_of(n)[0] if not example.own else n, *s) for n, ss in example.spans.items() for s in ss}
        ours = {(n, s.start, s.end) for n, ss in spans.items() for s in ss if s.score >= threshold}
        if only:
            gold, ours = {g for g in gold if g[0] == only}, {o for o in ours if o[0] == only}
        hit, found, truth = hit + len(gold & ours), found + len(ours), truth + len(gold)
    return 2 * hit / max(1, found + truth)


def requests_of(examples: list[Example], pool: list[str]) -> list[tuple[str, list[str]]]:
    """Ask as a schema that knows nothing of the text would: for each example's own and absent fields in alphabetical order.

    A text of this project names few absent fields; five of other texts join them, those that share a word with its own left out.
    """
    rng = random.Random(SEED)
    requests = []
    for x in examples:
        names = {label if x.own else names_of(label)[0] for label in (*x.spans, *x.absent)}
        if x.own:
            words = {word for name in names for word in name.split()}
            names |= {name for name in rng.sample(pool, 5) if words.isdisjoint(name.split())}
        requests.append((x.text, sorted(names)))
    return requests


def logit(score: float) -> float:
    """Log odds of a raw score."""
    return float(np.log(score / (1 - min(score, 0.9999))))


def calibration(dev: list[Example], found: list[dict[str, list[Span]]]) -> LogisticRegression:
    """Fit the probability that a span is exactly right from its score: Platt scaling, own and public rows of equal weight."""
    scores, right, own = [], [], []
    for x, spans in zip(dev, found, strict=True):
        gold = {(names_of(n)[0] if not x.own else n, *s) for n, ss in x.spans.items() for s in ss}
        for n, ss in spans.items():
            for s in ss:
                scores.append(logit(s.score))
                right.append((n, s.start, s.end) in gold)
                own.append(x.own)
    share = np.mean(own)
    return LogisticRegression().fit(np.array(scores)[:, None], right, sample_weight=np.where(own, 0.5 / share, 0.5 / (1 - share)))


def answers(found: list[dict[str, list[Span]]], platt: LogisticRegression) -> list[dict[str, list[Span]]]:
    """Turn scores into probabilities and let the fields of each text compete, as the package does."""
    slope, intercept = float(platt.coef_[0, 0]), float(platt.intercept_[0])

    def probable(span: Span) -> Span:
        return replace(span, score=float(1 / (1 + np.exp(-slope * logit(span.score) - intercept))))

    return [dict(zip(spans, without_rivals([[probable(s) for s in ss] for ss in spans.values()]), strict=True)) for spans in found]


def settle(model: SpanExtractor, prompts: Prompts, dev: list[Example]) -> tuple[dict[str, float], LogisticRegression]:
    """Choose threshold and calibration on the development rows, own and public ones of equal weight."""
    found = predict(model, prompts, requests_of(dev, prompts.pool))
    platt = calibration(dev, found)
    # What loses to another field is seldom right: the probabilities are those of the spans that stay.
    stay = [{n: {(s.start, s.end) for s in ss} for n, ss in x.items()} for x in answers(found, platt)]
    platt = calibration(
        dev, [{n: [s for s in ss if (s.start, s.end) in k[n]] for n, ss in x.items()} for x, k in zip(found, stay, strict=True)]
    )
    given = answers(found, platt)
    kinds = [[i for i, x in enumerate(dev) if x.own == own] for own in (True, False)]

    def both(threshold: float) -> list[float]:
        return [f1([dev[i] for i in kind], [given[i] for i in kind], threshold) for kind in kinds]

    threshold = float(max(np.arange(0.1, 0.8, 0.02), key=lambda t: sum(both(t))))
    own, public = both(threshold)
    figures = {"threshold": threshold, "own_dev_f1": own, "public_dev_f1": public}
    return figures | {"slope": float(platt.coef_[0, 0]), "intercept": float(platt.intercept_[0])}, platt


def unseen_names(
    model: SpanExtractor, prompts: Prompts, held: list[Example], platt: LogisticRegression, threshold: float
) -> dict[str, object]:
    """Measure field names that never stood in training: F1 and spans by name, and F1 over all."""
    found = answers(predict(model, prompts, requests_of(held, prompts.pool)), platt)
    asked = [{n: s for n, s in p.items() if n in HELD_OUT} for p in found]
    gold = [Example(x.text, {n: s for n, s in x.spans.items() if n in HELD_OUT}, [], own=True) for x in held]
    return {
        **{n: [round(f1(held, found, threshold, n), 3), sum(len(x.spans.get(n, [])) for x in held)] for n in HELD_OUT},
        "all": round(f1(gold, asked, threshold), 3),
    }


def main() -> None:
    """Train, report and save."""
    more = arguments().parse_args().steps
    seed_everything(SEED)
    rng = random.Random(SEED)
    train, dev, held = training_examples(rng, more=bool(more))
    pool = sorted({n for x in train if x.own for n in x.spans})
    prompts = Prompts(pool)
    model = SpanExtractor(lora_encoder(RANK))
    if more:
        shipped = EXTRACT.load()
        load_lora_factors(model.encoder, EXTRACT.encoder_changes(shipped))
        model.load_state_dict({n: t for n, t in shipped.items() if n.split(".")[0] in ("token", "field", "bias")}, strict=False)
    own = sum(x.own for x in train)
    print(f"{len(train)} examples ({own} own), {len(pool)} own names, {len(dev)} dev, {len(held)} held out", flush=True)
    started = time.time()

    def loss(batch: list[int]) -> torch.Tensor:
        count = prompts.count(rng)
        asked = [prompts.sample(train[i], count, rng) for i in batch]
        built = [prompts.build(train[i].text, [n for n, _ in fields]) for i, fields in zip(batch, asked, strict=True)]
        return loss_of(model, built, [[s for _, s in fields] for fields in asked])

    def save(final: SpanExtractor) -> None:
        chosen, _ = settle(final, prompts, dev)
        print(json.dumps(chosen), flush=True)
        heads = {n: p.detach().half() for n, p in final.state_dict().items() if not n.startswith("encoder.")}
        calibrated = {"threshold": [chosen["threshold"]], "platt": [chosen["slope"], chosen["intercept"]]}
        save_weights("extract", {**lora_factors(final.encoder), **heads, **{n: torch.tensor(v) for n, v in calibrated.items()}})

    final = fit(
        model,
        [len(prompts.window(x.text).ids) for x in train],
        loss,
        save,
        steps=more or EPOCHS * (-(-len(train) // BATCH)),
        batch=BATCH,
        rate=LEARNING_RATE / 2 if more else LEARNING_RATE,
        averaged=AVERAGED,
        rng=rng,
    )
    chosen, platt = settle(final, prompts, dev)
    chosen["minutes"] = (time.time() - started) / 60
    print(json.dumps({**chosen, "unseen_names": unseen_names(final, prompts, held, platt, chosen["threshold"])}, indent=2))


if __name__ == "__main__":
    main()
