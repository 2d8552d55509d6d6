"""Models that the user names: tiny ones, made here and saved in the published formats, loaded by the code that loads real ones."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
import torch

from calls import call, spec
from conftest import Project
from warehouse_ai.models.hub import fingerprint
from warehouse_ai.models.named import NamedModel, NamedWindow
from warehouse_ai.models.named_spans import _tagged
from warehouse_ai.models.registry import encoder_folder
from warehouse_ai.runtime.run import LEDGER

Connection = duckdb.DuckDBPyConnection
TEXTS: list[str | None] = [
    "The card was charged twice and nobody answers.",
    None,
    "Lovely app, thank you!",
    "  ",
    "My name is Ann Meyer and I live in Oslo. " * 12,
    "Lovely app, thank you!",
]
WINDOW = 48
Maker = Callable[..., Path]


@pytest.fixture(scope="session")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Maker:
    """Make a tiny BERT with random weights and save it as transformers does; the same arguments give the same folder."""
    made: dict[str, Path] = {}

    def make(architecture: str, labels: tuple[str, ...] = (), **settings: Any) -> Path:
        import transformers

        name = json.dumps([architecture, labels, settings])
        if name not in made:
            folder = tmp_path_factory.mktemp("models") / f"tiny-{architecture.lower()}"
            torch.manual_seed(len(made))
            config = transformers.BertConfig(
                vocab_size=30522, hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64,
                max_position_embeddings=WINDOW, initializer_range=0.4, id2label=dict(enumerate(labels)) if labels else None, **settings,
            )  # fmt: skip
            getattr(transformers, architecture)(config).save_pretrained(folder)
            tokenizer: Any = transformers.AutoTokenizer
            tokenizer.from_pretrained(encoder_folder()).save_pretrained(folder)
            made[name] = folder
        return made[name]

    return make


@pytest.fixture(scope="session")
def encoder(saved: Maker, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sentence encoder in the format of sentence-transformers, pooled by its first token."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer

    folder = tmp_path_factory.mktemp("models") / "tiny-encoder"
    words = Transformer(str(saved("BertModel")))
    SentenceTransformer(modules=[words, Pooling(32, pooling_mode="cls"), Normalize()], device="cpu").save(str(folder))
    return folder


def values(rows: list[dict[str, Any] | None], field: str = "value") -> list[Any]:
    return [row and row[field] for row in rows]


def named(model: Path, **options: Any) -> dict[str, Any]:
    return {"named": str(model), "model": str(model), **options}


MODELS_FOR: dict[str, tuple[str, tuple[str, ...]]] = {
    "chunk": ("BertModel", ()),
    "classify": ("BertForSequenceClassification", ("contradiction", "neutral", "entailment")),
    "classify_multi": ("BertForSequenceClassification", ("contradiction", "neutral", "entailment")),
    "count_tokens": ("BertModel", ()),
    "detect_language": ("BertForSequenceClassification", ("en", "de", "no")),
    "embed": ("BertModel", ()),
    "extract": ("BertForQuestionAnswering", ()),
    "filter": ("BertForSequenceClassification", ("ENTAILMENT", "NEUTRAL", "CONTRADICTION")),
    "keywords": ("BertModel", ()),
    "moderate": ("BertForSequenceClassification", ("toxic", "severe_toxic", "threat", "identity_hate")),
    "redact": ("BertForTokenClassification", ("O", "B-PER", "I-PER", "B-LOC", "I-LOC")),
    "sentiment": ("BertForSequenceClassification", ("1 star", "2 stars", "3 stars", "4 stars", "5 stars")),
    "sentiment_aspects": ("BertForSequenceClassification", ("Negative", "Neutral", "Positive")),
    "summarize": ("BertModel", ()),
}
"""A kind of model for every function of a column."""


@pytest.mark.parametrize("function", sorted(MODELS_FOR))
def test_every_function_keeps_its_contract_with_a_named_model(connection: Connection, saved: Maker, function: str, tmp_path: Path) -> None:
    architecture, labels = MODELS_FOR[function]
    model = saved(architecture, labels)
    rows = call(connection, function, TEXTS, tmp_path / "cache", {"invocation": f"named {function}"}, **named(model))
    assert rows[1] is None
    assert rows[3] is not None
    assert (rows[3]["value"], rows[3]["error"]) == (None, "empty_input")
    good = [row for i, row in enumerate(rows) if i not in (1, 3)]
    assert all(row and row["error"] in (None, "abstained") for row in good), good
    assert {row and row["model"] for row in good} == {f"{model.name}@{fingerprint(model)}"}
    again = call(connection, function, TEXTS, tmp_path / "cache", {"invocation": f"again {function}"}, **named(model))
    assert again == rows
    alone = [call(connection, function, [text], tmp_path / f"alone{i}", **named(model))[0] for i, text in enumerate(TEXTS)]
    assert alone == rows
    (first,) = LEDGER.drain(f"named {function}")
    (second,) = LEDGER.drain(f"again {function}")
    assert str(first["model"]) == model.name
    if function not in ("chunk", "count_tokens"):
        assert (int(str(first["computed"])) > 0, second["computed"]) == (True, 0)


def test_an_embedding_is_that_of_the_published_library(connection: Connection, encoder: Path, tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer

    ours = np.array(values(call(connection, "embed", [TEXTS[0], TEXTS[2]], tmp_path, **named(encoder))))
    theirs = SentenceTransformer(str(encoder), device="cpu", local_files_only=True).encode([TEXTS[0], TEXTS[2]])
    assert ours == pytest.approx(theirs, abs=1e-3)
    assert ours.shape == (2, 32)


def test_functions_share_the_embeddings_of_a_named_encoder(connection: Connection, encoder: Path, tmp_path: Path) -> None:
    context = {"invocation": "shared named"}
    for function in ("embed", "classify", "keywords"):
        call(connection, function, [TEXTS[0], TEXTS[2]], tmp_path, context, **named(encoder))
    rows = {str(row["function"]): row for row in LEDGER.drain("shared named")}
    assert rows["ai_embed"]["computed"] == 2
    # Only the texts of the labels are new.
    assert rows["ai_classify"]["computed"] == 4 + 2
    LEDGER.drain("")


def test_scores_are_those_of_the_published_classifier(connection: Connection, saved: Maker, tmp_path: Path) -> None:
    import transformers

    folder = saved(*MODELS_FOR["sentiment"])
    (row,) = call(connection, "sentiment", [TEXTS[0]], tmp_path, **named(folder))
    tokenizer: Any = transformers.AutoTokenizer
    model: Any = transformers.AutoModelForSequenceClassification
    with torch.inference_mode():
        p = model.from_pretrained(folder)(**tokenizer.from_pretrained(folder)(TEXTS[0], return_tensors="pt")).logits.softmax(-1)[0].numpy()
    assert row is not None
    expected = {"negative": p[0] + p[1], "neutral": p[2], "positive": p[3] + p[4]}
    assert row["scores"] == pytest.approx(expected, abs=1e-6)
    assert row["value"] == pytest.approx(expected["positive"] - expected["negative"], abs=1e-6)


def test_a_model_of_entailment_reads_the_text_before_the_statement(connection: Connection, saved: Maker, tmp_path: Path) -> None:
    import transformers

    folder = saved(*MODELS_FOR["filter"])
    (row,) = call(connection, "filter", [TEXTS[0]], tmp_path, **named(folder))
    tokenizer: Any = transformers.AutoTokenizer
    model: Any = transformers.AutoModelForSequenceClassification
    asked = tokenizer.from_pretrained(folder)(TEXTS[0], "the customer is angry", return_tensors="pt")
    with torch.inference_mode():
        p = model.from_pretrained(folder)(**asked).logits.softmax(-1)[0].numpy()
    assert row is not None
    assert row["score"] == pytest.approx(p[0], abs=1e-6)


def test_a_category_that_a_model_does_not_judge_has_no_score(connection: Connection, saved: Maker, tmp_path: Path) -> None:
    policy = {category: {"rejected": 0.0} for category in ("spam", "sexual")}
    (row,) = call(connection, "moderate", [TEXTS[0]], tmp_path, **named(saved(*MODELS_FOR["moderate"]), policy=policy))
    assert row is not None
    assert row["value"] == "approved"
    assert {c for c, score in row["scores"].items() if score is None} == {"sexual", "self_harm", "spam"}


def test_independent_labels_are_not_made_to_share_one(connection: Connection, saved: Maker, tmp_path: Path) -> None:
    model = saved("BertForSequenceClassification", ("toxic", "threat"), problem_type="multi_label_classification")
    rows = call(connection, "moderate", [TEXTS[0], TEXTS[2], "You will pay for this."], tmp_path, **named(model))
    sums = [row["scores"]["toxicity"] + row["scores"]["violence"] for row in rows if row]
    assert max(abs(total - 1) for total in sums) > 0.01


def test_a_classifier_with_labels_of_its_own_chooses_among_those_asked_for(connection: Connection, saved: Maker, tmp_path: Path) -> None:
    model = saved("BertForSequenceClassification", ("Billing", "Bug", "Praise"))
    labels = [{"name": "billing"}, {"name": "praise"}]
    (row,) = call(connection, "classify", [TEXTS[0]], tmp_path, **named(model, labels=labels))
    assert row is not None
    assert set(row["scores"]) == {"billing", "praise"}
    assert sum(row["scores"].values()) == pytest.approx(1, abs=1e-6)


def test_a_token_classifier_finds_fields_named_as_its_labels(connection: Connection, saved: Maker, tmp_path: Path) -> None:
    fields = [{"name": "per", "type": "string", "many": True}, {"name": "LOC", "type": "string", "many": True}]
    options = named(saved(*MODELS_FOR["redact"]), fields=fields, threshold=0.0)
    (row,) = call(connection, "extract", ["Ann Meyer of Oslo met Bo Li, of Turku."], tmp_path, **options)
    assert row is not None
    assert {s["field"] for s in row["spans"]} <= {"per", "LOC"}
    assert row["spans"]
    text = "Ann Meyer of Oslo met Bo Li, of Turku."
    assert all(text[s["start"] : s["end"]] == s["text"] and s["text"].strip() == s["text"] for s in row["spans"])


def test_tags_become_spans_of_whole_words() -> None:
    labels = ("O", "B-PER", "I-PER", "B-LOC")
    #        [CLS] Ann Mey ##er , Bo Oslo [SEP]
    places = [(-1, -1), (0, 3), (4, 7), (7, 9), (9, 10), (11, 13), (14, 18), (-1, -1)]
    words = [-1, 0, 1, 1, 2, 3, 4, -1]
    best = [0, 1, 2, 0, 0, 1, 3, 0]
    p = np.full((8, 4), 0.1)
    p[np.arange(8), best] = 0.7
    window = NamedWindow(0, np.zeros(8, np.int32), np.zeros(8, np.int32), np.array(places, np.int32), np.array(words, np.int32))
    assert [(label, s.start, s.end) for label, s in _tagged(p, window, labels)] == [("PER", 0, 9), ("PER", 11, 13), ("LOC", 14, 18)]


def test_long_texts_are_read_to_their_end(saved: Maker) -> None:
    model = NamedModel(str(saved("BertModel")))
    text = " ".join(f"word{i}" for i in range(300))
    windows = model.windows([text, "short"], overlap=8)
    assert [w.text for w in windows[-2:]] == [0, 1]
    assert max(len(w.ids) for w in windows) <= WINDOW
    assert windows[-2].offsets[:, 1].max() == len(text)


@pytest.mark.parametrize(
    ("function", "architecture", "labels", "options", "message"),
    [
        (
            "embed",
            "BertForSequenceClassification",
            ("a", "b"),
            {},
            r"ai_embed: argument 'model' .* a sequence classifier: it needs an encoder",
        ),
        ("sentiment", "BertModel", (), {}, r"ai_sentiment: argument 'model' .* an encoder: it needs a sequence classifier"),
        ("sentiment", "BertForSequenceClassification", ("LABEL_0", "LABEL_1"), {}, r"labels are LABEL_0, LABEL_1.*id2label"),
        ("filter", "BertForSequenceClassification", ("a", "b"), {}, "it needs entailment"),
        ("moderate", "BertForSequenceClassification", ("a", "b"), {}, "toxicity, hate, sexual"),
        ("classify", "BertForSequenceClassification", ("a", "b"), {}, "has billing, software bug, which .* does not know"),
        ("extract", "BertForTokenClassification", ("O", "B-ORG"), {}, "does not know person: it finds ORG"),
        ("redact", "BertForTokenClassification", ("O", "B-ORG"), {}, "finds ORG and so no person"),
        ("detect_language", "BertForSequenceClassification", ("English", "German"), {}, "no language codes"),
        ("embed", "BertForMaskedLM", (), {}, "BertForMaskedLM: it needs an encoder"),
        ("filter", "BertForSequenceClassification", ("entailment", "other"), {"predicate": "very " * 40}, "'predicate' is too long"),
    ],
)
def test_a_model_that_does_not_fit_its_task_is_refused(
    connection: Connection, saved: Maker, function: str, architecture: str, labels: tuple[str, ...], options: dict[str, Any], message: str
) -> None:
    with pytest.raises(duckdb.Error, match=message):
        connection.execute("select wai_spec(?, '{}')", [spec(function, **named(saved(architecture, labels), **options))])


@pytest.mark.parametrize(
    ("missing", "message"),
    [("model.safetensors", r"no \.safetensors file"), ("config.json", "no config.json"), ("", "neither a folder nor a model in the local")],
)
def test_incomplete_models_are_refused(connection: Connection, saved: Maker, tmp_path: Path, missing: str, message: str) -> None:
    folder = tmp_path / "broken"
    if missing:
        shutil.copytree(saved("BertModel"), folder)
        (folder / missing).unlink()
    with pytest.raises(duckdb.Error, match=message):
        connection.execute("select wai_spec(?, '{}')", [spec("embed", **named(folder))])


def test_code_that_comes_with_a_model_is_never_run(connection: Connection, saved: Maker, tmp_path: Path) -> None:
    folder = tmp_path / "with-code"
    shutil.copytree(saved("BertModel"), folder)
    config = json.loads((folder / "config.json").read_text())
    config |= {"auto_map": {"AutoModel": "evil.Evil", "AutoConfig": "evil.EvilConfig"}, "model_type": "evil"}
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()")
    (row,) = call(connection, "embed", ["text"], tmp_path / "cache", **named(folder))
    assert row is not None
    assert row["value"] is None
    assert "cannot be loaded" in row["error"]
    assert not (tmp_path / "ran").exists()


def test_a_head_knows_its_named_encoder(connection: Connection, encoder: Path, tmp_path: Path) -> None:
    connection.execute("create table labelled as select 'text ' || i as body, if(i % 2 = 0, 'even', 'odd') as label from range(8) t(i)")
    context = json.dumps({"cache_dir": str(tmp_path)})
    connection.execute(
        "create table heads as select wai_fit(list(body), list(label), wai_spec(?, ?)) as head from labelled",
        [spec("fit", **named(encoder)), context],
    )
    sql = "select wai_classify('text 4', (select wai_head(head, wai_spec(?, ?)) from heads))"
    bound = {"labels": [], "head_relation": "heads"}
    row = connection.execute(sql, [spec("classify", **bound, **named(encoder)), context]).fetchall()[0][0]
    assert set(row["scores"]) == {"even", "odd"}
    with pytest.raises(duckdb.Error, match=r"fitted on tiny-encoder@.* and the encoder is now all-MiniLM-L6-v2"):
        connection.execute(sql, [spec("classify", **bound), context]).fetchall()


def test_a_var_names_the_default_model_of_a_function(small: Project, encoder: Path, saved: Maker) -> None:
    sentiment = saved(*MODELS_FOR["sentiment"])
    small.write(
        "models/named.sql",
        "select id, {{ warehouse_ai.ai_embed('body') }} as vector, {{ warehouse_ai.ai_similarity('body', \"'bug'\") }} as alike,\n"
        "    {{ warehouse_ai.ai_sentiment_detail('body', model='"
        + str(sentiment)
        + "') }} as mood, {{ warehouse_ai.ai_embed(\"'x'\", model='"
        + str(saved("BertModel"))
        + "') }} as other\nfrom {{ ref('tickets') }}\n",
    )
    small.dbt("run", "--select", "+named", warehouse_ai_models={"ai_embed": str(encoder)})
    vectors = small.query("select len(vector), typeof(vector), alike is not null, mood.model, len(other) from named order by id")
    model = f"{sentiment.name}@{fingerprint(sentiment)}"
    assert vectors == [(32, "FLOAT[]", True, model, 32), (32, "FLOAT[]", True, model, 32), (None, "FLOAT[]", False, None, 32)]
    small.dbt("run", "--select", "named", warehouse_ai_models={})
    assert small.query("select distinct typeof(vector) from named") == [("FLOAT[384]",)]
    refused = small.dbt("run", "--select", "named", fails=True, warehouse_ai_models={"ai_embedding": "x"})
    assert "var 'warehouse_ai_models' names the unknown function 'ai_embedding'" in refused
