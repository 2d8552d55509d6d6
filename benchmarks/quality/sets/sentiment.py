"""``ai_sentiment``: polarity, and three classes."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.quality.measures import polarity, three_classes
from benchmarks.quality.sets.definition import NEVER, SAME, PublicSet, parquet


def scores(name: str, where: str) -> Callable[[], str]:
    """Model SQL for the score of each text."""
    return lambda: f"select label, {{{{ warehouse_ai.ai_sentiment('text') }}}} from {parquet(name)} where {where}"


def classes() -> str:
    """Model SQL for the likeliest class of each tweet, with its probability."""
    source = parquet("tweeteval", "tweeteval_sentiment")
    answers = f"select label, {{{{ warehouse_ai.ai_sentiment_detail('text') }}}} as answer from {source} where split = 'test'"
    return f"select label, answer.label, list_max(map_values(answer.scores)) from ({answers})"


SETS = (
    PublicSet("sst2_test", "ai_sentiment", "SST-2", "test", SAME, ("accuracy",), scores("sst2", "split = 'test'"), polarity),
    PublicSet("sst2_dev", "ai_sentiment", "SST-2", "development", SAME, ("accuracy",), scores("sst2", "split = 'dev'"), polarity),
    PublicSet(
        name="customer_reviews",
        function="ai_sentiment",
        source="Customer Reviews",
        split="all rows",
        trained_on=NEVER,
        metrics=("accuracy",),
        sql=scores("customer_reviews_cr", "true"),
        measure=polarity,
    ),
    PublicSet(
        name="tweeteval_sentiment_test",
        function="ai_sentiment",
        source="TweetEval sentiment",
        split="test",
        trained_on="no (its validation split calibrates)",
        metrics=("macro_recall",),
        sql=classes,
        measure=three_classes,
        is_calibrated=True,
    ),
)
