"""Runtime task around the span extractor: named fields of a text to scored spans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from warehouse_ai.models.adapters import EXTRACT
from warehouse_ai.models.loading import once
from warehouse_ai.models.packing import pack_inputs
from warehouse_ai.models.registry import load_text_encoder, load_tokenizer
from warehouse_ai.models.spans import MAX_FIELDS, OVERLAP, Prompt, Span, build_prompt, decode, united, without_rivals
from warehouse_ai.runtime.cache import namespace

if TYPE_CHECKING:
    from warehouse_ai.models.span_extractor import SpanExtractor
    from warehouse_ai.runtime.batching import Batch
    from warehouse_ai.runtime.device import Device


@dataclass(frozen=True)
class PromptedWindow:
    """A window of a text behind some of the field names.

    Attributes:
        text: index of the text.
        prompt: tokens and places.
        fields: indices of the fields that it asks for.
    """

    text: int
    prompt: Prompt
    fields: tuple[int, ...]

    @property
    def ids(self) -> np.ndarray:
        """Token ids, int32."""
        return self.prompt.ids


@dataclass(frozen=True)
class FieldExtractor:
    """Find the spans of each field; scores are calibrated probabilities that the span is exactly right (Platt scaling on development rows).

    Attributes:
        fields: field names or ``name: description``; their order does not matter to a field's neighbours beyond its group of sixteen.
    """

    fields: tuple[str, ...]

    @cached_property
    def space(self) -> bytes:
        """Cache namespace."""
        return namespace("extract", EXTRACT.revision, "fp32", *self.fields)

    def inputs(self, texts: list[str]) -> list[PromptedWindow]:
        """Tokenize, and put up to sixteen field names in front of each window."""
        tokenizer = load_tokenizer()
        names = [window.ids[1:-1] for window in tokenizer.windows(list(self.fields))]
        groups = [tuple(range(at, min(at + MAX_FIELDS, len(names)))) for at in range(0, len(names), MAX_FIELDS)]
        return [
            PromptedWindow(window.text, build_prompt([names[i] for i in group], window.ids, window.offsets), group)
            for window in tokenizer.windows(texts, overlap=OVERLAP)
            for group in groups
        ]

    @staticmethod
    def _load(device: Device) -> tuple[SpanExtractor, float, float]:
        from warehouse_ai.models.span_extractor import SpanExtractor

        tensors = EXTRACT.load()
        model = SpanExtractor(load_text_encoder(EXTRACT.encoder_changes(tensors)))
        head = {name: t for name, t in tensors.items() if name.split(".")[0] in ("token", "field", "bias")}
        missing, unexpected = model.load_state_dict(head, strict=False)
        if unexpected or any(not name.startswith("encoder.") for name in missing):
            raise ValueError(f"{EXTRACT.path.name} does not fit this version: missing {missing}, unexpected {unexpected}")
        slope, intercept = (float(x) for x in tensors["platt"])
        return model.to(device.kind).eval(), slope, intercept

    def compute(self, inputs: Sequence[PromptedWindow], batch: Batch, device: Device) -> list[dict[int, list[Span]]]:
        """Return the spans of each window by field, offsets into the whole text."""
        import torch

        model, slope, intercept = once((EXTRACT.name, device.kind), lambda: self._load(device))
        prompts = [item.prompt for item in inputs]
        with torch.inference_mode():
            logits = model(pack_inputs([prompt.ids for prompt in prompts], batch, device.kind), prompts)
        found = []
        for item, scores in zip(inputs, logits, strict=True):
            probabilities = torch.sigmoid(scores).cpu().numpy()
            spans = {f: decode(probabilities[i], item.prompt.offsets) for i, f in enumerate(item.fields)}
            found.append({f: [_calibrated(span, slope, intercept) for span in ss] for f, ss in spans.items()})
        return found

    def merge(self, text: str, inputs: Sequence[PromptedWindow], parts: Sequence[dict[int, list[Span]]]) -> bytes:
        """Unite the windows' spans; of two that overlap the more probable stays, of different fields too where the other is unsure."""
        return united(without_rivals([[s for part in parts for s in part.get(index, [])] for index in range(len(self.fields))]))


def _calibrated(span: Span, slope: float, intercept: float) -> Span:
    score = min(max(span.score, 1e-6), 1 - 1e-4)
    logit = slope * np.log(score / (1 - score)) + intercept
    return Span(span.start, span.end, float(1 / (1 + np.exp(-logit))))
