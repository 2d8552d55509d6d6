"""Train the field extractor: LoRA on the encoder and a span head, field names in the prompt.

    WAREHOUSE_AI_DATA=... python training/extract.py

Sources, all of class A (permissive or CC BY): SNIPS, HWU64, restaurant8k, Broad Twitter Corpus, WikiGold, SEC filings, Presidio's synthetic
sentences (template folds 0 to 7), SkillSpan, usaddress, and 1,200 annotated texts written for this project with some 2,500 field names. CrossNER is
never trained on, nor are the names in ``HELD_OUT``: every row that uses one is kept for the figures. Writes ``weights/extract.safetensors``.
"""

from __future__ import annotations

import json
import random
import re
import sys
import time
from collections import Counter
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from sklearn.linear_model import LogisticRegression

from _common import DATA, Schedule, length_batches, lora_encoder, lora_factors, read_set, save_weights, seed_everything
from warehouse_ai.models.registry import load_tokenizer
from warehouse_ai.models.span_extractor import MAX_FIELDS, Prompt, Span, SpanExtractor, build_prompt, decode, field_weights

SEED = 11
EPOCHS = 3
BATCH = 32
LEARNING_RATE = 6e-4
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
NAMES = {  # natural names for the labels of the public sets; the first is the one that evaluation asks for
    "PER": ("person", "person name", "people mentioned", "name"),
    "LOC": ("location", "place", "geographic location"),
    "ORG": ("organisation", "organization", "company or organisation"),
    "MISC": ("other named entity", "miscellaneous name"),
    "people": ("number of people", "party size", "how many guests"),
    "time": ("time", "booking time"),
    "date": ("date", "day"),
    "first_name": ("first name", "given name"),
    "last_name": ("last name", "surname", "family name"),
    "GPE": ("city, state or country", "country or city"),
    "NRP": ("nationality, religion or political group",),
    "STREET_ADDRESS": ("address", "street address", "postal address"),
    "PERSON": ("person", "full name", "customer name"),
    "ORGANIZATION": ("organisation", "company", "employer"),
    "DATE_TIME": ("date", "date or time"),
    "US_SSN": ("social security number",),
    "IBAN_CODE": ("iban", "bank account number"),
    "skill": ("skill", "what the job requires", "skills"),
    "knowledge": ("knowledge", "technology or knowledge", "area of knowledge"),
    "playlist": ("playlist", "playlist name"),
    "artist": ("artist", "musician", "singer or band"),
    "geographic_poi": ("point of interest", "landmark"),
    "poi": ("point of interest",),
    "object_name": ("title of the work", "object name"),
    "object_type": ("type of work", "object type"),
    "timeRange": ("time range", "when"),
    "entity_name": ("entity name", "name of the item to add"),
    "served_dish": ("dish served", "dish"),
    "party_size_number": ("party size", "number of people"),
    "party_size_description": ("who is coming", "party description"),
}


