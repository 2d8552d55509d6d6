from __future__ import annotations

import json
from pathlib import Path

import pytest

from conftest import Project


@pytest.mark.duckdb_1
def test_only_macros_and_hooks_come_along_and_the_ledger_is_kept(small: Project, tmp_path: Path) -> None:
    # From another working directory, with --project-dir alone.
    small.dbt("build", cwd=tmp_path)
    manifest = json.loads((small.folder / "target/manifest.json").read_text(encoding="utf8"))
    assert {n for n in manifest["nodes"] if n.startswith(("model.", "seed."))} == {"model.shop.tickets", "model.shop.routed"}
    assert small.query("select id, team from main.routed order by id") == [(1, "billing"), (2, "software bug"), (3, None)]
    usage = small.query("select node_id, function, rows, nulls, distinct_texts from main.ai_ledger")
    assert usage == [("model.shop.routed", "ai_classify", 3, 1, 2)]


def test_a_unit_test_can_override_a_macro(small: Project) -> None:
    small.write(
        "models/routed.yml",
        "unit_tests:\n  - name: routes\n    model: routed\n    overrides:\n      macros:\n"
        '        warehouse_ai.ai_classify: "\'overridden\'"\n        warehouse_ai.ai_provenance: "1 as one"\n'
        "    given:\n      - input: ref('tickets')\n        rows: [{id: 1, body: anything}]\n"
        "    expect:\n      rows: [{id: 1, team: overridden}]\n",
    )
    small.dbt("run")
    assert "PASS routed::routes" in small.dbt("test")


@pytest.mark.duckdb_1
def test_inline_sql_shows_the_answer_of_a_macro(small: Project) -> None:
    output = small.dbt("show", "--inline", "select {{ warehouse_ai.ai_sentiment_label(\"'I love it'\") }} as mood")
    assert "positive" in output


def test_a_head_is_fitted_on_the_encoder_of_sentiment_where_the_macro_says_so(small: Project) -> None:
    rows = "(values ('I love it', 'good'), ('what a joy', 'good'), ('I hate it', 'bad'), ('a disgrace', 'bad')) as said (body, mood)"
    query = f"select upper(split_part(({{{{ warehouse_ai.ai_fit('body', 'mood', model='sentiment') }}}}).model, '-v2', 2)) from {rows}"
    assert "+SENTIMENT@" in small.dbt("show", "--inline", query)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("ai_classify('body', [])", "ai_classify: argument 'labels' has no labels. Pass a list"),
        ("ai_classify('body')", "ai_classify: argument 'labels' has no labels"),
        ("ai_classify('body', ['a', 'a'])", "argument 'labels' has the label 'a' twice"),
        ("ai_classify('body', ['a'])", "argument 'labels' has only 'a'"),
        ("ai_classify('body', 'nowhere')", "argument 'labels' names the unknown label set 'nowhere'"),
        ("ai_classify('body', {'a': {'about': 'x'}, 'b': 'y'})", "argument 'labels' has the unknown option 'about' for 'a'"),
        ("ai_classify('body', ['a', 'b'], examples={'c': ['x']})", "argument 'examples' names the unknown label 'c'"),
        ("ai_classify('body', ['a', 'b'], treshold=0.5)", "argument 'treshold' is unknown. The options are"),
        ("ai_classify('body', ['a', 'b'], threshold=2)", "argument 'threshold' is 2. Pass a probability"),
        ("ai_classify('body', ['a', 'b'], threshold='p95')", "'threshold' is 'p95' without a head. A precision needs head=ref("),
        (
            "ai_classify('body', head=ref('tickets'), threshold='p80')",
            "argument 'threshold' is 'p80'. Pass a probability from 0 to 1, or with",
        ),
        ("ai_classify('body', ['a', 'b'], on_error='skip')", "argument 'on_error' is 'skip'"),
        ("ai_classify(none, ['a', 'b'])", "argument 'text' is not a SQL expression"),
        ("ai_sentiment('body', none_label=3)", "argument 'none_label' is not a string"),
        ("ai_sentiment_label('body', 0.5, none, 'null', none, 'x')", "argument 'x' is one too many"),
        ("ai_extract('body', {})", "argument 'fields' has no fields"),
        ("ai_extract('body', {'due': 'day'})", "argument 'fields' gives 'due' the unknown type 'day'. Types are"),
        ("ai_extract('body', {'due': 'date', 'Due': 'date'})", "has 'Due' twice, letter case aside"),
        ("ai_extract('body', {'state': 'enum'})", "needs a list of values for the enum 'state'"),
        ("ai_extract('body', {'due': {'type': 'date', 'order': 'XYZ'}})", "unknown date order 'XYZ'"),
        ("ai_classify('body', ['a', 'b'], head=ref('tickets'))", "argument 'head' comes with labels or examples"),
        ("ai_classify('body', head=3)", "argument 'head' is not a relation. Pass head=ref("),
        ("ai_classify_multi('body', [])", "ai_classify_multi: argument 'labels' has no labels"),
        ("ai_filter('body')", "argument 'predicate' says nothing. Pass a statement"),
        ("ai_filter('body', 'x', threshold=0.2)", "argument 'threshold' is 0.2. Pass a probability from 0.5 to 1"),
        ("ai_sentiment_aspects('body', 'price')", "argument 'aspects' is not a list of texts"),
        ("ai_sentiment_aspects('body', ['App', 'app'])", "argument 'aspects' has an aspect twice"),
        ("ai_summarize('body', max_words=0)", "argument 'max_words' is 0. Pass a whole number from 1 on"),
        ("ai_summarize_agg('body', max_words='many')", "argument 'max_words' is many"),
        ("ai_keywords('body', k=1.5)", "argument 'k' is 1.5"),
        ("ai_moderate('body', 'strict')", "argument 'policy' names the unknown policy 'strict'"),
        ("ai_moderate('body', {'rude': {'flagged': 0.5}})", "argument 'policy' has the unknown category 'rude'"),
        ("ai_moderate('body', {'spam': {'banned': 0.5}})", "argument 'policy' has the unknown level 'banned'"),
        ("ai_moderate('body', {'spam': {'flagged': 5}})", "gives 'spam' the threshold 5 for flagged"),
        ("ai_redact('body', categories=['shoe size'])", "argument 'categories' has the unknown category 'shoe size'"),
        ("ai_redact('body', replacement=7)", "argument 'replacement' is not a text"),
        ("ai_detect_language('body', languages='en')", "argument 'languages' is not a list of texts"),
        ("ai_detect_language('body', languages=['xx'])", "argument 'languages' has the unknown code 'xx'"),
        ("ai_chunk('body', max_tokens=10, overlap=10)", "argument 'overlap' is 10 of 10 tokens"),
        ("ai_fit('body')", "argument 'label' is not a SQL expression"),
        ("ai_parse_document(3)", "argument 'path' is not a SQL expression"),
        ("ai_parse_document('path', 0)", "argument 'max_mb' is 0"),
        ("ai_embed_image('path', model=3)", "argument 'model' says nothing"),
        ("ai_classify_image('path', ['a', 'b'])", "argument 'model' is missing. Labels need a CLIP: pass model="),
        ("ai_classify_image('path', ['a', 'b'], head=ref('tickets'))", "argument 'head' comes with labels"),
        ("ai_classify_image('path', head=3)", "argument 'head' is not a relation"),
        ("ai_fit('path', 'label', input='sound')", "argument 'input' is 'sound'"),
        ("ai_fit('path', 'label', model=' ')", "argument 'model' says nothing"),
        ("ai_similarity('body', none)", "argument 'b' is not a SQL expression"),
        ("ai_search(\"'x'\", ref('tickets'), [])", "argument 'columns' is empty"),
        ("ai_search(\"'x'\")", "argument 'relation' is missing"),
        ("ai_near_duplicates(ref('tickets'), 'id', 'body', threshold=3)", "argument 'threshold' is 3"),
    ],
)
def test_wrong_arguments_fail_at_compile_time_with_the_fix(compile_error, call: str, message: str) -> None:
    assert message in compile_error(call)


