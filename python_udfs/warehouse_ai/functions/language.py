"""Identify the language of a text with ``py3langid`` or a classifier that the user names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from warehouse_ai.functions.frame import ABSTAINED, Call, apply
from warehouse_ai.functions.named_labels import scored
from warehouse_ai.models.loading import once
from warehouse_ai.models.named import CLASSIFIER, NamedModel
from warehouse_ai.models.registry import Library
from warehouse_ai.runtime.run import Failure

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

NAME = "detect_language"
MODEL = Library("py3langid", "language identification", "BSD-3-Clause")
RESULT = pa.struct([("value", pa.string()), ("score", pa.float64()), ("error", pa.string()), ("model", pa.string())])


@dataclass(frozen=True)
class Spec:
    """How sure an answer must be.

    Attributes:
        threshold: the least probability, 0..1, of the likeliest language; below it, as for most texts of one word, the value is NULL.
        languages: ISO 639-1 codes to choose from; empty for all that are known.
        named: the classifier that the user names, its labels language codes; None for the library.
    """

    threshold: float
    languages: tuple[str, ...]
    named: NamedModel | None = None

    @classmethod
    def parse(cls, options: dict[str, Any]) -> Spec:
        """Read what the macro printed.

        Raises:
            ValueError: a language is not known, or the labels of the named model are not languages.
        """
        named = NamedModel.parse(options, CLASSIFIER)
        known = list(named.labels) if named else known_languages()
        strange = [label for label in known if not re.fullmatch(r"[a-z]{2,3}", label)]
        if named and strange:
            raise ValueError(f"ai_detect_language: argument 'model' is '{named.name}', whose labels are no language codes: {strange[0]}")
        languages = tuple(options.get("languages") or ())
        unknown = [code for code in languages if code not in known]
        if unknown:
            raise ValueError(f"ai_detect_language: argument 'languages' names {', '.join(unknown)}: known are {', '.join(known)}")
        threshold = options.get("threshold")
        return cls(0.5 if threshold is None else float(threshold), languages, named)

    def identify(self, texts: list[str], call: Call) -> list[tuple[str, float] | Failure]:
        """Return the likeliest language of each text and its probability, or why there is none."""
        if self.named is None:
            return [identify(text, self.languages) for text in texts]
        good, p, errors = scored(self.named, texts, call)
        chosen = [i for i, code in enumerate(self.named.labels) if code in self.languages or not self.languages]
        found: list[tuple[str, float] | Failure] = [Failure(error or "no result") for error in errors]
        for i, row in zip(good, p[:, chosen] / np.maximum(p[:, chosen].sum(axis=1, keepdims=True), 1e-12), strict=True):
            found[i] = (self.named.labels[chosen[int(row.argmax())]], float(row.max()))
        return found


def _identifier() -> LanguageIdentifier:
    def load() -> LanguageIdentifier:
        from py3langid.langid import MODEL_FILE, LanguageIdentifier

        identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
        # ISO 639-1 only: what is left are languages that have no two-letter code, and the code for no language at all.
        identifier.set_languages([code for code in identifier.labels if len(code) == 2])
        return identifier

    return once("py3langid", load)


def known_languages() -> list[str]:
    """Return the ISO 639-1 codes that can be told apart."""
    return sorted(str(code) for code, _ in _identifier().rank("a"))


def identify(text: str, languages: tuple[str, ...] = ()) -> tuple[str, float]:
    """Return the likeliest language and its probability, normalised over ``languages`` where they are given."""
    ranked = [(str(code), float(p)) for code, p in _identifier().rank(text) if code in languages or not languages]
    total = sum(p for _, p in ranked)
    code, p = ranked[0]
    return code, p / total if total > 0 else 1 / len(ranked)


def run(column: pa.ChunkedArray, spec: Spec, call: Call) -> pa.StructArray:
    """Identify the language of a column of texts into ``RESULT``; a text without a letter has none."""

    def evaluate(texts: list[str]) -> dict[str, pa.Array]:
        value: list[str | None] = []
        errors: list[str | None] = []
        scores: list[float | None] = []
        told = [text for text in texts if any(c.isalpha() for c in text)]
        found = dict(zip(told, spec.identify(told, call), strict=True))
        for text in texts:
            answer = found.get(text, Failure(ABSTAINED))
            code, score = (None, None) if isinstance(answer, Failure) else answer
            sure = score is not None and score >= spec.threshold
            value.append(code if sure else None)
            scores.append(score)
            errors.append(answer.message if isinstance(answer, Failure) else None if sure else ABSTAINED)
        return {
            "value": pa.array(value, pa.string()),
            "score": pa.array(np.array(scores, object), pa.float64(), from_pandas=True),
            "error": pa.array(errors, pa.string()),
        }

    return apply(column, call, RESULT, evaluate)
