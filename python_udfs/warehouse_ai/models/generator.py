"""Text generation by a local causal language model: greedy, in batches of fixed shape, with a JSON schema enforced while it decodes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from warehouse_ai.models import hub
from warehouse_ai.models.loading import once
from warehouse_ai.models.registry import Library
from warehouse_ai.runtime import device as devices
from warehouse_ai.runtime.run import Failure

if TYPE_CHECKING:
    from torch import Tensor

CHOSEN = Library("warehouse_ai_generator or warehouse_ai_endpoint", "text generation", "that of the chosen model")
"""Stands where other functions name their model: the vars of these names choose one."""

INSTALL = "pip install 'warehouse-ai[generate]'"
QUANTUM = 32
"""Prompts are padded to a multiple of so many tokens, and share a batch with prompts of the same padded length only."""
ROWS = {"cpu": 8, "mps": 8, "cuda": 32}
"""Prompts of a batch; a smaller one is filled up. Eight rows take twice as long a step as one: decoding is bound by reading the weights."""


@dataclass(frozen=True)
class Request:
    """What is asked beside the prompt.

    Attributes:
        system: instructions that stand before every prompt; empty for none.
        schema: JSON schema of the answer, as JSON text, or None for free text.
        max_tokens: most tokens of an answer, at least 1.
    """

    system: str
    schema: str | None
    max_tokens: int


@dataclass(frozen=True)
class Answer:
    """What a generator made of a prompt.

    Attributes:
        text: the answer as it came.
        is_cut: it reached ``max_tokens`` before its end.
        input_tokens: of the prompt with its instructions; None where an endpoint does not tell.
        output_tokens: of the answer; None where an endpoint does not tell.
        cost_usd: what the endpoint charges for both.
        error: why the text is no answer, such as a refusal; it has been paid for all the same.
    """

    text: str
    is_cut: bool
    input_tokens: int | None
    output_tokens: int | None
    cost_usd: float = 0.0
    error: str | None = None


@dataclass(frozen=True)
class LocalGenerator:
    """A causal language model in the published format: safetensors, ``config.json``, a fast tokenizer.

    Attributes:
        name: folder, or Hugging Face id with an optional ``@revision``.
        allow_downloads: fetch the files of an id that is not in the local Hugging Face cache.
    """

    name: str
    allow_downloads: bool

    @cached_property
    def _located(self) -> tuple[Path, str]:
        return once(("generator files", self.name, self.allow_downloads), partial(locate, self.name, self.allow_downloads))

    @property
    def model(self) -> str:
        """How ledgers and results call it: ``name@revision``.

        Raises:
            ValueError: there is no such model on this machine.
        """
        return self._located[1]

    @property
    def space(self) -> tuple[str, ...]:
        """What its answers depend on beside prompt and request."""
        return ("local", self.model, "fp32")

    @property
    def lock(self) -> AbstractContextManager[Any]:
        """Held while it answers: one model at a time owns the device."""
        return devices.LOCK

    def device(self, wanted: str) -> str:
        """Return where it computes, as the ledger names it."""
        return devices.choose(wanted).kind

    def generate(self, prompts: Sequence[str], request: Request, device: str) -> Iterator[dict[int, Answer | Failure]]:
        """Answer prompts, the longest first.

        Args:
            prompts: distinct prompts.
            request: what is asked beside them.
            device: ``auto``, ``cpu``, ``cuda`` or ``mps``.

        Yields:
            Answers or failures by the index of their prompt, as soon as a batch is done.

        Raises:
            ModuleNotFoundError: a library is not installed.
            ValueError: the model cannot be loaded, or the schema cannot be enforced.
        """
        where = devices.choose(device)
        model = once(("generator", str(self._located[0]), where.kind), partial(LanguageModel, self._located[0], where.kind))
        matcher = model.matcher(request.schema) if request.schema else None
        ids = model.encode(prompts, request.system)
        buckets: dict[int, list[int]] = {}
        for index, tokens in enumerate(ids):
            if not tokens:
                yield {index: Failure("the model's tokenizer knows no part of the prompt")}
            elif model.window is not None and len(tokens) + request.max_tokens > model.window:
                yield {
                    index: Failure(
                        f"the prompt has {len(tokens)} tokens and max_tokens is {request.max_tokens}: "
                        f"together more than the {model.window} tokens that the model can read"
                    )
                }
            else:
                buckets.setdefault(padded(len(tokens)), []).append(index)
        rows = ROWS[where.kind]
        for length in sorted(buckets, reverse=True):
            found = buckets[length]
            for at in range(0, len(found), rows):
                yield attempt(
                    lambda items, rows: model.complete([ids[i] for i in items], rows, request.max_tokens, matcher),
                    found[at : at + rows],
                    rows,
                    where,
                )


def attempt(
    complete: Callable[[list[int], int], list[Answer]], items: list[int], rows: int, device: devices.Device
) -> dict[int, Answer | Failure]:
    """Answer a batch; one that fails is halved, for want of memory or to find the prompt at fault."""
    try:
        return dict(zip(items, complete(items, rows), strict=True))
    except Exception as error:
        if rows == 1:
            return {items[0]: Failure(f"{type(error).__name__}: {error}")}
    devices.release_memory(device)
    half = rows // 2
    answers: dict[int, Answer | Failure] = {}
    for at in range(0, len(items), half):
        answers |= attempt(complete, items[at : at + half], half, device)
    return answers


class LanguageModel:
    """A causal language model in memory, with its tokenizer. Not safe for threads: callers hold the device's lock.

    Attributes:
        window: most tokens of prompt and answer together, or None where the model has no limit.
    """

    def __init__(self, folder: Path, kind: str) -> None:
        try:
            import llguidance  # noqa: F401 - checked here, where a missing library stops the query and not each row
            import torch
            from transformers import AutoModelForCausalLM, AutoTokenizer, GenerationConfig
            from transformers.utils.logging import disable_progress_bar
        except ModuleNotFoundError as error:
            raise ModuleNotFoundError(f"a local language model needs {error.name}: {INSTALL}") from error
        disable_progress_bar()  # It would stand between dbt's log lines.
        # Even a folder may name files elsewhere, such as the base model of an adapter.
        own: Any = {"local_files_only": True, "trust_remote_code": False}
        self._tokenizer: Any = AutoTokenizer.from_pretrained(folder, **own)
        self._model: Any = AutoModelForCausalLM.from_pretrained(folder, use_safetensors=True, dtype=torch.float32, **own)
        self._model.to(kind).eval()
        self._stops = stop_tokens(self._model.generation_config.eos_token_id, self._tokenizer.eos_token_id)
        # Settings of the checkpoint, such as a repetition penalty, would make the decoding other than greedy.
        self._model.generation_config = GenerationConfig()
        config = self._model.config.get_text_config()
        self.window: int | None = getattr(config, "max_position_embeddings", None)
        self._vocabulary = int(config.vocab_size)
        self._control = [token.content for token in self._tokenizer.added_tokens_decoder.values() if token.special]

    def encode(self, prompts: Sequence[str], system: str) -> list[list[int]]:
        """Bring prompts to token ids, in the model's chat template where it has one.

        A prompt that holds the text of a control token, such as ``</s>``, is encoded apart from its frame: it stays text.
        """
        front, back = self._frame(system)
        is_plain = not self._tokenizer.chat_template
        ids: list[list[int]] = self._ids([front + prompt + back for prompt in prompts], add_special_tokens=is_plain)
        for i, prompt in enumerate(prompts):
            if any(token in prompt for token in self._control):
                (before,) = self._ids([front], add_special_tokens=is_plain)
                (inside,) = self._ids([prompt], add_special_tokens=False, split_special_tokens=True)
                (behind,) = self._ids([back], add_special_tokens=False)
                ids[i] = [*before, *inside, *behind]
        return ids

    def _ids(self, texts: list[str], **options: bool) -> list[list[int]]:
        return self._tokenizer(texts, verbose=False, **options).input_ids

    def _frame(self, system: str) -> tuple[str, str]:
        """Return what stands before and behind a prompt."""
        place = "PROMPT-90c1f2aa"
        if not self._tokenizer.chat_template:
            return (f"{system}\n\n" if system else "", "")
        text = self._chat([{"role": "system", "content": system}] if system else [], place)
        if system not in text:
            # Some templates know no system role: they refuse it, or drop it.
            text = self._chat([], f"{system}\n\n{place}")
        front, _, back = text.partition(place)
        return front, back

    def _chat(self, messages: list[dict[str, str]], prompt: str) -> str:
        from jinja2 import TemplateError

        try:
            # Models that can think before they answer would spend max_tokens on thoughts; other templates ignore the switch.
            return self._tokenizer.apply_chat_template(
                [*messages, {"role": "user", "content": prompt}], tokenize=False, add_generation_prompt=True, enable_thinking=False
            )
        except TemplateError:
            if not messages:
                raise
            return ""

    def complete(self, prompts: Sequence[Sequence[int]], rows: int, max_tokens: int, matcher: Any = None) -> list[Answer]:
        """Answer prompts of one padded length.

        Args:
            prompts: token ids, at most ``rows`` prompts.
            rows: rows of every matrix, whatever the number of prompts; fixed shapes keep an answer independent of its neighbours.
            max_tokens: most tokens of an answer.
            matcher: of a schema; None for free text.
        """
        import torch
        from transformers import GenerationConfig, LogitsProcessorList

        length = padded(max(map(len, prompts)))
        filler = self._tokenizer.pad_token_id
        if filler is None:
            filler = self._stops[0] if self._stops else 0
        ids = torch.full((rows, length), filler)
        mask = torch.zeros_like(ids)
        # The first prompt fills up the rows: it ends no later than the batch does.
        for row, tokens in enumerate([*prompts, *[prompts[0]] * (rows - len(prompts))]):
            ids[row, length - len(tokens) :] = torch.tensor(tokens)
            mask[row, length - len(tokens) :] = 1
        settings = GenerationConfig(
            do_sample=False, num_beams=1, max_new_tokens=max_tokens, eos_token_id=self._stops or None, pad_token_id=filler
        )
        with torch.inference_mode():
            out = self._model.generate(
                input_ids=ids.to(self._model.device),
                attention_mask=mask.to(self._model.device),
                generation_config=settings,
                logits_processor=LogitsProcessorList([JsonConstraint(matcher, rows, length)] if matcher else []),
            )
        new = out[: len(prompts), length:].tolist()
        return [self._answer(len(prompt), tokens) for prompt, tokens in zip(prompts, new, strict=True)]

    def _answer(self, input_tokens: int, tokens: list[int]) -> Answer:
        end = next((i for i, token in enumerate(tokens) if token in self._stops), None)
        text = self._tokenizer.decode(tokens[:end], skip_special_tokens=True)
        return Answer(text, end is None, input_tokens, len(tokens) if end is None else end + 1)

    def matcher(self, schema: str) -> Any:
        """Compile a JSON schema, as JSON text, into llguidance's matcher of token sequences.

        Raises:
            ValueError: llguidance does not know something in it.
        """
        from llguidance import LLMatcher

        # Without fixed white space a greedy model may put out blanks until max_tokens.
        spacing: Any = {"whitespace_flexible": False, "item_separator": ", ", "key_separator": ": "}
        found = LLMatcher(self._grammar_tokenizer, LLMatcher.grammar_from_json_schema(schema, overrides=spacing), log_level=0)
        if found.is_error():
            raise ValueError(f"the schema cannot be enforced: {found.get_error()}")
        return found

    @cached_property
    def _grammar_tokenizer(self) -> Any:
        from llguidance.hf import from_tokenizer

        return from_tokenizer(self._tokenizer, n_vocab=self._vocabulary, eos_token=self._stops or None)


class JsonConstraint:
    """Logits processor that leaves only tokens with which a text of the grammar can go on (https://github.com/guidance-ai/llguidance)."""

    def __init__(self, matcher: Any, rows: int, start: int) -> None:
        """Take one copy of the matcher a row; the answers begin at token ``start``."""
        self._matchers = [matcher.deep_copy() for _ in range(rows)]
        self._seen = start

    def __call__(self, input_ids: Tensor, scores: Tensor) -> Tensor:
        """Mask the scores, ``[rows, vocabulary]``, of the tokens that may not follow.

        Raises:
            ValueError: a matcher gave up.
        """
        import torch

        for matcher, tokens in zip(self._matchers, input_ids[:, self._seen :].tolist(), strict=True):
            for token in tokens:
                # Behind its end a row is padded while its neighbours go on.
                if not matcher.is_stopped():
                    matcher.consume_token(token)
            if matcher.is_error():
                raise ValueError(f"the schema could not be enforced: {matcher.get_error()}")
        self._seen = input_ids.shape[1]
        allowed = bytearray(b"".join(matcher.compute_logit_bias() for matcher in self._matchers))
        is_allowed = torch.frombuffer(allowed, dtype=torch.uint8).reshape(len(self._matchers), -1).to(scores.device) > 0
        return scores.masked_fill(~is_allowed, float("-inf"))


def padded(length: int) -> int:
    """Round a length up to the quantum."""
    return -(-length // QUANTUM) * QUANTUM


def stop_tokens(published: int | list[int] | None, own: int | None) -> list[int]:
    """Unite the tokens that end an answer: those of the checkpoint's generation settings and that of its tokenizer, which comes first."""
    given = [published] if isinstance(published, int) else list(published or [])
    return list(dict.fromkeys([*([] if own is None else [own]), *given]))


def locate(name: str, allow_downloads: bool) -> tuple[Path, str]:
    """Find the files of a causal language model: their folder, and ``name@revision``, as ``hub.locate`` has it.

    Raises:
        ValueError: there is no such folder, the id is not on this machine and may not be fetched, or it has no safetensors.
    """
    folder, model = hub.locate(name, allow_downloads, "warehouse_ai_generator")
    hub.require_safetensors(folder, name, "warehouse_ai_generator")
    return folder, model