@pytest.fixture(scope="module")
def compile_error(small: Project):
    """Compile a model that calls a macro, inside one process: dbt's start is most of a run."""
    import os

    from dbt.cli.main import dbtRunner

    def compile_call(call: str) -> str:
        before = dict(os.environ)
        messages: list[str] = []
        os.environ["WAREHOUSE_AI_DATABASE"] = str(small.database)
        try:
            result = dbtRunner(callbacks=[lambda event: messages.append(event.info.msg)]).invoke(
                ["compile", "--inline", f"select {{{{ warehouse_ai.{call} }}}} from {{{{ ref('tickets') }}}}",
                 "--project-dir", str(small.folder), "--profiles-dir", str(small.folder / "profiles")]
            )  # fmt: skip
        finally:
            os.environ.clear()
            os.environ.update(before)
        assert not result.success
        return "\n".join(messages)

    return compile_call


@pytest.mark.parametrize("materialized", ["view", "ephemeral"])
def test_a_view_over_an_ai_function_is_refused_when_it_runs(small: Project, materialized: str) -> None:
    small.write(
        "models/mood.sql",
        f"{{{{ config(materialized='{materialized}') }}}}\n"
        "select {{ warehouse_ai.ai_sentiment('body') }} as mood from {{ ref('tickets') }}\n",
    )
    small.write("models/moods.sql", "select * from {{ ref('mood') }}\n")
    try:
        output = small.dbt("run", "--select", "+moods", fails=True)
        assert f"ai_sentiment: model mood is materialized as {materialized}" in output
        assert "materialized='table'" in output
    finally:
        (small.folder / "models/mood.sql").unlink()
        (small.folder / "models/moods.sql").unlink()


def test_without_the_plugin_dbt_says_what_to_add_to_the_profile(small: Project, tmp_path: Path) -> None:
    profile = small.folder / "profiles/profiles.yml"
    text = profile.read_text(encoding="utf8")
    profile.write_text(text.split("      plugins:")[0], encoding="utf8")
    try:
        output = small.dbt("run", "--select", "tickets")
        assert "the plugin is not loaded" in output
        assert "- module: warehouse_ai.plugin" in output
    finally:
        profile.write_text(text, encoding="utf8")


def test_the_ledger_can_be_switched_off(small: Project) -> None:
    small.dbt("run", "--select", "routed")
    before = small.invocations()
    small.dbt("run", "--select", "routed", warehouse_ai_ledger=False)
    assert small.invocations() == before


def test_operations_check_the_set_up_and_carry_the_cache(small: Project, tmp_path: Path) -> None:
    output = small.dbt("run-operation", "ai_check")
    assert "encoder: all-MiniLM-L6-v2 53aa51172d14, sha256 checked" in output
    small.dbt("run", "--select", "routed")
    assert "answers written to" in small.dbt("run-operation", "ai_cache_export", "--args", f"{{path: {tmp_path}/answers.parquet}}")
    assert "answers read from" in small.dbt("run-operation", "ai_cache_import", "--args", f"{{path: {tmp_path}/answers.parquet}}")
    assert "warehouse_ai: 0 answers deleted" in small.dbt("run-operation", "ai_cache_prune", "--args", "{days: 30}")
