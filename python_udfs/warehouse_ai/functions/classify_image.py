"""Classification of images: zero-shot by the label whose caption a CLIP finds nearest, or by a head fitted on labelled images."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from warehouse_ai.functions import classify
from warehouse_ai.functions.classify import labelled
from warehouse_ai.functions.embed_image import embed, encoder_of, vectors
from warehouse_ai.functions.files import Place
from warehouse_ai.functions.frame import Call, apply, split_failures
from warehouse_ai.functions.heads import Head, threshold_of
from warehouse_ai.functions.labels import cosines
from warehouse_ai.models.clip import Clip
from warehouse_ai.models.images import HOG_COLOUR, ImageEncoder
from warehouse_ai.models.text_classifier import softmax

NAME = "classify_image"
MODEL = HOG_COLOUR
RESULT = classify.RESULT
CAPTIONS = ("a photo of {}.", "a picture of {}.", "{}.")
"""Captions around a label; the mean of their embeddings is nearer to real captions than the name alone (Radford et al. 2021,
https://arxiv.org/abs/2103.00020, section 3.1.4)."""


@dataclass(frozen=True)
class Spec:
    """Labels and what to do where none fits.

    Attributes:
        place: where the files are, and how large one may be.
        encoder: what embeds the images.
        labels: label and its captions, at least two labels; none with a head.
        threshold: the least probability, 0..1, with which a label is given.
        none_label: what stands for no label; None for NULL.
        head_relation: where to find a head that takes the place of the labels; empty without one.
        precision: ``p90``, ``p95`` or ``p99`` where the head's threshold for it takes the place of ``threshold``.
        head: that head, once it has been read.
    """

    place: Place
    encoder: ImageEncoder
    labels: tuple[tuple[str, tuple[str, ...]], ...]
    threshold: float
    none_label: str | None
    head_relation: str = ""
    precision: str = ""
    head: Head | None = None

    @classmethod
    def parse(cls, options: dict[str, Any]) -> Spec:
        """Read what the macro printed."""
        place = Place.parse(options)
        labels = tuple((label["name"], captions(label)) for label in options.get("labels") or ())
        threshold, precision = threshold_of(options.get("threshold"))
        head = options.get("head_relation") or ""
        return cls(place, encoder_of(options, place), labels, threshold, options.get("none_label"), head, precision)


def captions(label: dict[str, Any]) -> tuple[str, ...]:
    """Return the captions that stand for a label: around its name, around its description where it has one, and its examples."""
    subjects = filter(None, (label["name"].replace("_", " "), label.get("description")))
    return (*(caption.format(subject) for subject in subjects for caption in CAPTIONS), *(label.get("examples") or ()))


def probabilities(spec: Spec, unit: np.ndarray, call: Call) -> tuple[tuple[str, ...], np.ndarray]:
    """Score unit vectors ``[images, dimension]``: the labels, and float64 ``[images, labels]`` that sum to 1.

    Zero-shot probabilities are the softmax of cosines at the temperature that the CLIP was trained with, not calibrated any further; those
    of a head are calibrated by its fit.
    """
    if spec.head:
        return spec.head.labels, spec.head.probabilities(unit).astype(np.float64)
    if not isinstance(spec.encoder, Clip):
        raise ValueError(f"{call.function}: labels need a CLIP: pass model=")
    scale, prototypes = spec.encoder.prototypes([texts for _, texts in spec.labels], call.context)
    return tuple(name for name, _ in spec.labels), softmax(scale * cosines(unit, prototypes))


def run(column: pa.ChunkedArray, spec: Spec, call: Call) -> pa.StructArray:
    """Classify a column of images into ``RESULT``.

    Raises:
        ModuleNotFoundError: a library is not installed.
        ValueError: the named model cannot be found or loaded, a label is too long for it, or the head was fitted on another encoder.
    """
    if spec.head and spec.head.model != spec.encoder.model:
        raise ValueError(
            f"{call.function}: the newest head in {spec.head_relation} was fitted on {spec.head.model} and the images are embedded by "
            f"{spec.encoder.model}: pass the model that it was fitted with, or fit it again"
        )
    if not spec.head:
        call = replace(call, model=spec.encoder.model)

    def evaluate(paths: list[str]) -> dict[str, pa.Array]:
        good, found, errors = split_failures(embed(paths, spec.place, spec.encoder, call))
        if not found:
            return {**{field.name: pa.nulls(len(paths), field.type) for field in RESULT}, "error": pa.array(errors, pa.string())}
        names, scores = probabilities(spec, vectors(found), call)
        return labelled(names, scores, good, errors, spec.threshold, spec.none_label)

    return apply(column, call, RESULT, evaluate)
