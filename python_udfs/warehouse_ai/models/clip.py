"""Images and captions in one vector space: a CLIP in the published format of transformers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from warehouse_ai.models import hub
from warehouse_ai.models.loading import once
from warehouse_ai.models.methods import versions
from warehouse_ai.runtime import device as devices
from warehouse_ai.runtime.cache import key, namespace, open_cache

if TYPE_CHECKING:
    from PIL.Image import Image

    from warehouse_ai.runtime.context import Context

ROWS = {"cpu": 1, "mps": 32, "cuda": 64}
"""Images of a batch. A smaller one is filled up: matrices of one size keep an answer independent of its neighbours."""


@dataclass(frozen=True)
class Clip:
    """Image encoder of a CLIP (Radford et al. 2021, https://arxiv.org/abs/2103.00020).

    Attributes:
        name: folder, or Hugging Face id with an optional ``@revision``.
        allow_downloads: fetch the files of an id that is not in the local Hugging Face cache.
    """

    name: str
    allow_downloads: bool = False
    is_neural = True

    @cached_property
    def _located(self) -> tuple[Path, str]:
        return once(("clip files", self.name, self.allow_downloads), partial(locate, self.name, self.allow_downloads))

    @property
    def model(self) -> str:
        """How ledgers and results call it: ``name@revision``.

        Raises:
            ValueError: there is no such CLIP on this machine.
        """
        return self._located[1]

    @property
    def space(self) -> bytes:
        """Cache namespace; the libraries are part of it, since they resize the images."""
        return namespace("embed_image", self.model, "fp32", *versions("Pillow", "transformers"))

    def _load(self, kind: str) -> ClipModel:
        return once(("clip", str(self._located[0]), kind), partial(ClipModel, self._located[0], kind))

    def prepare(self, image: Image) -> np.ndarray:
        """Resize, crop and normalise as the model was trained: float32 ``[3, height, width]``."""
        pixels = once(("clip pixels", str(self._located[0])), partial(image_processor, self._located[0]))
        return np.asarray(pixels(image, return_tensors="np")["pixel_values"][0], np.float32)

    def encode(self, arrays: Sequence[np.ndarray], wanted: str) -> list[np.ndarray | Exception]:
        """Embed prepared images: float32 vectors of norm 1, as long as the model's projection, or what went wrong with a batch."""
        device = devices.choose(wanted)
        model = self._load(device.kind)
        rows = ROWS[device.kind]
        results: list[np.ndarray | Exception] = [RuntimeError("no result")] * len(arrays)
        batches = [range(at, min(at + rows, len(arrays))) for at in range(0, len(arrays), rows)]
        for batch, found in devices.map_unordered(device, lambda b: model.images([arrays[i] for i in b], rows), batches):
            for place, index in enumerate(batch):
                results[index] = found if isinstance(found, Exception) else found[place]
        return results

    def prototypes(self, captions: Sequence[Sequence[str]], context: Context) -> tuple[float, np.ndarray]:
        """Embed labels by the mean of their captions.

        Args:
            captions: of each label.
            context: device and place of the cache.

        Returns:
            The temperature by which the model multiplies cosines, and float32 ``[labels, dimension]`` of norm 1.

        Raises:
            ValueError: a caption is longer than the model's window.
        """
        told = "\x1e".join("\x1f".join(texts) for texts in captions)
        address = key(namespace("clip captions", self.model, "fp32", *versions("transformers")), told)
        cache = open_cache(context.cache_dir, context.cache_max_gb)
        found = cache.get_many([address]).get(address)
        if found is None:
            with devices.LOCK:
                model = self._load(devices.choose(context.device).kind)
                means = np.stack([np.mean([model.caption(text) for text in texts], axis=0) for texts in captions])
                unit = means / np.linalg.norm(means, axis=1, keepdims=True)
                found = np.concatenate([[model.scale], unit.ravel()]).astype(np.float32).tobytes()
            cache.put_many([(address, found)])
        numbers = np.frombuffer(found, np.float32)
        return float(numbers[0]), numbers[1:].reshape(len(captions), -1)


class ClipModel:
    """A CLIP in memory.

    Attributes:
        scale: what it multiplies cosines by.
    """

    def __init__(self, folder: Path, kind: str) -> None:
        import torch
        from transformers import AutoTokenizer, CLIPModel

        own: Any = {"local_files_only": True, "trust_remote_code": False}
        published: Any = CLIPModel
        self._tokenizer: Any = AutoTokenizer.from_pretrained(folder, **own)
        self._model = published.from_pretrained(folder, use_safetensors=True, dtype=torch.float32, **own).to(kind).eval()
        self._kind = kind
        self._window = int(self._model.config.text_config.max_position_embeddings)
        self.scale = float(self._model.logit_scale.detach().exp())

    def images(self, arrays: Sequence[np.ndarray], rows: int) -> np.ndarray:
        """Embed at most ``rows`` prepared images in a batch of just as many: float32 ``[images, dimension]`` of norm 1."""
        import torch

        batch = np.zeros((rows, *arrays[0].shape), np.float32)
        batch[: len(arrays)] = arrays
        with torch.inference_mode():
            states = self._model.vision_model(pixel_values=torch.from_numpy(batch).to(self._kind)).pooler_output
            return _unit(self._model.visual_projection(states)[: len(arrays)])

    def caption(self, text: str) -> np.ndarray:
        """Embed a caption: float32 ``[dimension]`` of norm 1.

        Raises:
            ValueError: it is longer than the model's window.
        """
        import torch

        ids = self._tokenizer(text, verbose=False).input_ids
        if len(ids) > self._window:
            raise ValueError(f"'{text[:40]}...' is longer than the {self._window} tokens of the CLIP: say it in fewer words")
        with torch.inference_mode():
            states = self._model.text_model(input_ids=torch.tensor([ids], device=self._kind)).pooler_output
            return _unit(self._model.text_projection(states))[0]


def _unit(vectors: Any) -> np.ndarray:
    found = vectors.float().cpu().numpy()
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def image_processor(folder: Path) -> Any:
    """Load what resizes images for a CLIP, in its variant without torchvision, so that an image looks the same on every machine."""
    from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

    return CLIPImageProcessorPil.from_pretrained(folder, local_files_only=True)


def locate(name: str, allow_downloads: bool) -> tuple[Path, str]:
    """Find the files of a CLIP.

    Args:
        name: folder, or Hugging Face id with an optional ``@revision``.
        allow_downloads: ask the Hugging Face hub for an id.

    Returns:
        Their folder, and ``name@revision``: for an id its commit, for a folder a hash of its files.

    Raises:
        ModuleNotFoundError: transformers is not installed.
        ValueError: there is no such folder, the id is not on this machine and may not be fetched, or it is no CLIP in safetensors.
    """
    versions("transformers")
    folder, model = hub.locate(name, allow_downloads, "model")
    config = folder / "config.json"
    kind = json.loads(config.read_text(encoding="utf8")).get("model_type") if config.exists() else "nothing known"
    if kind != "clip":
        raise ValueError(f"model is '{name}', which is {kind} and not a CLIP: name a folder or id whose config.json has model_type clip")
    hub.require_safetensors(folder, name, "model")
    return folder, model
