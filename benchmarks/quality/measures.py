"""Figures of a set from its rows. A text without an answer counts as answered wrongly; it has no part in the calibration."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from scipy.stats import spearmanr
from sklearn.metrics import average_precision_score, balanced_accuracy_score, f1_score, recall_score, roc_auc_score
from training.field_names import names_of

from benchmarks.quality.calibration import calibration_error, coverage, reliability

Rows = list[tuple[Any, ...]]
Figures = dict[str, Any]
"""Floats are figures; ``coverage``, ``reliability`` and what is told by category are mappings."""
Measure = Callable[[Rows], Figures]

NO_ANSWER = "no answer"
WORD = re.compile(r"\S+@\S+|\w+://\S+|\w+")
"""What counts as a token of a text with personal data: a word, a number, an address of the net; marks do not count."""


def field_name(label: str) -> str:
    """Name the field that a label of a set is asked for by."""
    return names_of(label)[0].replace(" ", "_")


def share(right: Sequence[bool]) -> float:
    """Share of the rows that are right."""
    return float(np.mean(right))


def top_label(score: Sequence[float | None], right: Sequence[bool]) -> Figures:
    """Calibration of the probability of what was answered."""
    told = [(s, r) for s, r in zip(score, right, strict=True) if s is not None]
    bins = reliability([s for s, _ in told], [r for _, r in told])
    return {"calibration_error": calibration_error(bins), "reliability": {"top_label": bins}}


def agreement(rows: Rows) -> Figures:
    """Accuracy, and macro-F1 over the labels of the set; rows of (label, predicted, ...)."""
    truth, found = [row[0] for row in rows], [row[1] or NO_ANSWER for row in rows]
    return {
        "accuracy": share([t == f for t, f in zip(truth, found, strict=True)]),
        "macro_f1": float(f1_score(truth, found, average="macro", labels=sorted(set(truth)))),
    }


def named(rows: Rows) -> Figures:
    """Agreement, calibration and coverage; rows of (label, predicted, probability of it)."""
    right = [label == found for label, found, _ in rows]
    told = [(score, hit) for (_, _, score), hit in zip(rows, right, strict=True) if score is not None]
    return {
        **agreement(rows),
        **top_label([score for *_, score in rows], right),
        "coverage": coverage([score for score, _ in told], [hit for _, hit in told], len(rows)),
    }


def out_of_scope(rows: Rows) -> Figures:
    """Figures of the texts in scope, and the share of the others below the probability that 95 % of those in scope reach.

    Rows of (label, predicted, probability); texts out of scope have the label ``oos``.
    """
    inside = [row for row in rows if row[0] != "oos"]
    border = float(np.quantile([row[2] or 0.0 for row in inside], 0.05))
    outside = [(row[2] or 0.0) < border for row in rows if row[0] == "oos"]
    return {**named(inside), "threshold": border, "out_of_scope_recall": share(outside)}


def polarity(rows: Rows) -> Figures:
    """Accuracy of the sign of the score; rows of (label, score)."""
    return {"accuracy": share([score is not None and (score > 0) == (label == "positive") for label, score in rows])}


def three_classes(rows: Rows) -> Figures:
    """Mean recall of the classes beside what `agreement` says, and calibration; rows of (label, predicted, probability of it)."""
    truth, found = [row[0] for row in rows], [row[1] or NO_ANSWER for row in rows]
    recall = recall_score(truth, found, average="macro", labels=sorted(set(truth)), zero_division=0)
    return {
        "macro_recall": float(recall),
        **agreement(rows),
        **top_label([row[2] for row in rows], [t == f for t, f in zip(truth, found, strict=True)]),
    }


def entailed(rows: Rows) -> Figures:
    """Balanced accuracy of TRUE against the rest, and calibration; rows of (is entailed, answer, its probability of being true)."""
    truth, found = [bool(row[0]) for row in rows], [bool(row[1]) for row in rows]
    sure = [None if row[2] is None else max(row[2], 1 - row[2]) for row in rows]
    return {
        "balanced_accuracy": float(balanced_accuracy_score(truth, found)),
        **top_label(sure, [t == f for t, f in zip(truth, found, strict=True)]),
    }


def alike(rows: Rows) -> Figures:
    """Spearman's correlation; rows of (judged likeness, cosine)."""
    return {"spearman": float(spearmanr([a for a, _ in rows], [b for _, b in rows]).statistic)}


