"""Find personal data in a text, and write the text without it."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from warehouse_ai.functions.extract import NAMED_THRESHOLD, default_threshold
from warehouse_ai.functions.frame import Call, apply, scatter, split_failures
from warehouse_ai.functions.recognizers import RECOGNIZERS, Found
from warehouse_ai.models.adapters import EXTRACT
from warehouse_ai.models.field_extractor import FieldExtractor
from warehouse_ai.models.named import TOKEN_CLASSIFIER, NamedModel
from warehouse_ai.models.named_spans import TokenClassifier, entities
from warehouse_ai.runtime.run import Failure, Task, resolve

NAME = "redact"
MODEL = EXTRACT
SPAN = pa.struct([("category", pa.string()), ("text", pa.string()), ("start", pa.int32()), ("end", pa.int32()), ("score", pa.float64())])
RESULT = pa.struct([("value", pa.string()), ("spans", pa.list_(SPAN)), ("error", pa.string()), ("model", pa.string())])
FIELDS = {
    "person": "person",
    "address": "address",
    "location": "city, state or country",
    "organisation": "organisation",
    "date": "date",
    "age": "age",
    "nationality": "nationality, religion or political group",
    "title": "title",
}
"""What the span extractor is asked for, by category."""
ENTITIES = {
    "person": r"per(son)?|(first|last|middle|given|sur|full)? ?name",
    "address": r"(street )?address|street|building( number| num)?",
    "location": r"loc(ation)?|gpe|city|state|country|county",
    "organisation": r"org(ani[sz]ation)?|company",
    "date": r"date|dob|date of birth",
    "age": r"age",
    "nationality": r"norp|nationality|nrp",
    "title": r"title|prefix",
}
"""Names of the labels of token classifiers, by category."""
DEFAULT = ("person", "address", "location", *RECOGNIZERS)
CATEGORIES = (*FIELDS, *RECOGNIZERS)


HONORIFIC = re.compile(
    r"\b(?:mr|mrs|ms|miss|mx|dr|prof|professor|sir|madam|rev|reverend|herr|frau|monsieur|madame|mme|mlle|señora?|sra?|srta)\b\.?",
    re.IGNORECASE,
)
"""What stands before a name and is no part of it."""


@dataclass(frozen=True)
class Spec:
    """What to find and what to put in its place.

    Attributes:
        categories: of ``CATEGORIES``.
        replacement: what stands for a span; ``{category}`` becomes the category in capitals.
        threshold: least probability, 0..1, of a span that the model finds; None for the one at which F1 was best, and 0.5 of a named model.
        named: the token classifier that the user names; None for the default. Formats are recognised all the same.
    """

    categories: tuple[str, ...]
    replacement: str
    threshold: float | None
    named: NamedModel | None = None

    @classmethod
    def parse(cls, options: dict[str, Any]) -> Spec:
        """Read what the macro printed.

        Raises:
            ValueError: the named model cannot be found, or finds none of the categories that only a model can find.
        """
        threshold = options.get("threshold")
        named = NamedModel.parse(options, TOKEN_CLASSIFIER)
        spec = cls(tuple(options["categories"]), options["replacement"], None if threshold is None else float(threshold), named)
        wanted = [c for c in spec.categories if c in FIELDS]
        missing = [c for c in wanted if c not in spec.fields.values()]
        if named and missing:
            raise ValueError(
                f"ai_redact: argument 'model' is '{named.name}', which finds {', '.join(entities(named))} and so no {', '.join(missing)}: "
                "leave these out of categories, or name another token classifier"
            )
        return spec

    @property
    def fields(self) -> dict[str, str]:
        """Return prompt and category of what the model has to find, in the extractor's canonical order."""
        if self.named is None:
            return dict(sorted((FIELDS[c], c) for c in self.categories if c in FIELDS))
        found = {entity: _category(entity) for entity in entities(self.named)}
        return {entity: category for entity, category in sorted(found.items()) if category in self.categories}

    def task(self) -> Task[Any, Any]:
        """Return what finds them."""
        return TokenClassifier(self.named, tuple(self.fields)) if self.named else FieldExtractor(tuple(self.fields))

    @property
    def least(self) -> float:
        """Least probability of a span that the model finds."""
        if self.threshold is not None:
            return self.threshold
        return NAMED_THRESHOLD if self.named else default_threshold()


def _category(entity: str) -> str | None:
    """Return the category that an entity of a token classifier belongs to."""
    name = re.sub(r"[\W_]+", " ", entity.lower()).strip()
    return next((category for category, pattern in ENTITIES.items() if re.fullmatch(pattern, name)), None)


SEVERAL = re.compile(r"\s*[,;]\s+(?:and |&)?|\s+(?:and|&)\s+")
"""Between the names of several people."""
INITIAL = re.compile(r"(?<!\w)[A-Z]\.?$")
SURNAME = re.compile(r" (?:[a-z]{2,3} )?[^\W\d_a-z][\w'’-]+(?!\w)")


