"""Free and structured text by a language model: a local one, or an endpoint."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from itertools import count
from typing import Any, NoReturn, Protocol

import pyarrow as pa

from warehouse_ai.functions.frame import Call, apply
from warehouse_ai.models.endpoint import Endpoint
from warehouse_ai.models.generator import CHOSEN, Answer, LocalGenerator, Request
from warehouse_ai.runtime.cache import key, namespace, open_cache
from warehouse_ai.runtime.run import LEDGER, Failure, derive

NAME = "complete"
MODEL = CHOSEN
RESULT = pa.struct(
    [
        ("value", pa.string()),
        ("error", pa.string()),
        ("model", pa.string()),
        ("input_tokens", pa.int32()),
        ("output_tokens", pa.int32()),
    ]
)
"""``value`` is text, or with a schema a JSON object that the macro casts. The tokens are those of the day when the answer was made."""
EMPTY_ANSWER = "empty_answer"
TRUNCATED = "truncated"
"""Error of a free text that reached ``max_tokens``: its value is what there is of it."""


class Generator(Protocol):
    """What makes texts, as this function sees it."""

    @property
    def model(self) -> str:
        """``name@revision``."""

    @property
    def space(self) -> tuple[str, ...]:
        """What its answers depend on beside prompt and request."""

    @property
    def lock(self) -> AbstractContextManager[Any]:
        """Held while it answers."""

    def device(self, wanted: str) -> str:
        """Where it computes, as the ledger names it."""

    def generate(self, prompts: Sequence[str], request: Request, device: str) -> Iterator[dict[int, Answer | Failure]]:
        """Answer distinct prompts, by their index, each as soon as it is there."""


@dataclass(frozen=True)
class Spec:
    """What is asked, and of whom.

    Attributes:
        generator: what answers.
        request: instructions, schema and length.
        is_data: the prompt is a text to work on, such as one to translate: it is delimited, and half an answer is none.
    """

    generator: Generator
    request: Request
    is_data: bool

    @classmethod
    def parse(cls, options: dict[str, Any]) -> Spec:
        """Read what the macro printed."""
        settings = options.get("settings") or {}
        generator: Generator
        if options["backend"] == "endpoint":
            generator = Endpoint(options["url"], options["model"], **settings)
        else:
            generator = LocalGenerator(options["model"], bool(settings.get("allow_downloads")))
        schema = options.get("schema")
        instructions = [options.get("system") or ""]
        if schema:
            schema = json.dumps(json.loads(schema), ensure_ascii=False)
            instructions.append(f"Reply with one JSON object that follows this JSON schema, and with nothing else: {schema}")
        request = Request("\n\n".join(filter(None, map(str.strip, instructions))), schema, int(options["max_tokens"]))
        return cls(generator, request, bool(options.get("is_data")))

    @cached_property
    def space(self) -> bytes:
        """Cache namespace of the answers."""
        request = self.request
        return namespace(
            "complete", *self.generator.space, request.system, request.schema or "", str(request.max_tokens), str(self.is_data)
        )


def run(column: pa.ChunkedArray, spec: Spec, call: Call) -> pa.StructArray:
    """Answer a column of prompts into ``RESULT``.

    Raises:
        ValueError: the model cannot be found or loaded.
    """
    call = replace(call, model=spec.generator.model)

    def evaluate(texts: list[str]) -> dict[str, pa.Array]:
        values, errors, read, written = zip(*ask(texts, spec, call), strict=True)
        return {
            "value": pa.array(values, pa.string()),
            "error": pa.array(errors, pa.string()),
            "input_tokens": pa.array(read, pa.int32()),
            "output_tokens": pa.array(written, pa.int32()),
        }

    return apply(column, call, RESULT, evaluate)


def ask(prompts: list[str], spec: Spec, call: Call) -> list[tuple[str | None, str | None, int | None, int | None]]:
    """Answer distinct, non-blank prompts: value, error, tokens read and tokens written of each."""

    def compute(new: list[str]) -> list[bytes | Failure]:
        with spec.generator.lock:
            # Another thread or process may have computed them while this one waited.
            return derive(spec.space, new, lambda missing: generate(missing, spec, call), call.context, call.ledger_key)

    rows: list[tuple[str | None, str | None, int | None, int | None]] = []
    for result in derive(spec.space, prompts, compute, call.context, call.ledger_key):
        if isinstance(result, Failure):
            rows.append((None, result.message, None, None))
        else:
            answer = Answer(**json.loads(result))
            rows.append((*judge(answer, spec), answer.input_tokens, answer.output_tokens))
    return rows


def generate(prompts: list[str], spec: Spec, call: Call) -> list[bytes | Failure]:
    """Answer prompts that nobody has answered, and keep each answer as soon as it is there.

    Raises:
        NewRowsExceeded: see ``warehouse_ai_max_new_rows``.
    """
    context = call.context
    keys = [key(spec.space, prompt) for prompt in prompts]
    if context.count_only:
        fresh = len(LEDGER.see_key(call.ledger_key, keys))
        LEDGER.add(call.ledger_key, computed=fresh, windows=fresh)
        return [Failure("not computed")] * len(prompts)
    LEDGER.reserve(context.invocation, len(prompts), context.max_new_rows)
    cache = open_cache(context.cache_dir, context.cache_max_gb)
    device = spec.generator.device(context.device)
    asked = [delimited(prompt) for prompt in prompts] if spec.is_data else prompts
    results: list[bytes | Failure] = [Failure("no answer")] * len(prompts)
    for batch in spec.generator.generate(asked, spec.request, context.device):
        for i, answer in batch.items():
            results[i] = answer if isinstance(answer, Failure) else kept(answer, spec)
        cache.put_many((keys[i], found) for i in batch if isinstance(found := results[i], bytes))
        answers = [answer for answer in batch.values() if isinstance(answer, Answer)]
        LEDGER.add(
            call.ledger_key,
            device=device,
            computed=len(answers),
            windows=len(answers),
            tokens=sum((a.input_tokens or 0) + (a.output_tokens or 0) for a in answers),
            cost_usd=sum(a.cost_usd for a in answers),
        )
    return results


def kept(answer: Answer, spec: Spec) -> bytes | Failure:
    """Encode an answer for the cache. One that is no use is a failure, and asked for again; cut short it would be the same again."""
    _, error = judge(answer, spec)
    if error and not answer.is_cut:
        return Failure(error)
    # JSON may escape half a surrogate pair, which no UTF-8 text can hold.
    text = answer.text.encode("utf-8", "replace").decode("utf-8")
    return json.dumps(asdict(replace(answer, text=text, cost_usd=0.0)), ensure_ascii=False).encode()


def judge(answer: Answer, spec: Spec) -> tuple[str | None, str | None]:
    """Return the value of an answer, or NULL, and what is wrong with it."""
    longest = spec.request.max_tokens
    if answer.error:
        return None, answer.error
    if answer.is_cut and (spec.is_data or spec.request.schema):
        return None, f"the answer is longer than max_tokens = {longest}: raise max_tokens, or split the text with ai_chunk"
    text = answer.text.strip()
    if not text:
        return None, EMPTY_ANSWER
    if spec.request.schema is None:
        return text, TRUNCATED if answer.is_cut else None
    try:
        return conforming(text, spec.request.schema), None
    except ValueError as error:
        return None, str(error)


def conforming(text: str, schema: str) -> str:
    """Check a JSON text against a schema and write it as DuckDB reads it.

    Raises:
        ValueError: it is not JSON, or does not follow the schema.
    """
    from jsonschema import ValidationError, validate

    def refuse(name: str) -> NoReturn:
        raise ValueError(f"{name} is not JSON")

    try:
        found = json.loads(text, parse_constant=refuse)
        written = json.dumps(found, ensure_ascii=False, allow_nan=False)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"the answer is not JSON: {text[:80]}") from error
    try:
        validate(found, json.loads(schema))
    except ValidationError as error:
        raise ValueError(f"the answer does not follow the schema: {error.message[:200]}") from error
    return written.encode("utf-8", "replace").decode("utf-8")


def delimited(text: str) -> str:
    """Put a text between tags that do not occur in it, so that it cannot pretend to end."""
    tag = next(name for name in (f"text{i or ''}" for i in count()) if f"<{name}>" not in text and f"</{name}>" not in text)
    return f"<{tag}>\n{text}\n</{tag}>"