def fidelity(rows: Rows) -> Figures:
    """Least and mean cosine to what sentence-transformers makes of the same files; rows of (text, vector)."""
    from sentence_transformers import SentenceTransformer

    from warehouse_ai.models.registry import encoder_folder

    model = SentenceTransformer(str(encoder_folder()), device="cpu")
    theirs = model.encode([text for text, _ in rows], batch_size=32, normalize_embeddings=True, show_progress_bar=False)
    return cosines(np.array([vector for _, vector in rows], float), np.asarray(theirs, float))


def cosines(ours: np.ndarray, theirs: np.ndarray) -> Figures:
    """Least and mean cosine of vectors ``[rows, dimension]`` in pairs."""
    norms = np.linalg.norm(ours, axis=1) * np.linalg.norm(theirs, axis=1)
    found = (ours * theirs).sum(axis=1) / norms
    return {"minimum_cosine": float(found.min()), "mean_cosine": float(found.mean())}


def exact(hit: int, found: int, truth: int) -> Figures:
    """F1, precision and recall of counted spans."""
    return {"f1": 2 * hit / max(found + truth, 1), "precision": hit / max(found, 1), "recall": hit / max(truth, 1)}


def spans(rows: Rows, named: Callable[[str], str] = field_name) -> Figures:
    """Exact-match micro F1 over (field, start, end); rows of (entities as JSON, spans).

    Args:
        rows: as said.
        named: how the field of a label is called.
    """
    hit = found = truth = 0
    for entities, answer in rows:
        gold = {(named(e["label"]), e["start"], e["end"]) for e in json.loads(entities)}
        ours = {(s["field"], s["start"], s["end"]) for s in answer or []}
        hit, found, truth = hit + len(gold & ours), found + len(ours), truth + len(gold)
    return exact(hit, found, truth)


def spans_by_kind(rows: Rows) -> Figures:
    """Exact-match micro F1, and that of each kind of text, fields named as they are; rows of (kind, entities as JSON, spans)."""
    parts = {kind: [row[1:] for row in rows if row[0] == kind] for kind in dict.fromkeys(row[0] for row in rows)}
    return {**spans([row[1:] for row in rows], str), **{f"{kind}_f1": spans(part, str)["f1"] for kind, part in parts.items()}}


def mean_of_parts(rows: Rows) -> Figures:
    """Mean of the F1 of the parts of a set; rows of (part, entities as JSON, spans)."""
    parts = sorted({row[0] for row in rows})
    return {"f1": float(np.mean([spans([row[1:] for row in rows if row[0] == part])["f1"] for part in parts]))}


def same_phrase(one: str, other: str) -> bool:
    """Tell whether two phrases are equal, or one contains the other as whole words; letter case aside."""
    short, long = sorted((one.lower(), other.lower()), key=len)
    return re.search(rf"(?<!\w){re.escape(short)}(?!\w)", long) is not None


def phrases(rows: Rows) -> Figures:
    """Precision, recall and their F1 of key phrases over all texts; rows of (labelled phrases, found ones).

    Found and labelled are counted each by itself, since several of the one may be the same as one of the other.
    """
    found_right = [any(same_phrase(one, other) for other in labelled) for labelled, found in rows for one in found or []]
    labelled_found = [any(same_phrase(one, other) for other in found or []) for labelled, found in rows for one in labelled]
    precision, recall = (sum(right) / max(len(right), 1) for right in (found_right, labelled_found))
    return {"f1": 2 * precision * recall / (precision + recall) if precision else 0.0, "precision": precision, "recall": recall}


