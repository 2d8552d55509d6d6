"""``ai_embed`` and ``ai_similarity``: the encoder's own figures."""

from __future__ import annotations

from benchmarks.quality.measures import alike, fidelity
from benchmarks.quality.sets.definition import NEVER, PublicSet, parquet

WINDOW = 254
"""Tokens that the encoder reads at once, without its two special ones."""


def whole_texts() -> str:
    """Model SQL for the vectors of the texts that fit one window."""
    texts = f"select text, {{{{ warehouse_ai.ai_count_tokens('text') }}}} as tokens from {parquet('ag_news')}"
    return f"select text, {{{{ warehouse_ai.ai_embed('text') }}}} from ({texts}) where tokens <= {WINDOW}"


def likeness() -> str:
    """Model SQL for the cosines of the pairs."""
    return f"select score, {{{{ warehouse_ai.ai_similarity('sentence1', 'sentence2') }}}} from {parquet('stsb')} where split = 'test'"


SETS = (
    PublicSet(
        name="embed_fidelity",
        function="ai_embed",
        source="AG News",
        split="test, texts of at most 256 tokens",
        trained_on=NEVER,
        metrics=("minimum_cosine",),
        sql=whole_texts,
        measure=fidelity,
        note="The cosine of `ai_embed` to `SentenceTransformer.encode` with the same weights: how exactly the vectors are those of the"
        " published encoder. The least of all texts stands here.",
    ),
    PublicSet(
        name="stsb_test",
        function="ai_similarity",
        source="STS-B",
        split="test",
        trained_on=NEVER,
        metrics=("spearman",),
        sql=likeness,
        measure=alike,
        model="embed",
    ),
)
