"""Runtime task around the sequence classifier: a text, with a prompt or without, to the scores of an adapter's classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np

from warehouse_ai.models.adapters import Adapter
from warehouse_ai.models.loading import once
from warehouse_ai.models.packing import pack_inputs
from warehouse_ai.models.registry import load_text_encoder, load_tokenizer
from warehouse_ai.runtime.cache import namespace

if TYPE_CHECKING:
    from warehouse_ai.models.sequence_classifier import SequenceClassifier
    from warehouse_ai.runtime.batching import Batch
    from warehouse_ai.runtime.device import Device
    from warehouse_ai.runtime.run import Input


Merging = Literal["mean", "max", "mentioned"]
SEPARATOR = "\x1f"
"""Between prompt and text (the ASCII unit separator)."""


def with_prompt(prompt: str, text: str) -> str:
    """Join a prompt and a text to what a prompted classifier reads and the cache knows."""
    return f"{prompt.replace(SEPARATOR, ' ')}{SEPARATOR}{text}"


def prompt_fits(prompt: str) -> bool:
    """Tell whether a prompt leaves the model room for the text."""
    return len(load_tokenizer().windows([prompt])) == 1


@dataclass(frozen=True)
class PromptedText:
    """A window of a text behind a prompt.

    Attributes:
        text: index of the text.
        ids: int32 token ids.
        prompt: how many of them are the prompt's; 0 where there is none.
    """

    text: int
    ids: np.ndarray
    prompt: int


@dataclass(frozen=True)
class TextClassifier:
    """Runtime task: a text to one float32 logit for each class of the adapter; calibration is part of the adapter's head.

    Attributes:
        adapter: weights.
        prompted: texts come as ``with_prompt`` makes them, each with a prompt of its own.
        merging: of a long text's windows: ``mean`` of the logits weighted by tokens, ``max`` for what a part makes true of the whole, or
            ``mentioned`` for the window that most probably does not belong to the last class, ``not mentioned``.
    """

    adapter: Adapter
    prompted: bool = False
    merging: Merging = "mean"

    @cached_property
    def space(self) -> bytes:
        """Cache namespace."""
        return namespace("classifier", self.adapter.revision, "fp32", self.merging)

    def inputs(self, texts: list[str]) -> list[PromptedText]:
        """Tokenize."""
        tokenizer = load_tokenizer()
        if not self.prompted:
            return [PromptedText(window.text, window.ids, 0) for window in tokenizer.windows(texts)]
        pairs = [text.split(SEPARATOR, 1) for text in texts]
        prompts = list(dict.fromkeys(prompt for prompt, _ in pairs))
        front = {prompts[window.text]: window.ids for window in reversed(tokenizer.windows(prompts))}
        return [
            PromptedText(window.text, np.concatenate((front[pairs[window.text][0]], window.ids[1:])), len(front[pairs[window.text][0]]) - 2)
            for window in tokenizer.windows([text for _, text in pairs])
        ]

    def _load(self, device: Device) -> SequenceClassifier:
        from warehouse_ai.models.sequence_classifier import SequenceClassifier

        tensors = self.adapter.load()
        head = {name: tensor for name, tensor in tensors.items() if name.startswith("head.")}
        model = SequenceClassifier(load_text_encoder(self.adapter.encoder_changes(tensors)), len(head["head.bias"]), prompted=self.prompted)
        model.load_state_dict({**model.state_dict(), **head})
        return model.to(device.kind).eval()

    def compute(self, inputs: Sequence[PromptedText], batch: Batch, device: Device) -> list[np.ndarray]:
        """Return the logits of each window, float32 ``[classes]``."""
        import torch

        model = once((self.adapter.name, device.kind), lambda: self._load(device))
        packed = pack_inputs([item.ids for item in inputs], batch, device.kind)
        prompts = [(item.prompt, len(item.ids)) for item in inputs] if self.prompted else None
        with torch.inference_mode():
            # An input has two tokens or more, so this is as many rows as the batch can hold.
            return list(model(packed, prompts, rows=batch.tokens // 2).cpu().numpy())

    def merge(self, text: str, inputs: Sequence[PromptedText], parts: Sequence[np.ndarray]) -> bytes:
        """Unite the windows."""
        return merged(self.merging, inputs, parts)


def merged(merging: Merging, inputs: Sequence[Input], parts: Sequence[np.ndarray]) -> bytes:
    """Encode the logits of a text for the cache, those of its windows united as ``TextClassifier`` says."""
    if merging == "mentioned":
        return min(parts, key=lambda part: float(softmax(part)[-1])).astype(np.float32).tobytes()
    if merging == "max":
        return np.max(parts, axis=0).astype(np.float32).tobytes()
    return np.average(parts, axis=0, weights=[len(item.ids) for item in inputs]).astype(np.float32).tobytes()


def logits(results: Sequence[bytes], classes: int) -> np.ndarray:
    """Decode cached results to float64 ``[texts, classes]``."""
    return np.frombuffer(b"".join(results), np.float32).reshape(len(results), classes).astype(np.float64)


def softmax(scores: np.ndarray) -> np.ndarray:
    """Probabilities over the last axis."""
    exp = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return exp / exp.sum(axis=-1, keepdims=True)


def sigmoid(scores: np.ndarray) -> np.ndarray:
    """Independent probabilities."""
    return 1 / (1 + np.exp(-scores))