def summaries(rows: Rows) -> Figures:
    """How many of the best sentences a summary has, in how many texts at least one, and which share of it is best or acceptable.

    Rows of (sentences, indexes of the best, indexes of acceptable ones, summary).
    """
    best_found, any_best, accepted = [], [], []
    for sentences, best, acceptable, summary in rows:
        chosen = [i for i, sentence in enumerate(sentences) if " ".join(sentence.split()) in " ".join((summary or "").split())]
        best_found += [i in chosen for i in best]
        any_best.append(not set(best).isdisjoint(chosen))
        accepted += [i in best or i in acceptable for i in chosen]
    return {"best_recall": share(best_found), "any_best": share(any_best), "accepted": share(accepted) if accepted else 0.0}


def lengths(rows: Rows) -> Figures:
    """Accuracy in all and by length; rows of (length, label, answer)."""
    parts = {length: [row[1] == row[2] for row in rows if row[0] == length] for length in ("short", "middle", "long")}
    return {
        "accuracy": share([row[1] == row[2] for row in rows]),
        **{f"{name}_accuracy": share(hits) for name, hits in parts.items() if hits},
    }


def places_of(text: str, sentences: Sequence[str]) -> list[tuple[int, int]]:
    """Return the places of a text's sentences.

    Raises:
        ValueError: a sentence does not stand behind the one before it.
    """
    places, at = [], 0
    for sentence in sentences:
        start = text.index(sentence, at)
        at = start + len(sentence)
        places.append((start, at))
    return places


def split_sentences(rows: Rows) -> Figures:
    """F1 of the ends of sentences, that of a text's last one excluded, and the share of sentences that are right from start to end.

    Rows of (text, labelled sentences, found ones).
    """
    hit = found = truth = 0
    whole: list[bool] = []
    for text, labelled, answer in rows:
        gold, ours = places_of(text, labelled), places_of(text, answer or [])
        wanted, told = ({end for _, end in places[:-1]} for places in (gold, ours))
        hit, found, truth = hit + len(wanted & told), found + len(told), truth + len(wanted)
        whole += [place in ours for place in gold]
    return {**exact(hit, found, truth), "whole_sentences": share(whole)}


PII = {
    "PERSON": "person", "STREET_ADDRESS": "address", "GPE": "location", "ORGANIZATION": "organisation", "CREDIT_CARD": "credit_card",
    "DATE_TIME": "date", "PHONE_NUMBER": "phone", "AGE": "age", "NRP": "nationality", "EMAIL_ADDRESS": "email", "TITLE": "title",
    "DOMAIN_NAME": "url", "IBAN_CODE": "iban", "US_SSN": "national_id", "IP_ADDRESS": "ip_address", "ZIP_CODE": "address",
    "US_DRIVER_LICENSE": "national_id",
}  # fmt: skip
"""Category of every label of the set; two have none of their own and take the nearest."""


def personal(rows: Rows) -> Figures:
    """Exact-match micro F1 over (category, start, end), and whatever the category: F2 of tokens, recall of characters.

    Rows of (text, entities as JSON, spans). The F2 is that of presidio-research, where recall weighs twice as much as precision: of the
    tokens that are personal or not, a token being personal where a span touches it.
    """
    hit = found = truth = covered = characters = 0
    both = said = personal_tokens = 0
    for text, entities, answer in rows:
        gold = {(PII[e["label"]], e["start"], e["end"]) for e in json.loads(entities)}
        ours = {(s["category"], s["start"], s["end"]) for s in answer or []}
        hit, found, truth = hit + len(gold & ours), found + len(ours), truth + len(gold)
        masked = {i for _, a, b in ours for i in range(a, b)}
        wanted = {i for _, a, b in gold for i in range(a, b)}
        covered, characters = covered + len(masked & wanted), characters + len(wanted)
        for word in WORD.finditer(text):
            is_masked, is_wanted = (not places.isdisjoint(range(*word.span())) for places in (masked, wanted))
            both, said, personal_tokens = both + (is_masked and is_wanted), said + is_masked, personal_tokens + is_wanted
    precision, recall = both / max(said, 1), both / max(personal_tokens, 1)
    return {
        **exact(hit, found, truth),
        "character_recall": covered / max(characters, 1),
        "token_f2": 5 * precision * recall / (4 * precision + recall) if both else 0.0,
        "token_precision": precision,
        "token_recall": recall,
    }


