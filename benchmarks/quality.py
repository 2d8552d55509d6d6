"""Measure the quality of every function on public sets, through the macros of the package.

    WAREHOUSE_AI_DATA=... python -m benchmarks.quality [set ...]

Makes a dbt project of its own that installs the package, with one model a set, runs it, and compares the answers with the labels. Writes
``results/quality.json``.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from scipy.stats import spearmanr
from sklearn.metrics import average_precision_score, balanced_accuracy_score, f1_score, roc_auc_score
from training.field_names import names_of
from training.folds import fold_of

from benchmarks.machine import RESULTS, public_sets, write
from warehouse_ai.tabular.churn import calibration_error

ROOT = Path(__file__).parents[1]
SNIPS_INTENTS = ("AddToPlaylist", "BookRestaurant", "GetWeather", "PlayMusic", "RateBook", "SearchCreativeWork", "SearchScreeningEvent")
CLASSES = ("negative", "neutral", "positive")
AG_NEWS = {
    "World": ("world", "international affairs, wars, governments, elections, diplomacy, disasters"),
    "Sports": ("sports", "games, matches, teams, players, coaches, leagues, championships, the Olympics"),
    "Business": ("business", "companies, earnings, stocks, markets, oil prices, the economy, mergers, trade"),
    "Sci/Tech": ("science and technology", "computers, software, the internet, video games, gadgets, space, research"),
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
Rows = list[tuple[Any, ...]]
Figures = dict[str, float]


def parquet(name: str, table: str | None = None) -> str:
    """Return a FROM item for a public set."""
    return f"read_parquet('{public_sets()}/{name}/{table or name}.parquet')"


def literal(value: object) -> str:
    """Write a value as Jinja."""
    return json.dumps(value, ensure_ascii=False).replace("null", "none")


def polarity(rows: Rows) -> Figures:
    """Accuracy of the sign of the score; rows of (label, score)."""
    return {"accuracy": float(np.mean([(score > 0) == (label == "positive") for label, score in rows]))}


def three_classes(rows: Rows) -> Figures:
    """Mean recall and macro-F1 of three classes; rows of (label, predicted)."""
    truth, found = zip(*rows, strict=True)
    return {
        "macro_recall": float(balanced_accuracy_score(truth, found)),
        "macro_f1": float(f1_score(truth, found, average="macro", labels=CLASSES)),
    }


def labels(rows: Rows) -> Figures:
    """Accuracy and expected calibration error in ten bins; rows of (label, predicted, score)."""
    hit = np.array([label == found for label, found, _ in rows])
    score = np.array([s for *_, s in rows])
    bins = np.minimum((score * 10).astype(int), 9)
    error = sum(abs(score[bins == b].mean() - hit[bins == b].mean()) * (bins == b).mean() for b in range(10) if (bins == b).any())
    return {"accuracy": float(hit.mean()), "calibration_error": float(error)}


def spans(rows: Rows) -> Figures:
    """Exact-match micro F1 over (field, start, end); rows of (entities as JSON, spans)."""
    hit = found = truth = 0
    for entities, answer in rows:
        gold = {(names_of(e["label"])[0].replace(" ", "_"), e["start"], e["end"]) for e in json.loads(entities)}
        ours = {(s["field"], s["start"], s["end"]) for s in answer or []}
        hit, found, truth = hit + len(gold & ours), found + len(ours), truth + len(gold)
    return {"f1": 2 * hit / (found + truth), "precision": hit / max(found, 1), "recall": hit / truth}


def fields_of(name: str, where: str) -> dict[str, str]:
    """Return a schema that asks for every label of a set, as lists of strings."""
    entities = f"select unnest(cast(entities as json[])) as entity from {parquet(name)} where {where}"
    found = duckdb.execute(f"select distinct json_extract_string(entity, '$.label') from ({entities})")
    return {names_of(label)[0].replace(" ", "_"): "string[]" for (label,) in sorted(found.fetchall())}


def extraction(name: str, where: str) -> str:
    """Model SQL that asks for every label of a set."""
    call = f"warehouse_ai.ai_extract_detail('text', {literal(fields_of(name, where))})"
    return f"select entities, answer.spans from (select entities, {{{{ {call} }}}} as answer from {parquet(name)} where {where})"


def classification(described: bool) -> str:
    """Model SQL for AG News, with label names alone or with one-line descriptions."""
    given = dict(AG_NEWS.values()) if described else [short for short, _ in AG_NEWS.values()]
    cases = " ".join(f"when '{label}' then '{short}'" for label, (short, _) in AG_NEWS.items())
    call = f"warehouse_ai.ai_classify_detail('text', {literal(given)})"
    source = parquet("ag_news")
    return f"select case label {cases} end, answer.value, answer.score from (select label, {{{{ {call} }}}} as answer from {source})"


def zero_shot(
    name: str, where: str, table: str | None = None, names: dict[str, str] | None = None, describe: dict[str, str] | None = None
) -> str:
    """Model SQL that asks for one of a set's labels, by their names in words.

    Args:
        name: of the set.
        where: rows to ask.
        table: its table, where it has several.
        names: a label's name in words; the label with spaces for underscores where it is not in here.
        describe: a label's one-line description, or None to give names alone.
    """
    source = parquet(name, table)
    found = [row for (row,) in duckdb.execute(f"select distinct label from {source} where {where} order by 1").fetchall()]
    words = {label: (names or {}).get(label, label.replace("_", " ")) for label in found}
    given = {words[label]: describe[label] for label in found} if describe else list(words.values())
    cases = " ".join(f"when '{label}' then {sql_text(word)}" for label, word in words.items())
    call = f"warehouse_ai.ai_classify_detail('text', {literal(given)})"
    return (
        f"select case label {cases} end, answer.value, answer.score from (select *, {{{{ {call} }}}} as answer from {source} where {where})"
    )


def fitted(train: str, test: str, **options: str) -> str:
    """Model SQL that fits a head on the rows of one query and asks it about those of another, both of (text, label)."""
    more = "".join(f", {name}='{value}'" for name, value in options.items())
    call = "ai_classify_image_detail" if options else "ai_classify_detail"
    return (
        f"select label, answer.value, answer.score, answer.model from (with train as ({train}), test as ({test}), fitted_head as "
        f"(select {{{{ warehouse_ai.ai_fit('text', 'label'{more}) }}}} as head from train) "
        f"select label, {{{{ warehouse_ai.{call}('text', head='fitted_head') }}}} as answer from test)"
    )


def draws(name: str, size: int, count: int, train: str, test: str) -> str:
    """Model SQL that fits on random draws of some texts a label, and asks each draw's head about the same rows."""
    source = parquet(name)
    drawn = (
        "select text, label from {source} where {train} "
        "qualify row_number() over (partition by label order by hash(text || '{draw}')) <= {size}"
    )
    return "\nunion all\n".join(
        fitted(drawn.format(source=source, train=train, draw=draw, size=size), f"select text, label from {source} where {test}")
        for draw in range(count)
    )