def own_lines(text: str, found: Iterable[Found], told: Iterable[Found]) -> Iterator[Found]:
    """Take out of a span of several lines those that begin with a recognised format: a phone number below an address is no part of it."""
    begins = {f.start for f in told}
    for f in found:
        if "\n" not in text[f.start : f.end]:
            yield f
            continue
        lines = [(f.start + m.start(), f.start + m.end()) for m in re.finditer(r"[^\s][^\n]*", text[f.start : f.end])]
        for is_other, part in itertools.groupby(lines, lambda line: line[0] in begins):
            if not is_other:
                own = list(part)
                end = own[0][0] + len(text[own[0][0] : own[-1][1]].rstrip())
                yield f._replace(start=own[0][0], end=end)


def names_alone(text: str, found: Iterable[Found], categories: Iterable[str]) -> Iterator[Found]:
    """Let names begin behind ``Dr.`` or ``Mrs.``, which is a title where titles are looked for, and let none go over the end of a line.

    A person's name does not end with an initial that a surname follows, and holds no ``and``: those are several people.
    """
    for f in found:
        if f.category not in ("person", "organisation", "title"):
            yield f
            continue
        for line in re.finditer(r"[^\n]*[^\s]", text[f.start : f.end]):
            part = text[f.start + line.start() : f.start + line.end()]
            start, end = f.start + line.end() - len(part.lstrip()), f.start + line.end()
            before = HONORIFIC.match(text, start, end) if f.category == "person" else None
            if before and (rest := text[before.end() : end].lstrip()):
                if "title" in categories:
                    yield Found("title", start, before.end(), f.score)
                start = end - len(rest)
            if f.category == "person":
                if INITIAL.search(text[start:end]) and (surname := SURNAME.match(text, end)):
                    end = surname.end()
                for between in SEVERAL.finditer(text, start, end):
                    yield f._replace(start=start, end=between.start())
                    start = between.end()
            yield f._replace(start=start, end=end)


def united(text: str, found: Iterable[Found]) -> list[Found]:
    """Merge what overlaps, so that no part of any span is left behind.

    A name that was found once is also found wherever else it stands as whole words. A merged span takes the category of its longest member,
    of equally long ones the likelier, and the highest score.
    """
    everywhere = set(found)
    for f in list(everywhere):
        if f.category == "person" and f.end - f.start > 2:
            name = re.escape(text[f.start : f.end])
            everywhere |= {Found(f.category, *m.span(), f.score) for m in re.finditer(rf"(?<!\w){name}(?!\w)", text)}
    groups: list[list[Found]] = []
    for f in sorted(everywhere, key=lambda f: (f.start, -f.end, f.category)):
        if groups and f.start < max(g.end for g in groups[-1]):
            groups[-1].append(f)
        else:
            groups.append([f])
    out = []
    for group in groups:
        leader = max(group, key=lambda f: (f.end - f.start, f.score))
        out.append(Found(leader.category, min(f.start for f in group), max(f.end for f in group), max(f.score for f in group)))
    return out


def redacted(text: str, spans: list[Found], replacement: str) -> str:
    """Write the text with every span replaced."""
    parts, at = [], 0
    for f in spans:
        parts += [text[at : f.start], replacement.replace("{category}", f.category.upper())]
        at = f.end
    return "".join([*parts, text[at:]])


def run(column: pa.ChunkedArray, spec: Spec, call: Call) -> pa.StructArray:
    """Redact a column of texts into ``RESULT``. A text that cannot be read whole is NULL, never itself."""

    def recognised(text: str) -> list[Found] | Failure:
        try:
            return [f for category in spec.categories if category in RECOGNIZERS for f in RECOGNIZERS[category](text)]
        except Exception as error:
            return Failure(f"{type(error).__name__}: {error}")

    def evaluate(texts: list[str]) -> dict[str, pa.Array]:
        fields = spec.fields
        results: list[bytes | Failure] = [b"[]"] * len(texts)
        if fields:
            results = resolve(spec.task(), texts, call.context, call.ledger_key)
        by_format = [recognised(text) for text in texts]
        results = [other if isinstance(other, Failure) else result for result, other in zip(results, by_format, strict=True)]
        good, found, errors = split_failures(results)
        value, spans = [], []
        for i, result in zip(good, found, strict=True):
            told = by_format[i]
            assert not isinstance(told, Failure)
            read = [
                Found(category, start, end, score)
                for category, answers in zip(fields.values(), json.loads(result), strict=False)
                for start, end, score in answers
                if score >= spec.least
            ]
            whole = united(texts[i], [*told, *names_alone(texts[i], own_lines(texts[i], read, told), spec.categories)])
            value.append(redacted(texts[i], whole, spec.replacement))
            spans.append([{**f._asdict(), "text": texts[i][f.start : f.end]} for f in whole])
        return {
            "value": scatter(pa.array(value, pa.string()), good, len(texts)),
            "spans": scatter(pa.array(spans, RESULT.field("spans").type), good, len(texts)),
            "error": pa.array(errors, pa.string()),
        }

    return apply(column, call, RESULT, evaluate)