Scores = Mapping[str, float] | None
"""Probability of each category of harm; None of a text that has no answer."""


def probability(scores: Scores, category: str) -> float:
    """Probability of a category; 0 of a text that has no answer."""
    return scores[category] if scores else 0.0


def by_category(truth: Mapping[str, Sequence[Any]], scores: Sequence[Scores]) -> Figures:
    """Calibration of the probability of each category, and the mean of their errors.

    Args:
        truth: by category, for each row whether it belongs to it; None where nobody said.
        scores: of each row.
    """
    bins = {}
    for category, labels in truth.items():
        known = [(s[category], bool(label)) for label, s in zip(labels, scores, strict=True) if label is not None and s]
        bins[category] = reliability([score for score, _ in known], [label for _, label in known])
    errors = {category: calibration_error(found) for category, found in bins.items()}
    return {
        "calibration_error": float(np.mean(list(errors.values()))),
        "calibration_error_by_category": errors,
        "reliability": bins,
    }


def davidson(rows: Rows) -> Figures:
    """Weighted F1: hate from a probability of 0.5 on, else offensive where toxicity has 0.5, else neither; rows of (label, scores)."""
    labels, scores = [label for label, _ in rows], [s for _, s in rows]
    found = ["hate" if probability(s, "hate") >= 0.5 else "offensive" if probability(s, "toxicity") >= 0.5 else "neither" for s in scores]
    truth = {"hate": [label == "hate" for label in labels], "toxicity": [label != "neither" for label in labels]}
    return {"weighted_f1": float(f1_score(labels, found, average="weighted")), **by_category(truth, scores)}


def spam(rows: Rows) -> Figures:
    """F1 and accuracy of spam, from a probability of 0.5 on; rows of (label, scores)."""
    truth, scores = [label == "spam" for label, _ in rows], [s for _, s in rows]
    found = [probability(s, "spam") >= 0.5 for s in scores]
    right = [t == f for t, f in zip(truth, found, strict=True)]
    return {"f1": float(f1_score(truth, found)), "accuracy": share(right), **by_category({"spam": truth}, scores)}


def offensive(rows: Rows) -> Figures:
    """Macro-F1 at a toxicity of 0.5 and area under the curve; rows of (whether it is offensive, scores)."""
    truth, scores = [bool(t) for t, _ in rows], [s for _, s in rows]
    toxicity = np.array([probability(s, "toxicity") for s in scores])
    return {
        "macro_f1": float(f1_score(truth, toxicity >= 0.5, average="macro")),
        "auc": float(roc_auc_score(truth, toxicity)),
        **by_category({"toxicity": truth}, scores),
    }


HARMS = ("sexual", "hate", "violence", "self_harm")
"""Categories of the moderation samples, in the order of their labels in the rows."""


def harm(rows: Rows) -> Figures:
    """Average precision by category (the area under precision and recall); rows of (labels of `HARMS`, scores)."""
    scores = [s for _, s in rows]
    truth = {category: [labels[place] for labels, _ in rows] for place, category in enumerate(HARMS)}
    figures = {}
    for category, labels in truth.items():
        known = [(label, probability(s, category)) for label, s in zip(labels, scores, strict=True) if label is not None]
        figures[f"{category}_average_precision"] = float(average_precision_score(*zip(*known, strict=True)))
    return {**figures, **by_category(truth, scores)}
