"""``ai_fit`` and ``ai_classify(head=...)``: a classifier of labelled rows."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.machine import public_sets
from benchmarks.quality.measures import Measure, named, out_of_scope
from benchmarks.quality.sets.definition import PublicSet, parquet


def fitted(train: str, test: str, **options: str) -> str:
    """Model SQL that fits a head on the rows of one query and asks it about those of another, both of (text, label)."""
    more = "".join(f", {name}='{value}'" for name, value in options.items())
    call = "ai_classify_image_detail" if options.get("input") == "image" else "ai_classify_detail"
    return (
        f"select label, answer.value, answer.score from (with train as ({train}), test as ({test}), fitted_head as "
        f"(select {{{{ warehouse_ai.ai_fit('text', 'label'{more}) }}}} as head from train) "
        f"select label, {{{{ warehouse_ai.{call}('text', head='fitted_head') }}}} as answer from test)"
    )


def split(name: str, train: str, test: str, **options: str) -> Callable[[], str]:
    """Model SQL that fits on some rows of a set and asks about others."""
    return lambda: fitted(*(f"select text, label from {parquet(name)} where {where}" for where in (train, test)), **options)


def few_shot(dataset: str, size: int, name: str, test: str) -> Callable[[], str]:
    """Model SQL that fits on the published few-shot rows of a set."""
    return lambda: fitted(
        f"select text, label from {parquet('fewshot_intents')} where dataset = '{dataset}' and split = 'train_{size}'",
        f"select text, label from {parquet(name)} where {test}",
    )


def draws(name: str, size: int, count: int, train: str, test: str) -> Callable[[], str]:
    """Model SQL that fits on random draws of some texts a label, and asks each draw's head about the same rows."""

    def sql() -> str:
        source = parquet(name)
        drawn = (
            f"select text, label from {source} where {train} "
            "qualify row_number() over (partition by label order by hash(text || '{draw}')) <= " + str(size)
        )
        asked = f"select text, label from {source} where {test}"
        return "\nunion all\n".join(fitted(drawn.format(draw=draw), asked) for draw in range(count))

    return sql


def flowers() -> str:
    """Model SQL that fits on each half of the photos and asks about the other."""
    folder = f"{public_sets()}/flowers_100"
    halves = (
        f"select '{folder}/' || path as text, label from {parquet('flowers_100')} "
        "qualify row_number() over (partition by label order by path) % 2 = {}"
    )
    return "\nunion all\n".join(fitted(halves.format(1 - half), halves.format(half), input="image") for half in (0, 1))


def learnt(
    name: str,
    source: str,
    split: str,
    head: str,
    sql: Callable[[], str],
    measure: Measure = named,
    model: str | None = None,
    note: str = "",
) -> PublicSet:
    """Describe a set whose head is fitted in the run, on rows that are said; the shipped weights saw none of it."""
    trained = f"no; the head is fitted on {head}"
    return PublicSet(name, "ai_fit", source, split, trained, ("accuracy",), sql, measure, model, is_calibrated=True, note=note)


IN_SCOPE = "split = 'test' and not is_oos"
OWN_TEST = "The training file of AG News is not among the sets: half of its test split fits, the other half is asked."
SETS = (
    *(
        learnt(
            f"banking77_{size}_a_label",
            "Banking77",
            f"test, {size} texts a label",
            f"{size} texts a label",
            few_shot("BANKING77", size, "banking77", "split = 'test'"),
        )
        for size in (5, 10)
    ),
    learnt(
        "banking77_full",
        "Banking77",
        "test, all training texts",
        "its training split",
        split("banking77", "split = 'train'", "split = 'test'"),
    ),
    learnt(
        "clinc150_10_a_label",
        "CLINC150",
        "test in scope, 10 texts a label",
        "10 texts a label",
        few_shot("CLINC150", 10, "clinc150", IN_SCOPE),
    ),
    learnt(
        "clinc150_full",
        "CLINC150",
        "test, all training texts in scope",
        "its training split, without texts that are out of scope",
        split("clinc150", "split = 'train' and not is_oos", "split = 'test'"),
        out_of_scope,
        note="Accuracy, calibration and coverage are those of the 4,500 texts in scope. The out of scope recall is the share of the 1,000"
        " others whose probability stays below that of 95 % of the texts in scope; how the published one draws its border was not checked.",
    ),
    learnt(
        "ag_news_8_a_label",
        "AG News",
        "folds 5 to 9, 8 texts a label",
        "five draws of 8 texts a label from folds 0 to 4",
        draws("ag_news", 8, 5, "fold < 5", "fold >= 5"),
        note=f"{OWN_TEST} Five heads are asked, each of its own draw; `n` counts their answers.",
    ),
    learnt(
        "ag_news_500_a_label",
        "AG News",
        "folds 5 to 9, 500 texts a label",
        "500 texts a label from folds 0 to 4",
        draws("ag_news", 500, 1, "fold < 5", "fold >= 5"),
        note=OWN_TEST,
    ),
    PublicSet(
        "sst5_test",
        "ai_fit",
        "SST-5",
        "test, 1,101 texts of its development split, `model='sentiment'`",
        "its training split, by `ai_sentiment`; the head is fitted on the development split",
        ("accuracy",),
        split("sst5", "split = 'dev'", "split = 'test'", model="sentiment"),
        named,
        "sentiment",
        is_calibrated=True,
        note="Fitted on the training split, whose texts the encoder knows, the head has accuracy 0.497 and calibration error 0.158: its"
        " cross-validation flatters it there.",
    ),
    learnt(
        "sst5_default_encoder",
        "SST-5",
        "test, all training texts, default encoder",
        "its training split",
        split("sst5", "split = 'train'", "split = 'test'"),
    ),
    learnt(
        "flowers_halves",
        "100 photos of daisies and tulips",
        "each half",
        "the other half",
        flowers,
        model="embed_image",
    ),
)