def flowers() -> str:
    """Model SQL that fits on each half of the photos and asks about the other."""
    folder = f"{public_sets()}/flowers_100"
    halves = (
        f"select '{folder}/' || path as text, label from {parquet('flowers_100')} "
        "qualify row_number() over (partition by label order by path) % 2 = {}"
    )
    return "\nunion all\n".join(fitted(halves.format(1 - half), halves.format(half), input="image") for half in (0, 1))


def sql_text(value: str) -> str:
    """Quote a text for SQL."""
    return "'" + value.replace("'", "''") + "'"


def aspects(name: str, table: str, aspect: str, where: str) -> str:
    """Model SQL that asks each text for its own aspect, one SELECT an aspect; a text that is said not to mention it counts as wrong."""
    source = parquet(name, table)
    found = duckdb.execute(f"select distinct lower({aspect}) from {source} where {where} order by 1").fetchall()
    selects = []
    for (value,) in found:
        call = f"warehouse_ai.ai_sentiment_aspects_detail('text', {literal([value])})"
        own = f"{where} and lower({aspect}) = '{value.replace(chr(39), chr(39) * 2)}'"
        answers_of = f"select label, {{{{ {call} }}}} as answer from {source} where {own}"
        selects.append(f"select label, map_values(answer.labels)[1] from ({answers_of})")
    return "\nunion all\n".join(selects)


