"""Embedding of an image: by gradients and colours, or by a CLIP."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from warehouse_ai.functions.files import File, Place, answer_files
from warehouse_ai.functions.frame import Call, apply, scatter, split_failures
from warehouse_ai.models.clip import Clip
from warehouse_ai.models.images import HOG_COLOUR, HogColour, ImageEncoder, decode
from warehouse_ai.models.methods import Unreadable
from warehouse_ai.runtime import device as devices
from warehouse_ai.runtime.run import LEDGER, Failure

NAME = "embed_image"
MODEL = HOG_COLOUR
RESULT = pa.struct([("value", pa.list_(pa.float32())), ("error", pa.string()), ("model", pa.string())])


@dataclass(frozen=True)
class Spec:
    """Which images, and by what.

    Attributes:
        place: where the files are, and how large one may be.
        encoder: what embeds them.
    """

    place: Place
    encoder: ImageEncoder

    @classmethod
    def parse(cls, options: dict[str, Any]) -> Spec:
        """Read what the macro printed."""
        place = Place.parse(options)
        return cls(place, encoder_of(options, place))


def encoder_of(options: dict[str, Any], place: Place) -> ImageEncoder:
    """Return the encoder that a specification names."""
    name = options.get("clip")
    if not name:
        return HogColour()
    local = place.project_dir / name
    return Clip(str(local) if local.is_dir() else name, bool((options.get("settings") or {}).get("allow_downloads")))


def embed(paths: Sequence[str], place: Place, encoder: ImageEncoder, call: Call) -> list[bytes | Failure]:
    """Embed distinct, non-blank paths: for each float32 numbers of norm 1, as bytes."""

    def compute(files: list[File]) -> list[bytes | Failure]:
        prepared = [_prepare(file, encoder) for file in files]
        good = [i for i, p in enumerate(prepared) if isinstance(p, np.ndarray)]
        results: list[bytes | Failure] = [p if isinstance(p, Failure) else Failure("no result") for p in prepared]
        if encoder.is_neural:
            LEDGER.reserve(call.context.invocation, len(good), call.context.max_new_rows)
            LEDGER.add(call.ledger_key, device=devices.choose(call.context.device).kind)
        # One model at a time owns the device.
        with devices.LOCK if encoder.is_neural else nullcontext():
            vectors = encoder.encode([p for p in prepared if isinstance(p, np.ndarray)], call.context.device)
        for i, vector in zip(good, vectors, strict=True):
            if isinstance(vector, Exception):
                results[i] = Failure(f"could not be embedded ({type(vector).__name__}: {vector})")
            else:
                results[i] = vector.tobytes()
        return results

    return answer_files(paths, place, encoder.space, compute, call)


def _prepare(file: File, encoder: ImageEncoder) -> np.ndarray | Failure:
    try:
        return encoder.prepare(decode(file.read()))
    except Unreadable as error:
        return Failure(str(error))


def vectors(results: Sequence[bytes]) -> np.ndarray:
    """Decode embeddings of one encoder: float32 ``[images, dimension]``."""
    return np.stack([np.frombuffer(result, np.float32) for result in results])


def run(column: pa.ChunkedArray, spec: Spec, call: Call) -> pa.StructArray:
    """Embed a column of images into ``RESULT``; vectors have norm 1, and all the same length.

    Raises:
        ModuleNotFoundError: a library is not installed.
        ValueError: the named model cannot be found or loaded.
    """
    call = replace(call, model=spec.encoder.model)

    def evaluate(paths: list[str]) -> dict[str, pa.Array]:
        good, found, errors = split_failures(embed(paths, spec.place, spec.encoder, call))
        values = pa.array([np.frombuffer(result, np.float32) for result in found], RESULT.field("value").type)
        return {"value": scatter(values, good, len(paths)), "error": pa.array(errors, pa.string())}

    return apply(column, call, RESULT, evaluate)
