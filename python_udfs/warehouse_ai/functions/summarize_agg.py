"""Extractive summary of the texts of a group: the sentences nearest to the whole that differ from each other, the most central first."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from warehouse_ai.functions import summarize
from warehouse_ai.functions.frame import ABSTAINED, Call
from warehouse_ai.functions.groups import apply_groups, embedded
from warehouse_ai.functions.sentences import sentences
from warehouse_ai.models.embedder import vectors
from warehouse_ai.models.registry import ENCODER

NAME = "summarize_agg"
MODEL = ENCODER
INPUTS = ("VARCHAR[]",)
RESULT = pa.struct([("value", pa.string()), ("error", pa.string()), ("model", pa.string())])
Spec = summarize.Spec


def run(columns: list[pa.ChunkedArray], spec: summarize.Spec, call: Call) -> pa.StructArray:
    """Summarise groups of texts into ``RESULT``; the same texts in any order give the same summary."""

    def answer(texts: list[str | None]) -> dict[str, str | None]:
        whole = sorted({text for text in texts if text and text.strip()})
        bodies = list(dict.fromkeys(text[s.start : s.end] for text in whole for s in sentences(text)))
        if not bodies:
            return {"error": ABSTAINED}
        if len(bodies) > summarize.SENTENCES:
            bodies = [bodies[i] for i in np.linspace(0, len(bodies) - 1, summarize.SENTENCES).astype(int)]
        found = embedded(spec.encoder, bodies, call)
        chosen = summarize.choose(bodies, vectors([found[body] for body in bodies]), spec.max_words)
        chosen.sort(key=lambda c: (-c[1], c[0]))
        return {"value": summarize.first_words(" ".join(bodies[i] for i, _ in chosen), spec.max_words)}

    return apply_groups(columns, call, RESULT, answer)