def statements(name: str, where: str) -> str:
    """Model SQL that judges each text by its own statement."""
    call = "warehouse_ai.ai_filter('premise', {'sql': 'hypothesis'})"
    return f"select label = 'entailment', {{{{ {call} }}}} from {parquet(name)} where {where}"


def moderation(name: str, where: str, label: str) -> str:
    """Model SQL for the scores of the moderation categories."""
    answers_of = f"select *, {{{{ warehouse_ai.ai_moderate_detail('text') }}}} as answer from {parquet(name)} where {where}"
    return f"select {label}, answer.scores from ({answers_of})"


def same_label(rows: Rows) -> Figures:
    """Accuracy and macro-F1; rows of (label, predicted)."""
    truth, found = zip(*[(t, f or "none") for t, f in rows], strict=True)
    return {
        "accuracy": float(np.mean([t == f for t, f in zip(truth, found, strict=True)])),
        "macro_f1": float(f1_score(truth, found, average="macro", labels=CLASSES)),
    }


def right(rows: Rows) -> Figures:
    """Accuracy, macro-F1 and calibration; rows of (label, predicted, probability of it)."""
    truth, found = [t for t, *_ in rows], [f or "none" for _, f, *_ in rows]
    hit = np.array([t == f for t, f in zip(truth, found, strict=True)])
    return {
        "accuracy": float(hit.mean()),
        "macro_f1": float(f1_score(truth, found, average="macro", labels=sorted(set(truth)))),
        "calibration_error": calibration_error(hit, np.array([row[2] for row in rows], float)),
    }


def out_of_scope(rows: Rows) -> Figures:
    """Share of the foreign texts below the probability that 95 % of the others reach; rows of (label, predicted, probability)."""
    score = np.array([row[2] for row in rows], float)
    foreign = np.array([row[0] == "oos" for row in rows])
    border = float(np.quantile(score[~foreign], 0.05))
    inside = [(row[0], row[1], row[2]) for row in rows if row[0] != "oos"]
    return {**right(inside), "threshold": border, "out_of_scope_recall": float((score[foreign] < border).mean())}


def alike(rows: Rows) -> Figures:
    """Spearman's correlation; rows of (judged likeness, cosine)."""
    return {"spearman": float(spearmanr([a for a, _ in rows], [b for _, b in rows]).statistic)}


def offensive(rows: Rows) -> Figures:
    """Macro-F1 at a toxicity of 0.5 and area under the curve; rows of (whether it is offensive, scores)."""
    truth, score = np.array([t for t, _ in rows]), np.array([s["toxicity"] for _, s in rows])
    return {"macro_f1": float(f1_score(truth, score >= 0.5, average="macro")), "auc": float(roc_auc_score(truth, score))}


def entailed(rows: Rows) -> Figures:
    """Balanced accuracy of TRUE against the rest; rows of (is entailed, answer). NULL is not TRUE."""
    return {"balanced_accuracy": float(balanced_accuracy_score([t for t, _ in rows], [bool(f) for _, f in rows]))}


def davidson(rows: Rows) -> Figures:
    """Weighted F1: hate from a probability of 0.5 on, else offensive where toxicity has 0.5, else neither; rows of (label, scores)."""
    found = ["hate" if s["hate"] >= 0.5 else "offensive" if s["toxicity"] >= 0.5 else "neither" for _, s in rows]
    return {"weighted_f1": float(f1_score([label for label, _ in rows], found, average="weighted"))}


def spam(rows: Rows) -> Figures:
    """F1 of spam, from a probability of 0.5 on; rows of (label, scores)."""
    return {"f1": float(f1_score([label == "spam" for label, _ in rows], [s["spam"] >= 0.5 for _, s in rows]))}


