"""Size, colours, texture, sharpness and perceptual hash of an image."""

from __future__ import annotations

import json

import pyarrow as pa

from warehouse_ai.functions.files import File, Spec, answer_files, attempt
from warehouse_ai.functions.frame import Call, apply, scatter, split_failures
from warehouse_ai.models.images import FEATURES, decode, features
from warehouse_ai.models.methods import versions
from warehouse_ai.runtime.cache import namespace
from warehouse_ai.runtime.run import Failure

NAME = "image_features"
MODEL = FEATURES
RESULT = pa.struct(
    [
        ("width", pa.int32()),
        ("height", pa.int32()),
        ("aspect_ratio", pa.float64()),
        ("brightness", pa.float64()),
        ("mean_red", pa.float64()),
        ("mean_green", pa.float64()),
        ("mean_blue", pa.float64()),
        ("variance_red", pa.float64()),
        ("variance_green", pa.float64()),
        ("variance_blue", pa.float64()),
        ("texture_variance", pa.float64()),
        ("sharpness", pa.float64()),
        ("perceptual_hash", pa.string()),
        ("error", pa.string()),
    ]
)


def run(column: pa.ChunkedArray, spec: Spec, call: Call) -> pa.StructArray:
    """Measure a column of images into ``RESULT``; ``models.images.features`` says what each number means.

    Raises:
        ModuleNotFoundError: a library that reads images is not installed.
    """
    space = namespace("image_features", FEATURES.model, *versions("Pillow", "scikit-image", "ImageHash"))

    def compute(files: list[File]) -> list[bytes | Failure]:
        return [attempt(lambda file=file: json.dumps(features(decode(file.read()))).encode()) for file in files]  # type: ignore[misc]

    def evaluate(paths: list[str]) -> dict[str, pa.Array]:
        good, found, errors = split_failures(answer_files(paths, spec.place, space, compute, call))
        rows = [json.loads(answer) for answer in found]
        arrays = {
            field.name: scatter(pa.array([row[field.name] for row in rows], field.type), good, len(paths))
            for field in RESULT
            if field.name != "error"
        }
        return {**arrays, "error": pa.array(errors, pa.string())}

    return apply(column, call, RESULT, evaluate)