def natural(label: str) -> str:
    """Write a label as words: ``timeRange`` becomes ``time range``."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", label).replace("_", " ").lower()


def names_of(label: str) -> tuple[str, ...]:
    """Return the natural names of a label, the one for evaluation first."""
    return NAMES.get(label, (natural(label),))


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
    for path in sorted(DATA.glob("extract_*.jsonl")):
        for line in path.read_text(encoding="utf8").splitlines():
            row = json.loads(line)
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


def training_examples(rng: random.Random) -> tuple[list[Example], list[Example], list[Example]]:
    """Return (train, development, held-out field names)."""
    own = own_examples()
    held = [x for x in own if any(name in HELD_OUT for name in x.spans)]
    # Not even as a part or the plural of another name.
    stems = tuple(name[:-1] if name.endswith("y") else name for name in HELD_OUT)
    rest = [x for x in own if not any(stem in name for name in (*x.spans, *x.absent) for stem in stems)]
    rng.shuffle(rest)
    dev, rest = rest[:80], rest[80:]
    public = []
    for name, query, limit in (
        ("snips", "split == 'train'", 7500),
        ("hwu64", "split == 'train' and n_entities > 0", 2500),
        ("restaurant8k", "split == 'train'", 2500),
        ("btc", "split == 'train'", 2500),
        ("wikigold", "", None),
        ("sec_filings_ner", "split == 'train' and n_entities > 0", 400),
        ("presidio_pii", "fold < 8", None),
        ("skillspan", "split == 'train' and n_entities > 0", 1000),
        ("usaddress", "split == 'train'", 500),
    ):
        found = [x for x in public_examples(name, query, limit, rng) if len(x.text) < 450]
        rng.shuffle(found)
        cut = len(found) // 50
        dev += found[:cut]
        public += found[cut:]
    return public + rest * 4, dev, held


class Prompts:
    """Turns examples into prompts and targets."""

    def __init__(self, pool: list[str]) -> None:
        self.tokenizer = load_tokenizer()
        self.pool = pool
        self._fields: dict[str, np.ndarray] = {}
        self._texts: dict[str, object] = {}

    def field(self, name: str) -> np.ndarray:
        """Ids of a field name."""
        if name not in self._fields:
            self._fields[name] = self.tokenizer.windows([name])[0].ids[1:-1]
        return self._fields[name]

    def window(self, text: str):
        """First window of a text."""
        if text not in self._texts:
            self._texts[text] = self.tokenizer.windows([text], overlap=1)[0]
        return self._texts[text]

    def sample(self, example: Example, rng: random.Random) -> list[tuple[str, list[tuple[int, int]]]]:
        """Choose the fields of one training prompt: one alone in a quarter of the cases, else a mix of present and absent ones."""
        alone = rng.random() < 0.25
        present = list(example.spans)
        absent = list(example.absent)
        rng.shuffle(present)
        rng.shuffle(absent)
        count = 1 if alone else rng.randint(2, MAX_FIELDS)
        if alone and absent and (not present or rng.random() < 0.3):
            present = []
        present = present[: max(1, count - 1)] if not alone else present[:1]
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


def collate(prompts: list[Prompt]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Pad prompts to ids, mask and field weights."""
    length = max(len(p.ids) for p in prompts)
    ids = np.zeros((len(prompts), length), np.int64)
    mask = np.zeros((len(prompts), length), bool)
    for row, p in enumerate(prompts):
        ids[row, : len(p.ids)], mask[row, : len(p.ids)] = p.ids, True
    weights = field_weights(prompts, length, max(len(p.fields) for p in prompts))
    return torch.from_numpy(ids), torch.from_numpy(mask), torch.from_numpy(weights)


def loss_of(model: SpanExtractor, prompts: list[Prompt], gold: list[list[list[tuple[int, int]]]]) -> torch.Tensor:
    """Binary cross-entropy over the text tokens of every field, summed and divided by the number of fields."""
    ids, mask, weights = collate(prompts)
    logits = model(ids, mask, weights)
    target = np.zeros(logits.shape, np.float32)
    valid = np.zeros(logits.shape, np.float32)
    for row, (prompt, fields) in enumerate(zip(prompts, gold, strict=True)):
        start, end = prompt.text
        for f, spans in enumerate(fields):
            valid[row, f, start:end] = 1
            for a, b in spans:
                inside = np.flatnonzero((prompt.offsets[:, 0] < b) & (prompt.offsets[:, 1] > a))
                if len(inside):
                    target[row, f, start + inside[0], 0] = 1
                    target[row, f, start + inside[-1], 1] = 1
                    target[row, f, start + inside, 2] = 1
    losses = F.binary_cross_entropy_with_logits(logits, torch.from_numpy(target), reduction="none") * torch.from_numpy(valid)
    return losses.sum() / sum(len(p.fields) for p in prompts)


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
        probabilities = torch.sigmoid(model(*collate([built[k] for k in batch]))).numpy()
        for row, k in enumerate(batch):
            i, names = jobs[k]
            start, end = built[k].text
            for f, name in enumerate(names):
                out[i][name] = decode(probabilities[row, f, start:end], built[k].offsets)
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


def requests_of(examples: list[Example], all_labels: bool = False) -> list[tuple[str, list[str]]]:
    """Ask for each example's own and absent fields."""
    return [
        (x.text, list(dict.fromkeys(n for label in (*x.spans, *x.absent) for n in ([names_of(label)[0]] if not x.own else [label]))))
        for x in examples
    ]


