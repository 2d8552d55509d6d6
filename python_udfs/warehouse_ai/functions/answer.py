"""Answer a question from passages: by a language model that has to cite them, or without one by their own sentences."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from warehouse_ai.functions import complete
from warehouse_ai.functions.bm25 import WordIndex
from warehouse_ai.functions.context import SOURCE, Context, contexts, sources
from warehouse_ai.functions.context import Spec as ContextSpec
from warehouse_ai.functions.frame import ABSTAINED, Call, apply
from warehouse_ai.functions.passages import Index, Retrieval
from warehouse_ai.functions.sentences import sentences
from warehouse_ai.models.embedder import vectors
from warehouse_ai.models.registry import ENCODER
from warehouse_ai.runtime.run import Failure, resolve

NAME = "answer"
MODEL = ENCODER
RESULT = pa.struct(
    [
        ("answer", pa.string()),
        ("method", pa.string()),
        ("citations", pa.list_(SOURCE)),
        ("citations_valid", pa.bool_()),
        ("error", pa.string()),
        ("model", pa.string()),
    ]
)
GENERATED = "generated"
EXTRACTIVE = "extractive"
NO_ANSWER = "NO_ANSWER"
"""What a language model writes where the passages do not answer; the macro tells it so."""
NO_CITATION = "no_citation"
UNKNOWN_CITATION = "unknown_citation"
CITATION = re.compile(r"\[\s*(\d{1,6}(?:\s*[,;]\s*\d{1,6})*)\s*\]")
QUOTED = 3
"""Sentences of an answer without a language model."""
CONSTANT = 5
"""Of the fusion that ranks sentences, smaller than for passages because there are few."""
PASSAGE_WEIGHT = 4.0


@dataclass(frozen=True)
class Spec:
    """How a question is answered.

    Attributes:
        context: what is read.
        generator: what writes; None for sentences of the passages.
    """

    context: ContextSpec
    generator: complete.Spec | None

    @classmethod
    def parse(cls, options: dict[str, Any]) -> Spec:
        """Read what the macro printed."""
        generator = None
        if options.get("generator"):
            asked = {"system": options["system"], "schema": None, "max_tokens": options["max_tokens"], "is_data": False}
            generator = complete.Spec.parse({**options["generator"], **asked, "settings": options.get("generator_settings")})
        return cls(ContextSpec.parse({**options, "max_tokens": options["context_tokens"]}), generator)

    @property
    def retrieval(self) -> Retrieval:
        """How passages are found."""
        return self.context.retrieval

    def over(self, index: Index) -> Spec:
        """Search these passages."""
        return replace(self, context=self.context.over(index))


def cited(answer: str, count: int) -> tuple[list[int], str | None]:
    """Find the passages that an answer cites.

    Args:
        answer: text with numbers in square brackets.
        count: passages that there are.

    Returns:
        Numbers of passages, each once, in the order of the answer; and what is wrong: no citation, or one of a passage that is not there.
    """
    numbers = list(dict.fromkeys(int(n) for group in CITATION.findall(answer) for n in re.findall(r"\d+", group)))
    known = [n for n in numbers if 1 <= n <= count]
    unknown = [n for n in numbers if not 1 <= n <= count]
    if unknown:
        return known, f"{UNKNOWN_CITATION}: {', '.join(map(str, unknown))}"
    return known, None if known else NO_CITATION


def prompt(question: str, context: str) -> str:
    """Write what the language model reads; the passages stand between tags that do not occur in them."""
    return f"{complete.delimited(context)}\n\nQuestion: {question}"


def run(column: pa.ChunkedArray, spec: Spec, call: Call) -> pa.StructArray:
    """Answer a column of questions into ``RESULT``.

    Raises:
        ValueError: the language model cannot be found or loaded.
    """
    writer = replace(call, model=spec.generator.generator.model) if spec.generator else call

    def evaluate(questions: list[str]) -> dict[str, pa.Array]:
        index = spec.retrieval.index
        assert index is not None
        found = contexts(questions, spec.context, call)
        open_rows = [i for i, context in enumerate(found) if context.text]
        rows = [_row(error=context.error) for context in found]
        asked = [(questions[i], found[i]) for i in open_rows]
        answers = _generated(asked, spec.generator, writer) if spec.generator else _extracted(asked, spec, call)
        for i, row in zip(open_rows, answers, strict=True):
            numbers = row["citations"]
            known = sources(found[i], index) or []
            rows[i] = {**row, "citations": None if numbers is None else [known[n - 1] for n in numbers]}
        for row in rows:
            row["method"] = GENERATED if spec.generator else EXTRACTIVE
        return {field.name: pa.array([row[field.name] for row in rows], field.type) for field in RESULT if field.name != "model"}

    return apply(column, writer, RESULT, evaluate)


def _row(
    answer: str | None = None, citations: list[int] | None = None, valid: bool | None = None, error: str | None = None
) -> dict[str, Any]:
    return {"answer": answer, "citations": citations, "citations_valid": valid, "error": error}


def _generated(asked: list[tuple[str, Context]], spec: complete.Spec, call: Call) -> list[dict[str, Any]]:
    if not asked:
        return []
    prompts = [prompt(question, context.text or "") for question, context in asked]
    rows = []
    for (_, context), (answer, error, _, _) in zip(asked, complete.ask(prompts, spec, call), strict=True):
        if answer is None:
            rows.append(_row(error=error))
        elif answer.strip().strip(".") == NO_ANSWER:
            rows.append(_row(error=ABSTAINED))
        else:
            numbers, wrong = cited(answer, len(context.hits))
            rows.append(_row(answer, numbers, wrong is None, wrong or error))
    return rows


def _extracted(asked: list[tuple[str, Context]], spec: Spec, call: Call) -> list[dict[str, Any]]:
    """Quote the sentences of the passages that come nearest to the question by meaning and by words, each with its number."""
    retrieval = spec.retrieval
    index = retrieval.index
    assert index is not None
    quotes: list[list[tuple[int, str]]] = []
    for _, context in asked:
        bodies: dict[str, int] = {}
        for number, hit in enumerate(context.hits, 1):
            text = index.texts[hit.place]
            for s in sentences(text):
                bodies.setdefault(" ".join(text[s.start : s.end].split()), number)
        quotes.append([(number, body) for body, number in bodies.items()])
    texts = list(dict.fromkeys([question for question, _ in asked] + [body for found in quotes for _, body in found]))
    results = dict(zip(texts, resolve(retrieval.encoder, texts, call.context, call.ledger_key, hits=False), strict=True))
    rows = []
    for (question, _), found in zip(asked, quotes, strict=True):
        mine = [results[question], *(results[body] for _, body in found)]
        failed = next((result for result in mine if isinstance(result, Failure)), None)
        if failed:
            rows.append(_row(error=failed.message))
            continue
        chosen = _nearest(question, found, vectors([result for result in mine if isinstance(result, bytes)]))
        rows.append(
            _row(" ".join(f"{found[i][1]} [{found[i][0]}]" for i in chosen), list(dict.fromkeys(found[i][0] for i in chosen)), True)
        )
    return rows


def _nearest(question: str, found: list[tuple[int, str]], unit: np.ndarray) -> list[int]:
    """Choose sentences of a context, the best first.

    They are ranked by meaning, by words and by the rank of their passage, fused as passages are. The passage weighs most: a sentence that
    resembles the question rarely answers it from a passage that does not.

    Args:
        question: what is asked.
        found: number of the passage, and sentence.
        unit: vector of the question before those of the sentences, float32 ``[1 + sentences, dimension]``.
    """
    places = np.arange(len(found))
    cosine = np.einsum("pd,d->p", unit[1:].astype(np.float64), unit[0].astype(np.float64))
    weights = WordIndex([body for _, body in found]).scores(question)
    score = PASSAGE_WEIGHT / (CONSTANT + np.array([number for number, _ in found], np.float64))
    score[np.lexsort((places, -cosine))] += 1 / (CONSTANT + 1 + places)
    by_words = [i for i in np.lexsort((places, -weights)) if weights[i] > 0]
    score[by_words] += 1 / (CONSTANT + 1 + np.arange(len(by_words)))
    # A question in a text asks; it does not answer.
    score[[body.endswith("?") for _, body in found]] -= 1
    return [int(i) for i in np.lexsort((places, -score))[:QUOTED]]