def harm(rows: Rows) -> Figures:
    """Average precision by category; rows of (labels of S, H, V, SH and HR, scores)."""
    figures = {}
    for place, category in enumerate(("sexual", "hate", "violence", "self_harm")):
        known = [(label[place], s[category]) for label, s in rows if label[place] is not None]
        figures[f"{category}_average_precision"] = float(average_precision_score(*zip(*known, strict=True)))
    return figures


def held_texts() -> str:
    """SQL literals of the moderation samples in the folds that training leaves out."""
    texts = [text for (text,) in duckdb.execute(f"select text from {parquet('openai_moderation')}").fetchall()]
    literals = ", ".join("'" + text.replace("'", "''") + "'" for text in texts if fold_of(text) >= 8)
    return f"{{% raw %}}{literals}{{% endraw %}}"


PII = {
    "PERSON": "person", "STREET_ADDRESS": "address", "GPE": "location", "ORGANIZATION": "organisation", "CREDIT_CARD": "credit_card",
    "DATE_TIME": "date", "PHONE_NUMBER": "phone", "AGE": "age", "NRP": "nationality", "EMAIL_ADDRESS": "email", "TITLE": "title",
    "DOMAIN_NAME": "url", "IBAN_CODE": "iban", "US_SSN": "national_id", "IP_ADDRESS": "ip_address", "ZIP_CODE": "address",
    "US_DRIVER_LICENSE": "national_id",
}  # fmt: skip
"""Category of every label of the set; two have none of their own and take the nearest."""


def personal(rows: Rows) -> Figures:
    """Exact-match micro F1 over (category, start, end), and recall of characters whatever their category; rows of (entities, spans)."""
    hit = found = truth = covered = characters = 0
    for entities, answer in rows:
        gold = {(PII[e["label"]], e["start"], e["end"]) for e in json.loads(entities)}
        ours = {(s["category"], s["start"], s["end"]) for s in answer or []}
        hit, found, truth = hit + len(gold & ours), found + len(ours), truth + len(gold)
        masked = {i for _, a, b in ours for i in range(a, b)}
        wanted = {i for _, a, b in gold for i in range(a, b)}
        covered, characters = covered + len(masked & wanted), characters + len(wanted)
    return {"f1": 2 * hit / (found + truth), "precision": hit / found, "recall": hit / truth, "character_recall": covered / characters}


