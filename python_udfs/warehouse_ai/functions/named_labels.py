"""What the labels of a classifier that the user names mean to the functions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np

from warehouse_ai.functions.frame import Call, split_failures
from warehouse_ai.models.named import CLASSIFIER, NamedModel
from warehouse_ai.models.named_classifier import NamedClassifier, entailment_of, probabilities
from warehouse_ai.models.text_classifier import logits, sigmoid, softmax, with_prompt
from warehouse_ai.runtime.run import Failure, resolve

if TYPE_CHECKING:
    from warehouse_ai.functions.labels import Label

POLARITIES = (
    (r"neg(ative)?|[12] stars?|very negative", 0),
    (r"neu(tral)?|3 stars?|mixed", 1),
    (r"pos(itive)?|[45] stars?|very positive", 2),
    (r"none|not mentioned|conflict", 3),
)
"""Names of sentiment labels, and the class that they are: negative, neutral, positive, not mentioned."""
HARMS = {
    "toxicity": r"(severe )?toxic(ity)?|obscene|insult|offensive|harassment|abusive|profanity",
    "hate": r"hate( ?speech)?|hateful|identity (hate|attack)|h",
    "sexual": r"sexual(ly)?( explicit)?|nsfw|porn|s",
    "violence": r"violen(ce|t)|threat|v",
    "self_harm": r"self harm|suicide|sh",
    "spam": r"spam|phishing|scam",
}
"""Names of labels of harmful content by category."""


def places(named: NamedModel, patterns: Sequence[tuple[str, int]], function: str, wanted: str) -> dict[int, list[int]]:
    """Find what the labels of a model stand for.

    Args:
        named: a sequence classifier.
        patterns: regular expressions of whole names, in small letters, with the class that they mean.
        function: for the error.
        wanted: labels that would do.

    Returns:
        For each class that the model has, the numbers of its labels.

    Raises:
        ValueError: the model has fewer than two labels of these, or of one class for a single pattern.
    """
    found: dict[int, list[int]] = {}
    for number, label in enumerate(named.labels):
        name = re.sub(r"[\W_]+", " ", label.lower()).strip()
        for pattern, meaning in patterns:
            if re.fullmatch(pattern, name):
                found.setdefault(meaning, []).append(number)
                break
    if not found:
        raise ValueError(
            f"{function}: argument 'model' is '{named.name}', whose labels are {', '.join(named.labels)}: name a model with labels such as "
            f"{wanted}, or write them into id2label of its config.json"
        )
    return found


def sentiment_places(named: NamedModel, function: str) -> dict[int, list[int]]:
    """Find the labels of each polarity.

    Raises:
        ValueError: the model does not know both good and bad.
    """
    found = places(named, POLARITIES, function, "negative, neutral, positive or 1 star to 5 stars")
    if not {0, 2} <= set(found):
        raise ValueError(
            f"{function}: argument 'model' is '{named.name}', which lacks negative or positive among {', '.join(named.labels)}"
        )
    return found


def harm_places(named: NamedModel, function: str) -> dict[int, list[int]]:
    """Find the labels of each category of harmful content, by its place in ``HARMS``.

    Raises:
        ValueError: the model knows none.
    """
    return places(named, [(pattern, i) for i, pattern in enumerate(HARMS.values())], function, ", ".join(HARMS))


def grouped(p: np.ndarray, groups: dict[int, list[int]], classes: int, missing: float, independent: bool) -> np.ndarray:
    """Unite the probabilities of labels that mean one class.

    Args:
        p: ``[texts, labels]``.
        groups: labels of each class.
        classes: how many there are.
        missing: value of a class without a label.
        independent: the probabilities do not share one: the highest counts, not the sum.
    """
    out = np.full((len(p), classes), missing)
    for meaning, numbers in groups.items():
        out[:, meaning] = p[:, numbers].max(axis=1) if independent else p[:, numbers].sum(axis=1)
    return out


def is_independent(named: NamedModel) -> bool:
    """Tell whether a model judges each of its labels for itself."""
    return named.config.get("problem_type") == "multi_label_classification"


def scored(
    named: NamedModel, texts: list[str], call: Call, *, prompted: bool = False, merging: Literal["mean", "max"] = "mean"
) -> tuple[np.ndarray, np.ndarray, list[str | None]]:
    """Score texts by a named classifier.

    Returns:
        Indices of the texts that were scored, their probabilities ``[scored, labels]``, and an error or None for each text.
    """
    results = resolve(NamedClassifier(named, prompted, merging), texts, call.context, call.ledger_key)
    good, found, errors = split_failures(results)
    return good, probabilities(named, logits(found, len(named.labels))), errors


def hypothesis(label: Label) -> str:
    """Say in a sentence that a text belongs to a label (Yin et al. 2019, https://arxiv.org/abs/1909.00161)."""
    name = label.name.replace("_", " ")
    return f"This text is about {name}: {label.description}." if label.description else f"This text is about {name}."


def check_labels(named: NamedModel, labels: Sequence[Label], function: str) -> None:
    """Refuse labels that a named model cannot judge.

    Raises:
        ValueError: it is a classifier of other labels, or a model of entailment for which a label is described at too great a length.
    """
    if named.kind != CLASSIFIER:
        return
    if entailment_of(named) is None:
        known = {label.lower() for label in named.labels}
        unknown = [label.name for label in labels if label.name.lower() not in known]
        if unknown:
            raise ValueError(
                f"{function}: argument 'labels' has {', '.join(unknown)}, which '{named.name}' does not know: it tells apart "
                f"{', '.join(named.labels)}; for labels of your own name an encoder or a model of entailment"
            )
    for label in labels:
        if not named.prompt_fits(hypothesis(label)):
            raise ValueError(f"{function}: argument 'labels' describes '{label.name}' at too great a length for '{named.name}'")


def judged(named: NamedModel, labels: Sequence[Label], texts: list[str], call: Call, *, multi: bool) -> list[bytes | Failure]:
    """Let a named classifier choose among labels.

    A model of entailment reads each text with each label: the probabilities are shares of the labels' entailment, or with ``multi`` of
    entailment against contradiction. Of another classifier the probabilities of these labels count, with ``multi`` as they are.

    Returns:
        For each text float32 ``[labels]`` as bytes, or a failure.
    """
    entails = entailment_of(named)
    if entails is None:
        number = {label.lower(): i for i, label in enumerate(named.labels)}
        chosen = [number[label.name.lower()] for label in labels]
        good, p, errors = scored(named, texts, call)
        p = p[:, chosen]
        rows = p if multi else p / np.maximum(p.sum(axis=1, keepdims=True), 1e-12)
    else:
        pairs = [with_prompt(hypothesis(label), text) for text in texts for label in labels]
        of_pairs, found, failed = split_failures(resolve(NamedClassifier(named, prompted=True), pairs, call.context, call.ledger_key))
        errors = [next(filter(None, failed[at : at + len(labels)]), None) for at in range(0, len(pairs), len(labels))]
        good = np.array([i for i, error in enumerate(errors) if error is None], np.int64)
        scores = np.zeros((len(pairs), len(named.labels)))
        scores[of_pairs] = logits(found, len(named.labels))
        by_text = scores.reshape(len(texts), len(labels), -1)[good]
        against = [i for i, label in enumerate(named.labels) if label.lower().startswith("contra")] or [
            i for i in range(len(named.labels)) if i != entails
        ]
        yes = by_text[:, :, entails]
        rows = sigmoid(yes - np.logaddexp.reduce(by_text[:, :, against], axis=2)) if multi else softmax(yes)
    results: list[bytes | Failure] = [Failure(error or "no result") for error in errors]
    for i, row in zip(good, rows.astype(np.float32), strict=True):
        results[i] = row.tobytes()
    return results
