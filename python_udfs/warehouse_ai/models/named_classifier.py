"""Sequence classifiers that the user names: of a text, or of a text and a prompt, such as a model of entailment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np

from warehouse_ai.models.named import NamedModel, NamedWindow, accepted, forward
from warehouse_ai.models.text_classifier import SEPARATOR, merged, sigmoid, softmax
from warehouse_ai.runtime.cache import namespace

if TYPE_CHECKING:
    from torch import Tensor

    from warehouse_ai.runtime.batching import Batch
    from warehouse_ai.runtime.device import Device


@dataclass(frozen=True)
class NamedClassifier:
    """Runtime task: a text to one float32 logit for each label of the model.

    Attributes:
        named: the model.
        prompted: texts come as ``with_prompt`` makes them; the model reads (text, prompt).
        merging: of a long text's windows: ``mean`` of the logits weighted by tokens, or ``max`` for what a part makes true of the whole.
    """

    named: NamedModel
    prompted: bool = False
    merging: Literal["mean", "max"] = "mean"

    @cached_property
    def space(self) -> bytes:
        """Cache namespace."""
        return namespace("named classifier", self.named.model, "fp32", self.merging)

    def inputs(self, texts: list[str]) -> list[NamedWindow]:
        """Tokenize."""
        if not self.prompted:
            return self.named.windows(texts)
        pairs = [text.split(SEPARATOR, 1) for text in texts]
        return self.named.windows([text for _, text in pairs], [prompt for prompt, _ in pairs])

    def compute(self, inputs: Sequence[NamedWindow], batch: Batch, device: Device) -> list[np.ndarray]:
        """Return the logits of each window, float32 ``[labels]``."""
        model = self.named.load("AutoModelForSequenceClassification", device.kind)

        def logits(tensors: dict[str, Tensor]) -> Tensor:
            found: Tensor = model(**accepted(model, tensors)).logits
            return found

        return forward(logits, inputs, batch, device)

    def merge(self, text: str, inputs: Sequence[NamedWindow], parts: Sequence[np.ndarray]) -> bytes:
        """Unite the windows."""
        return merged(self.merging, inputs, parts)


def entailment_of(named: NamedModel) -> int | None:
    """Return the number of the label that says that the text entails the prompt, or None where the model is of another kind."""
    found = [i for i, label in enumerate(named.labels) if label.lower().startswith("entail")]
    return found[0] if found else None


def probabilities(named: NamedModel, scores: np.ndarray) -> np.ndarray:
    """Turn logits ``[texts, labels]`` into what the model was trained to mean: shares of one, or independent probabilities."""
    return sigmoid(scores) if named.config.get("problem_type") == "multi_label_classification" else softmax(scores)