def sets() -> dict[str, tuple[str, str, Callable[[Rows], Figures], str]]:
    """Return (function, model SQL, measure, what was trained on it) by name."""
    score, label = "{{ warehouse_ai.ai_sentiment('text') }}", "{{ warehouse_ai.ai_sentiment_label('text') }}"
    never, same = "no", "its training split"
    found = {
        "sst2_test": ("ai_sentiment", f"select label, {score} from {parquet('sst2')} where split = 'test'", polarity, same),
        "sst2_dev": ("ai_sentiment", f"select label, {score} from {parquet('sst2')} where split = 'dev'", polarity, same),
        "tweeteval_sentiment_test": (
            "ai_sentiment_label",
            f"select label, {label} from {parquet('tweeteval', 'tweeteval_sentiment')} where split = 'test'",
            three_classes,
            "no (its validation split calibrates)",
        ),
        "customer_reviews": ("ai_sentiment", f"select label, {score} from {parquet('customer_reviews_cr')}", polarity, never),
        "ag_news_names": ("ai_classify", classification(described=False), labels, never),
        "ag_news_descriptions": ("ai_classify", classification(described=True), labels, never),
        "snips_test": ("ai_extract", extraction("snips", "split = 'test'"), spans, same),
        "restaurant8k_test": ("ai_extract", extraction("restaurant8k", "split = 'test'"), spans, same),
    }
    restaurant = "split = 'test' and domain = 'restaurant'"
    pii = f"{{{{ warehouse_ai.ai_detect_pii('text', categories={literal(sorted(set(PII.values())))}) }}}}"
    found |= {
        "semeval14_restaurant": (
            "ai_sentiment_aspects",
            aspects("semeval14_absa", "semeval14_absa", "aspect", restaurant),
            same_label,
            same,
        ),
        "semeval14_laptop": (
            "ai_sentiment_aspects",
            aspects("semeval14_absa", "semeval14_absa", "aspect", "split = 'test' and domain = 'laptop'"),
            same_label,
            same,
        ),
        "mams_terms": ("ai_sentiment_aspects", aspects("mams_absa", "mams_atsa", "aspect", "split = 'test'"), same_label, same),
        "mnli_dev_odd_folds": ("ai_filter", statements("mnli_dev", "fold % 2 = 1"), entailed, "its even folds"),
        "snli_test": ("ai_filter", statements("snli_devtest", "split = 'test'"), entailed, "its development split"),
        "conjnli_test": ("ai_filter", statements("conjnli", "split = 'test'"), entailed, "adversarial pairs made from like sentences"),
        "davidson_folds_8_9": ("ai_moderate", moderation("davidson_hate", "fold >= 8", "label"), davidson, "folds 0 to 7"),
        "sms_spam_folds_8_9": ("ai_moderate", moderation("sms_spam", "fold >= 8", "label"), spam, "folds 0 to 7"),
        "openai_moderation_folds_8_9": (
            "ai_moderate",
            moderation("openai_moderation", f"text in ({held_texts()})", "[S, H, V, SH, HR]"),
            harm,
            "folds 0 to 7 by md5 of the text",
        ),
        "presidio_folds_8_9": (
            "ai_detect_pii",
            f"select entities, {pii} from {parquet('presidio_pii')} where fold >= 8",
            personal,
            "folds 0 to 7",
        ),
    }
    few = parquet("fewshot_intents")
    banking, clinc = parquet("banking77"), parquet("clinc150")
    found |= {
        "stsb_test": (
            "ai_similarity",
            f"select score, {{{{ warehouse_ai.ai_similarity('sentence1', 'sentence2') }}}} from {parquet('stsb')} where split = 'test'",
            alike,
            never,
        ),
        "banking77_test": ("ai_classify", zero_shot("banking77", "split = 'test'"), right, "calibration only, its training split"),
        "clinc150_test": (
            "ai_classify",
            zero_shot("clinc150", "split = 'test' and not is_oos"),
            right,
            "calibration only, its training split",
        ),
        "trec_test": ("ai_classify", zero_shot("trec", "split = 'test'", names=TREC, describe=TREC_DESCRIPTIONS), right, never),
        "tweeteval_emotion_test": ("ai_classify", zero_shot("tweeteval", "split = 'test'", "tweeteval_emotion"), right, never),
        **{
            f"banking77_{size}_a_label": (
                "ai_fit",
                fitted(
                    f"select text, label from {few} where dataset = 'BANKING77' and split = 'train_{size}'",
                    f"select text, label from {banking} where split = 'test'",
                ),
                right,
                f"{size} texts a label of its training split",
            )
            for size in (5, 10)
        },
        "banking77_full": (
            "ai_fit",
            fitted(f"select text, label from {banking} where split = 'train'", f"select text, label from {banking} where split = 'test'"),
            right,
            same,
        ),
        "clinc150_10_a_label": (
            "ai_fit",
            fitted(
                f"select text, label from {few} where dataset = 'CLINC150' and split = 'train_10'",
                f"select text, label from {clinc} where split = 'test' and not is_oos",
            ),
            right,
            "10 texts a label of its training split",
        ),
        "clinc150_full": (
            "ai_fit",
            fitted(
                f"select text, label from {clinc} where split = 'train' and not is_oos",
                f"select text, label from {clinc} where split = 'test'",
            ),
            out_of_scope,
            "its training split, without texts that are out of scope",
        ),
        "ag_news_8_a_label": (
            "ai_fit",
            draws("ag_news", 8, 5, "fold < 5", "fold >= 5"),
            right,
            "five draws of 8 texts a label, folds 0 to 4",
        ),
        "ag_news_500_a_label": ("ai_fit", draws("ag_news", 500, 1, "fold < 5", "fold >= 5"), right, "500 texts a label, folds 0 to 4"),
        "sst5_test": (
            "ai_fit",
            fitted(
                f"select text, label from {parquet('sst5')} where split = 'train'",
                f"select text, label from {parquet('sst5')} where split = 'test'",
            ),
            right,
            same,
        ),
        "flowers_halves": ("ai_fit", flowers(), right, "the other half"),
        "olid_test": ("ai_moderate", moderation("olid", "split = 'test'", "label = 'OFF'"), offensive, never),
        "wiki_toxicity_folds_8_9": ("ai_moderate", moderation("wiki_toxicity", "fold >= 8", "label = 'toxic'"), offensive, "folds 0 to 7"),
    }
    for intent in SNIPS_INTENTS:
        found[f"snips_{intent}"] = ("ai_extract", extraction("snips", f"split = 'test' and label = '{intent}'"), spans, same)
    for domain in ("ai", "literature", "music", "politics", "science"):
        where = f"split = 'test' and domain = '{domain}'"
        found[f"crossner_{domain}"] = ("ai_extract", extraction("crossner", where), spans, never)
    return found