def report(model: SpanExtractor, prompts: Prompts, held: list[Example], dev: list[Example], rng: random.Random, quick: bool) -> dict[str, object]:
    """Measure; the threshold comes from the development rows."""
    found = predict(model, prompts, requests_of(dev))
    threshold = float(max(np.arange(0.2, 0.8, 0.02), key=lambda t: f1(dev, found, t)))
    figures: dict[str, object] = {"threshold": threshold, "dev_f1": f1(dev, found, threshold)}
    own_dev = [i for i, x in enumerate(dev) if x.own]
    figures["own_dev_f1"] = f1([dev[i] for i in own_dev], [found[i] for i in own_dev], threshold)
    found_held = predict(model, prompts, requests_of(held))
    figures["unseen_names"] = {n: [round(f1(held, found_held, threshold, n), 3), sum(n in x.spans for x in held)] for n in HELD_OUT if any(n in x.spans for x in held)}
    asked = [{n: s for n, s in p.items() if n in HELD_OUT} for p in found_held]
    gold = [Example(x.text, {n: s for n, s in x.spans.items() if n in HELD_OUT}, [], own=True) for x in held]
    figures["unseen_names_f1"] = f1(gold, asked, threshold)
    snips = public_examples("snips", "split == 'test'", 250 if quick else None, rng)
    figures["snips_f1_all_slots_asked"] = f1(snips, predict(model, prompts, requests_of(snips)), threshold)
    cross = {}
    frame = read_set("crossner").query("split == 'test'")
    for domain in sorted(frame.domain.unique()):
        rows = public_examples("crossner", f"split == 'test' and domain == '{domain}'", 100 if quick else None, rng)
        cross[domain] = round(f1(rows, predict(model, prompts, requests_of(rows)), threshold), 4)
    figures["crossner_zero_shot_f1"] = cross
    figures["crossner_mean"] = float(np.mean(list(cross.values())))
    if not quick:
        table = public_examples("restaurant8k", "split == 'test'", None, rng)
        figures["restaurant8k_f1"] = f1(table, predict(model, prompts, requests_of(table)), threshold)
    # Platt scaling: the probability that a span is exactly right, from its score, on the development rows.
    scores, right = [], []
    for x, spans in zip(dev, found, strict=True):
        gold_spans = {(names_of(n)[0] if not x.own else n, *s) for n, ss in x.spans.items() for s in ss}
        for n, ss in spans.items():
            for s in ss:
                scores.append(np.log(s.score / (1 - min(s.score, 0.9999))))
                right.append((n, s.start, s.end) in gold_spans)
    platt = LogisticRegression().fit(np.array(scores)[:, None], right)
    figures["platt"] = [float(platt.coef_[0, 0]), float(platt.intercept_[0])]
    return figures


def main() -> None:
    """Train, report and save."""
    seed_everything(SEED)
    rng = random.Random(SEED)
    train, dev, held = training_examples(rng)
    pool = sorted({n for x in train if x.own for n in x.spans})
    prompts = Prompts(pool)
    model = SpanExtractor(lora_encoder())
    steps = EPOCHS * (-(-len(train) // BATCH))
    print(f"{len(train)} examples ({sum(x.own for x in train)} own), {len(pool)} own names, {len(dev)} dev, {len(held)} held out, {steps} steps", flush=True)
    heads = [p for n, p in model.named_parameters() if p.requires_grad and not n.startswith("encoder.")]
    factors = [p for n, p in model.named_parameters() if p.requires_grad and n.startswith("encoder.")]
    optimizer = torch.optim.AdamW([{"params": factors, "lr": LEARNING_RATE}, {"params": heads, "lr": LEARNING_RATE}], weight_decay=0.01)
    schedule = Schedule(optimizer, steps)
    started, done = time.time(), 0
    lengths = [len(prompts.window(x.text).ids) for x in train]
    for epoch in range(EPOCHS):
        for batch in length_batches(lengths, BATCH, rng):
            chosen = [prompts.sample(train[i], rng) for i in batch]
            built = [prompts.build(train[i].text, [n for n, _ in c]) for i, c in zip(batch, chosen, strict=True)]
            loss = loss_of(model, built, [[s for _, s in c] for c in chosen])
            schedule.step(loss)
            done += 1
            if done % 50 == 0:
                print(f"epoch {epoch} step {done}/{steps} loss {loss.item():.3f} {time.time() - started:.0f} s", flush=True)
            if done % 300 == 0 or done == steps:
                quick = done != steps
                figures = report(model, prompts, held, dev, random.Random(1), quick)
                print(json.dumps(figures), flush=True)
                heads_state = {n: p.detach().half() for n, p in model.state_dict().items() if not n.startswith("encoder.")}
                save_weights(
                    "extract",
                    {**lora_factors(model.encoder), **heads_state, "threshold": torch.tensor([figures["threshold"]]), "platt": torch.tensor(figures["platt"])},
                )
    print(json.dumps({**figures, "minutes": (time.time() - started) / 60}, indent=2))


if __name__ == "__main__":
    sys.exit(main())
