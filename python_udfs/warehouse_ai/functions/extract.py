"""Extract named fields from a text: the best span, or every span, as typed values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pyarrow as pa

from warehouse_ai.functions.frame import ABSTAINED, Call, apply, split_failures
from warehouse_ai.functions.labelled import labelled_spans
from warehouse_ai.functions.values import FieldType, parser, written_forms
from warehouse_ai.models.adapters import EXTRACT
from warehouse_ai.models.field_extractor import FieldExtractor
from warehouse_ai.models.loading import once
from warehouse_ai.models.named import QUESTION_ANSWERER, TOKEN_CLASSIFIER, NamedModel
from warehouse_ai.models.named_spans import span_task
from warehouse_ai.models.spans import SURE
from warehouse_ai.runtime.run import Task, resolve

NAME = "extract"
MODEL = EXTRACT
SPAN = pa.struct([("field", pa.string()), ("text", pa.string()), ("start", pa.int32()), ("end", pa.int32()), ("score", pa.float64())])
RESULT = pa.struct([("value", pa.string()), ("spans", pa.list_(SPAN)), ("error", pa.string()), ("model", pa.string())])
"""``value`` is a JSON object of the fields; the macro casts it to the type of its schema."""
NAMED_THRESHOLD = 0.5
"""Of a model that was not calibrated here."""
ADDRESS = "address"
"""Only what is called so goes on in a new line of a form."""
NEW_LINE = re.compile(r"\s*\n(?!\s*[a-z])")
"""The end of a line, but for prose that was wrapped there."""


@dataclass(frozen=True)
class Field:
    """A field to look for.

    Attributes:
        name: of the field.
        description: what it holds, for the model.
        type: how its value is read.
        labels: what stands before the value in forms and tables, the surest first.
        pattern: regular expression; the value is the first match within what was found.
    """

    name: str
    description: str
    type: FieldType
    labels: tuple[str, ...] = ()
    pattern: str | None = None

    @property
    def prompt(self) -> str:
        """What the model reads: the name as words, with its description."""
        name = self.name.replace("_", " ")
        return f"{name}: {self.description}" if self.description else name


@dataclass(frozen=True)
class Spec:
    """Fields and the least probability of a span.

    Attributes:
        fields: at least one.
        threshold: 0..1; None for the one at which F1 was best on development rows, and 0.5 of a named model.
        named: the question answering model or token classifier that the user names; None for the default.
    """

    fields: tuple[Field, ...]
    threshold: float | None
    named: NamedModel | None = None

    @classmethod
    def parse(cls, options: dict[str, Any]) -> Spec:
        """Read what the macro printed.

        Raises:
            ValueError: the named model cannot be found, or does not know a field.
        """
        fields = []
        for x in options["fields"]:
            kind = FieldType(
                x.get("type", "string"),
                bool(x.get("many")),
                tuple(x.get("values") or ()),
                x.get("region"),
                x.get("order"),
                x.get("currency"),
            )
            fields.append(Field(x["name"], x.get("description") or "", kind, tuple(x.get("labels") or ()), x.get("pattern")))
        threshold = options.get("threshold")
        named = NamedModel.parse(options, QUESTION_ANSWERER, TOKEN_CLASSIFIER)
        spec = cls(tuple(fields), None if threshold is None else float(threshold), named)
        if named:
            # It refuses unknown fields before the first row.
            span_task(named, spec.prompts)
        return spec

    @cached_property
    def task(self) -> Task[Any, Any]:
        """What finds the spans of each of the prompts.

        Raises:
            ValueError: the named model does not know a field.
        """
        return span_task(self.named, self.prompts) if self.named else FieldExtractor(self.prompts)

    @property
    def least(self) -> float:
        """Least probability of a span."""
        if self.threshold is not None:
            return self.threshold
        return NAMED_THRESHOLD if self.named else default_threshold()

    @cached_property
    def prompts(self) -> tuple[str, ...]:
        """Prompts in alphabetical order: the same fields give the same answer in any order."""
        return tuple(sorted(field.prompt for field in self.fields))


def default_threshold() -> float:
    """Return the calibrated probability at which F1 was best on the development rows of the training."""
    return once("extract.threshold", lambda: float(EXTRACT.load()["threshold"][0]))


def run(column: pa.ChunkedArray, spec: Spec, call: Call) -> pa.StructArray:
    """Extract from a column of texts into ``RESULT``."""

    def evaluate(texts: list[str]) -> dict[str, pa.Array]:
        good, found, errors = split_failures(resolve(spec.task, texts, call.context, call.ledger_key))
        values: list[str | None] = [None] * len(texts)
        spans: list[list[dict[str, Any]] | None] = [None] * len(texts)
        for i, result in zip(good, found, strict=True):
            by_prompt = dict(zip(spec.prompts, json.loads(result), strict=True))
            record, spans[i] = _answer(texts[i], spec, by_prompt, spec.least)
            if spans[i]:
                values[i] = json.dumps(record, ensure_ascii=False)
            else:
                errors[i] = ABSTAINED
        return {
            "value": pa.array(values, pa.string()),
            "spans": pa.array(spans, RESULT.field("spans").type),
            "error": pa.array(errors, pa.string()),
        }

    return apply(column, call, RESULT, evaluate)


Value = tuple[int, int, float, Any]
"""Start, end, score and what was read there."""


def _values(text: str, field: Field, candidates: Iterable[tuple[int, int, float]], threshold: float) -> Iterator[Value]:
    """Read the candidates of a field that are likely enough, each place once."""
    read, whole = parser(field.type), list(written_forms(text, field.type))
    seen: set[tuple[int, int]] = set()
    for start, end, score in candidates:
        if score < threshold:
            continue
        if ADDRESS not in field.prompt.lower():
            end = start + len(NEW_LINE.split(text[start:end], maxsplit=1)[0])
        start, end = next((form for form in whole if form[0] < end and start < form[1]), (start, end))
        if field.pattern:
            match = re.search(field.pattern, text[start:end])
            if not match:
                continue
            start, end = start + match.start(), start + match.end()
        value = read(text[start:end])
        if value is not None and (start, end) not in seen:
            seen.add((start, end))
            yield start, end, score, value


def _answer(
    text: str, spec: Spec, by_prompt: dict[str, list[tuple[int, int, float]]], threshold: float
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Choose and read the spans of one text."""
    record: dict[str, Any] = {}
    spans = []
    # What a text labels itself goes before what the model believes, of this field and of every other.
    labelled = {f.name: [(start, end, 1.0) for start, end in labelled_spans(text, f.labels)] for f in spec.fields}
    told = {f.name: next(_values(text, f, labelled[f.name], threshold), None) for f in spec.fields if labelled[f.name]}
    for field in spec.fields:
        taken = [value for name, value in told.items() if value and name != field.name]
        believed = [span for span in by_prompt[field.prompt] if span[2] >= SURE or all(span[1] <= t[0] or t[1] <= span[0] for t in taken)]
        chosen = list(_values(text, field, [*labelled[field.name], *believed], threshold))
        if not field.type.many:
            chosen = sorted(chosen, key=lambda c: -c[2])[:1]
        spans += [{"field": field.name, "text": text[a:b], "start": a, "end": b, "score": score} for a, b, score, _ in chosen]
        record[field.name] = [c[3] for c in chosen] if field.type.many else chosen[0][3] if chosen else None
    return record, spans
