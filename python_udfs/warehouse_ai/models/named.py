"""Text models that the user names: a folder or a Hugging Face id, in a published format of transformers or sentence-transformers."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from warehouse_ai.models import hub
from warehouse_ai.models.loading import once

if TYPE_CHECKING:
    from torch import Tensor

    from warehouse_ai.runtime.batching import Batch
    from warehouse_ai.runtime.device import Device

INSTALL = "pip install 'warehouse-ai[models]'"
ENCODER = "an encoder"
CLASSIFIER = "a sequence classifier"
QUESTION_ANSWERER = "a question answering model"
TOKEN_CLASSIFIER = "a token classifier"
KINDS = {"ForSequenceClassification": CLASSIFIER, "ForQuestionAnswering": QUESTION_ANSWERER, "ForTokenClassification": TOKEN_CLASSIFIER}
"""By the end of the architecture's name in ``config.json``."""
ROWS = {"cpu": 1, "mps": 16, "cuda": 64}
"""Inputs of a forward pass. A smaller number is filled up: matrices of one size keep an answer independent of its neighbours."""
OFFSET_POSITIONS = ("roberta", "xlm-roberta", "camembert", "mpnet", "longformer")
"""Architectures whose positions start behind the padding token's."""


@dataclass(frozen=True)
class NamedWindow:
    """A window of a text, with its prompt where there is one.

    Attributes:
        text: index of the text.
        ids: int32 token ids, special tokens included.
        types: int32 segment of each token.
        offsets: int32 ``[tokens, 2]`` character offsets into the text; (-1, -1) at tokens that are not the text's.
        words: int32 ``[tokens]`` number of the word that each token is a piece of; -1 where it is of none.
    """

    text: int
    ids: np.ndarray
    types: np.ndarray
    offsets: np.ndarray
    words: np.ndarray


