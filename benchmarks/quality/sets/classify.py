"""``ai_classify`` without labelled rows: labels by their names in words, or by one-line descriptions."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import duckdb

from benchmarks.quality.measures import named
from benchmarks.quality.sets.definition import NEVER, PublicSet, literal, parquet, sql_text

AG_NEWS = {"World": "world", "Sports": "sports", "Business": "business", "Sci/Tech": "science and technology"}
AG_NEWS_DESCRIPTIONS = {
    "World": "international affairs, wars, governments, elections, diplomacy, disasters",
    "Sports": "games, matches, teams, players, coaches, leagues, championships, the Olympics",
    "Business": "companies, earnings, stocks, markets, oil prices, the economy, mergers, trade",
    "Sci/Tech": "computers, software, the internet, video games, gadgets, space, research",
}
TREC = {"ABBR": "abbreviation", "DESC": "description", "ENTY": "thing", "HUM": "person", "LOC": "place", "NUM": "number"}
TREC_DESCRIPTIONS = {
    "ABBR": "what an abbreviation or acronym stands for",
    "DESC": "a definition, a reason, a manner or a description: what is, why, how did",
    "ENTY": "which thing: an animal, a product, a colour, a food, a book, an invention, a word, a sport",
    "HUM": "who: a person, a group, a company or a title",
    "LOC": "where: a city, a country, a mountain or another place",
    "NUM": "a number: how many, how much, when, how long, how far, a date, a price, an age",
}


def zero_shot(
    name: str,
    where: str,
    table: str | None = None,
    names: Mapping[str, str] | None = None,
    describe: Mapping[str, str] | None = None,
) -> Callable[[], str]:
    """Model SQL that asks for one of a set's labels, by their names in words.

    Args:
        name: of the set.
        where: rows to ask.
        table: its table, where it has several.
        names: a label's name in words; the label with spaces for underscores where it is not in here.
        describe: a label's one-line description, or None to give names alone.
    """

    def sql() -> str:
        source = parquet(name, table)
        found = [row for (row,) in duckdb.execute(f"select distinct label from {source} where {where} order by 1").fetchall()]
        words = {label: (names or {}).get(label, label.replace("_", " ")) for label in found}
        given = {words[label]: describe[label] for label in found} if describe else list(words.values())
        cases = " ".join(f"when {sql_text(label)} then {sql_text(word)}" for label, word in words.items())
        call = f"warehouse_ai.ai_classify_detail('text', {literal(given)})"
        answers = f"select *, {{{{ {call} }}}} as answer from {source} where {where}"
        return f"select case label {cases} end, answer.value, answer.score from ({answers})"

    return sql


def asked(
    name: str, source: str, split: str, sql: Callable[[], str], trained_on: str = NEVER, metric: str = "accuracy", note: str = ""
) -> PublicSet:
    """Describe a set whose labels are given in the call."""
    return PublicSet(name, "ai_classify", source, split, trained_on, (metric,), sql, named, is_calibrated=True, note=note)


SETS = (
    asked(
        "ag_news_names",
        "AG News",
        "test, names of the 4 labels",
        zero_shot("ag_news", "true", names=AG_NEWS),
        note="The source of the published F1 does not say how it averages the classes, which are of equal size here.",
    ),
    asked(
        "ag_news_descriptions",
        "AG News",
        "test, one-line descriptions",
        zero_shot("ag_news", "true", names=AG_NEWS, describe=AG_NEWS_DESCRIPTIONS),
    ),
    asked(
        "banking77_test",
        "Banking77",
        "test, names of the 77 labels",
        zero_shot("banking77", "split = 'test'"),
        NEVER,
    ),
    asked(
        "clinc150_test",
        "CLINC150",
        "test in scope, names of the 150 labels",
        zero_shot("clinc150", "split = 'test' and not is_oos"),
        NEVER,
    ),
    asked(
        "trec_test",
        "TREC",
        "test, one-line descriptions of the 6 labels",
        zero_shot("trec", "split = 'test'", names=TREC, describe=TREC_DESCRIPTIONS),
    ),
    asked(
        "tweeteval_emotion_test",
        "TweetEval emotion",
        "test, names of the 4 labels",
        zero_shot("tweeteval", "split = 'test'", "tweeteval_emotion"),
        metric="macro_f1",
    ),
)