def answers(models: dict[str, str], folder: Path) -> dict[str, Rows]:
    """Run the models with the real dbt and return their rows."""
    (folder / "models").mkdir()
    for name, sql in models.items():
        (folder / f"models/{name}.sql").write_text(sql + "\n", encoding="utf8")
    (folder / "dbt_project.yml").write_text("name: quality\nprofile: quality\nversion: '1.0'\nmodels: {quality: {+materialized: table}}\n")
    (folder / "packages.yml").write_text(f"packages:\n  - local: {ROOT}\n")
    (folder / "profiles.yml").write_text(
        "quality:\n  target: dev\n  outputs:\n    dev:\n      type: duckdb\n      path: quality.duckdb\n      threads: 1\n"
        "      plugins:\n        - module: warehouse_ai.plugin\n"
    )
    for command in (["deps"], ["run"]):
        subprocess.run([str(Path(sys.executable).with_name("dbt")), *command], cwd=folder, check=True)
    with duckdb.connect(str(folder / "quality.duckdb"), read_only=True) as connection:
        return {name: connection.execute(f"select * from {name}").fetchall() for name in models}


def main() -> None:
    """Measure, print and write."""
    chosen = {name: row for name, row in sets().items() if name in sys.argv[1:] or not sys.argv[1:]}
    with tempfile.TemporaryDirectory() as folder:
        found = answers({name: sql for name, (_, sql, _, _) in chosen.items()}, Path(folder))
    figures = {
        name: {"function": function, "trained_on": trained, "n": len(found[name]), **measure(found[name])}
        for name, (function, _, measure, trained) in chosen.items()
    }
    by_intent = [row for name, rows in found.items() if name.removeprefix("snips_") in SNIPS_INTENTS for row in rows]
    if by_intent:
        # Each text is asked for the slots of its own intent; `snips_test` asks every text for all 39.
        figures["snips_slots_of_the_intent"] = {"function": "ai_extract", "trained_on": "its training split", **spans(by_intent)}
    crossner = [figure["f1"] for name, figure in figures.items() if name.startswith("crossner")]
    if crossner:
        figures["crossner_mean"] = {"function": "ai_extract", "trained_on": "no", "f1": float(np.mean(crossner))}
    from warehouse_ai.engines.duckdb import MODELS

    models = dict(MODELS)
    known = RESULTS / "quality.json"
    if sys.argv[1:] and known.exists():
        figures = {**json.loads(known.read_text(encoding="utf8"))["sets"], **figures}
    print(json.dumps(figures, indent=2))
    print(f"written to {write('quality', {'command': 'make eval', 'models': models, 'sets': figures})}")


if __name__ == "__main__":
    main()