@dataclass(frozen=True)
class NamedModel:
    """A model of texts that no package ships.

    Attributes:
        name: folder, or Hugging Face id with an optional ``@revision``.
        allow_downloads: fetch the files of an id that is not in the local Hugging Face cache.
    """

    name: str
    allow_downloads: bool = False

    @classmethod
    def parse(cls, options: Mapping[str, Any], *kinds: str) -> NamedModel | None:
        """Read what the macro printed; None where the function uses its default.

        Args:
            options: of a specification.
            kinds: models that the function can use; none for any.

        Raises:
            ValueError: the model cannot be found, or is of another kind.
        """
        if not options.get("named"):
            return None
        settings = options.get("settings") or {}
        local = Path(settings.get("project_dir") or "") / options["named"]
        named = cls(str(local) if local.is_dir() else options["named"], bool(settings.get("allow_downloads")))
        if kinds and named.kind not in kinds:
            raise ValueError(
                f"ai_{options['function']}: argument 'model' is '{named.name}', {named.kind}: it needs {' or '.join(kinds)} (config.json)"
            )
        return named

    @cached_property
    def _located(self) -> tuple[Path, str]:
        for library in ("transformers", "sentence_transformers"):
            if importlib.util.find_spec(library) is None:
                raise ModuleNotFoundError(f"model '{self.name}' needs {library}: {INSTALL}")
        return once(("named files", self.name, self.allow_downloads), partial(hub.locate, self.name, self.allow_downloads, "model"))

    @property
    def folder(self) -> Path:
        """Where its files are."""
        return self._located[0]

    @property
    def model(self) -> str:
        """How ledgers and results call it: ``name@revision``.

        Raises:
            ValueError: there is no such model on this machine.
        """
        return self._located[1]

    @cached_property
    def config(self) -> dict[str, Any]:
        """Read ``config.json``.

        Raises:
            ValueError: there is none, or no safetensors file beside it.
        """
        path = self.folder / "config.json"
        if not path.exists():
            raise ValueError(f"model is '{self.name}', which has no config.json: name a folder or id in the format of transformers")
        hub.require_safetensors(self.folder, self.name, "model")
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf8"))
        return found

    @cached_property
    def kind(self) -> str:
        """What it computes, one of the kinds of this module, or its architecture."""
        architecture = next(iter(self.config.get("architectures") or ()), "nothing known")
        if (self.folder / "modules.json").exists():
            return ENCODER
        if architecture.endswith("Model") and self.config.get("model_type") != "clip":
            return ENCODER
        return next((kind for end, kind in KINDS.items() if architecture.endswith(end)), architecture)

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Names of the classes of a classifier, by their number."""
        # transformers leaves out the names that it gives to two nameless classes.
        names = {int(number): str(name) for number, name in (self.config.get("id2label") or {0: "LABEL_0", 1: "LABEL_1"}).items()}
        return tuple(names[number] for number in sorted(names))

    @property
    def tokenizer(self) -> Any:
        """Its tokenizer, loaded once."""
        return once(("named tokenizer", str(self.folder)), partial(load_tokenizer, self.folder, self.name))

    @cached_property
    def max_tokens(self) -> int:
        """Tokens of a window, special tokens included."""
        positions = self.config.get("max_position_embeddings")
        limits = [self.tokenizer.model_max_length, positions]
        if positions and self.config.get("model_type") in OFFSET_POSITIONS:
            limits.append(positions - 2)
        settings = self.folder / "sentence_bert_config.json"
        if settings.exists():
            limits.append(json.loads(settings.read_text(encoding="utf8")).get("max_seq_length"))
        # A tokenizer without a limit has one of 1e30.
        return min(int(limit) for limit in limits if limit and limit < 1e6)

    def prompt_fits(self, prompt: str) -> bool:
        """Tell whether a prompt leaves at least half of the window to the text."""
        return len(self.tokenizer(prompt, verbose=False).input_ids) <= self.max_tokens // 2

    def windows(
        self, texts: Sequence[str], prompts: Sequence[str] | None = None, *, prompt_first: bool = False, overlap: int = 0
    ) -> list[NamedWindow]:
        """Tokenize texts, and split those over ``max_tokens`` into windows.

        Args:
            texts: any strings.
            prompts: what is read together with each text, at most half a window long.
            prompt_first: whether it stands before the text.
            overlap: tokens that neighbouring windows of one text share.

        Returns:
            At least one window a text, in the order of the texts.
        """
        if not texts:
            return []
        first: Sequence[str] = texts
        second: Sequence[str] | None = prompts
        if prompts is not None and prompt_first:
            first, second = prompts, texts
        encoded = self.tokenizer(
            list(first),
            None if second is None else list(second),
            truncation="only_second" if second is texts else "only_first",
            max_length=self.max_tokens,
            stride=overlap,
            return_overflowing_tokens=True,
            return_offsets_mapping=True,
            return_token_type_ids=True,
        )
        own = 1 if second is texts else 0
        found = []
        for row, text in enumerate(encoded["overflow_to_sample_mapping"]):
            offsets = np.array(encoded["offset_mapping"][row], np.int32).reshape(-1, 2)
            offsets[np.array([part != own for part in encoded.sequence_ids(row)])] = -1
            ids, types = (np.array(encoded[name][row], np.int32) for name in ("input_ids", "token_type_ids"))
            words = np.array([-1 if word is None else word for word in encoded.word_ids(row)], np.int32)
            found.append(NamedWindow(int(text), ids, types, offsets, words))
        return found

    def offsets(self, texts: list[str]) -> list[np.ndarray]:
        """Tokenize texts whole: int32 ``[tokens, 2]`` character offsets of each, special tokens excluded."""
        encoded = self.tokenizer(texts, add_special_tokens=False, return_offsets_mapping=True, verbose=False)
        return [np.array(found, np.int32).reshape(-1, 2) for found in encoded["offset_mapping"]]

    def load(self, architecture: str, kind: str) -> Any:
        """Return the model as one of transformers' ``AutoModel`` classes on a device, loaded once.

        Raises:
            ValueError: the files do not fit together.
        """
        return once(("named model", str(self.folder), architecture, kind), partial(load_model, self.folder, self.name, architecture, kind))


def load_tokenizer(folder: Path, name: str) -> Any:
    """Load a model's tokenizer.

    Raises:
        ValueError: it has none that knows where its tokens stand.
    """
    from transformers import AutoTokenizer

    published: Any = AutoTokenizer
    try:
        tokenizer = published.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    except (OSError, ValueError) as error:
        raise ValueError(f"model is '{name}', whose tokenizer cannot be loaded: {error}") from error
    if not tokenizer.is_fast:
        raise ValueError(f"model is '{name}', which has no tokenizer.json: save its tokenizer in the fast format")
    return tokenizer


def load_model(folder: Path, name: str, architecture: str, kind: str) -> Any:
    """Load a model in fp32, from safetensors and without code of its own.

    Raises:
        ValueError: the files do not fit together.
    """
    import torch
    import transformers

    try:
        model = getattr(transformers, architecture).from_pretrained(
            folder, use_safetensors=True, dtype=torch.float32, local_files_only=True, trust_remote_code=False
        )
    except (OSError, ValueError, RuntimeError) as error:
        raise ValueError(f"model is '{name}', which cannot be loaded: {error}") from error
    return model.to(kind).eval()


def forward(
    compute: Callable[[dict[str, Tensor]], Tensor], inputs: Sequence[NamedWindow], batch: Batch, device: Device
) -> list[np.ndarray]:
    """Run inputs through a model in batches of canonical shape.

    Args:
        compute: maps ``input_ids``, ``attention_mask`` and ``token_type_ids``, int64 ``[rows, tokens]``, to one tensor ``[rows, ...]``.
        inputs: windows, the longest first.
        batch: where they come from; each is padded to a multiple of its quantum.
        device: where the model is.

    Returns:
        What the tensor holds for each input, in their order.
    """
    import torch

    rows = ROWS[device.kind]
    results: list[np.ndarray] = []
    with torch.inference_mode():
        for length, group in groupby(inputs, key=lambda window: batch.padded(len(window.ids))):
            members = list(group)
            for at in range(0, len(members), rows):
                part = members[at : at + rows]
                tensors = {name: np.zeros((rows, length), np.int64) for name in ("input_ids", "attention_mask", "token_type_ids")}
                # What is missing repeats the first: a row without a token would make NaN.
                for row in range(rows):
                    window = part[row] if row < len(part) else part[0]
                    tensors["input_ids"][row, : len(window.ids)] = window.ids
                    tensors["attention_mask"][row, : len(window.ids)] = 1
                    tensors["token_type_ids"][row, : len(window.ids)] = window.types
                found = compute({name: torch.from_numpy(tensor).to(device.kind) for name, tensor in tensors.items()})
                results += list(found[: len(part)].float().cpu().numpy())
    return results


def accepted(model: Any, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Leave out segments where a model has none."""
    segments = int(getattr(model.config, "type_vocab_size", 0) or 0)
    return tensors if segments > 1 else {name: tensor for name, tensor in tensors.items() if name != "token_type_ids"}
