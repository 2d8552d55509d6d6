"""`ai_suggest_tests` on the shop's landing data, whose errors are known, and on a table without errors that looks odd."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from conftest import ROOT, Project, beside

KEYS = {"shop_customers": "customer_id", "transactions": "transaction_id", "support_contacts": "contact_id"}
# Frost, a long tail, rare tags that are no slips, codes of digits, times ahead of any clock, short but meaningful answers.
ODD_BUT_RIGHT = """\
with numbers as (
    select
        i,
        (hash(i) % 100000 + 0.5) / 100000 as u,
        (hash(i + 7919) % 100000 + 0.5) / 100000 as v,
        (hash(i + 104729) % 100000 + 0.5) / 100000 as w
    from range(4000) as t (i)
)
select
    i as visit_id,
    14 + 6 * sqrt(-2 * ln(u)) * cos(2 * pi() * v) as outdoors,
    round(pow(u, -0.5), 3) as donation,
    cast(floor(-ln(v) * 2) as integer) as children,
    'tag ' || cast(least(floor(pow(w, -0.9)), 150) as integer) as tag,
    lpad(cast(cast(u * 99999 as integer) as varchar), 5, '0') as area,
    timestamp '2024-01-01' + to_hours(cast(i * 24 as bigint)) as opened_at,
    case when v < 0.02 then 'All fine, thanks.' else 'We came here for reason ' || cast(i as varchar) || ' and liked it' end as remark
from numbers
"""


@pytest.fixture(scope="module")
def shop(small: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project with the landing data under names of its own, the odd table, and what is suggested for them pasted in."""
    described = yaml.safe_load((ROOT / "seeds/_shop_seeds.yml").read_text(encoding="utf8"))["seeds"]
    types = {seed["name"].removeprefix("raw_"): {"+column_types": seed["config"]["column_types"]} for seed in described}
    seeds = {"seeds": {"shop": {name: types[name] for name in KEYS}}}
    project = beside(small, tmp_path_factory.mktemp("suggested") / "shop", yaml.safe_dump(seeds))
    (project.folder / "seeds").mkdir()
    for name in KEYS:
        shutil.copy(ROOT / f"seeds/raw_{name}.csv", project.folder / f"seeds/{name}.csv")
    project.write("models/visits.sql", ODD_BUT_RIGHT)
    project.write(
        "macros/suggest_all.sql",
        "{% macro suggest_all() %}{% for name in ['"
        + "', '".join([*KEYS, "visits"])
        + "'] %}{% do warehouse_ai.ai_suggest_tests(name) %}{% endfor %}{% endmacro %}",
    )
    project.dbt("build")
    printed = project.dbt("--quiet", "run-operation", "suggest_all")
    for number, text in enumerate(printed.split("version: 2\n")[1:]):
        lines = [line for line in text.splitlines() if not line or line.startswith((" ", "seeds:", "models:"))]
        project.write(f"models/suggested_{number}.yml", "version: 2\n" + "\n".join(lines) + "\n")
    project.dbt("test", "--store-failures")
    return project


def suggested(project: Project) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Table, column (empty for tests of the whole table) and test, as the YAML has them."""
    for path in sorted((project.folder / "models").glob("suggested_*.yml")):
        content = yaml.safe_load(path.read_text(encoding="utf8"))
        for table in content.get("seeds") or content["models"]:
            for test in table.get("data_tests") or ():
                yield table["name"], "", test
            for column in table["columns"]:
                for test in column.get("data_tests") or ():
                    yield table["name"], column["name"], test


@pytest.fixture(scope="module")
def failing(shop: Project) -> list[tuple[str, str, set[int]]]:
    """Table, name and keys of the failing rows of every test that fails."""
    return list(failures_of(shop))


def failures_of(project: Project) -> Iterator[tuple[str, str, set[int]]]:
    manifest = json.loads((project.folder / "target/manifest.json").read_text(encoding="utf8"))["nodes"]
    for result in json.loads((project.folder / "target/run_results.json").read_text(encoding="utf8"))["results"]:
        node = manifest.get(result["unique_id"], {})
        if not result["failures"] or node.get("resource_type") != "test":
            continue
        table, column, failures = node["attached_node"].split(".")[-1], node["column_name"], node["relation_name"]
        key = KEYS.get(table, "visit_id")
        stored = [row[0] for row in project.query(f"describe {failures}")]
        # Tests that dbt ships store values, ours store rows.
        rows = project.query(
            f"select {key} from {failures}"
            if key in stored
            else f"select {key} from {table} where cast({column} as varchar) in (select cast({stored[0]} as varchar) from {failures})"
        )
        yield table, node["name"], {int(row[0]) for row in rows}


def planted() -> dict[tuple[str, int], set[str]]:
    """Kinds of errors by table and key."""
    found: dict[tuple[str, int], set[str]] = {}
    with (ROOT / "seeds/planted_errors.csv").open(encoding="utf8") as file:
        for row in csv.DictReader(file):
            found.setdefault((row["table_name"].removeprefix("raw_"), int(row["row_key"])), set()).add(row["kind"])
    return found


def test_suggested_tests_find_nine_in_ten_kinds_of_planted_errors(failing: list[tuple[str, str, set[int]]]) -> None:
    # Which of several errors in a row made it fail cannot be told.
    errors = {place: next(iter(kinds)) for place, kinds in planted().items() if len(kinds) == 1}
    kinds = {(table, kind) for (table, _), kind in errors.items()}
    found = {(table, errors[table, key]) for table, _, keys in failing for key in keys if (table, key) in errors}
    assert len(found) >= 0.9 * len(kinds), kinds - found


def test_no_row_without_a_planted_error_breaks_a_suggested_test(failing: list[tuple[str, str, set[int]]]) -> None:
    errors = planted()
    broken = {name: sorted(wrong)[:5] for table, name, keys in failing if (wrong := {k for k in keys if (table, k) not in errors})}
    assert broken == {}


def test_what_fails_today_warns_and_what_passes_may_stop_a_build(shop: Project) -> None:
    severities = {
        (table, column, next(iter(test))): next(iter(test.values()))["config"]["severity"] for table, column, test in suggested(shop)
    }
    assert severities["transactions", "amount", "not_null"] == "warn"
    assert severities["transactions", "transaction_id", "not_null"] == "error"
    assert severities["transactions", "transaction_id", "unique"] == "warn"
    assert severities["shop_customers", "change_id", "unique"] == "error"


def test_a_column_that_looks_odd_but_is_right_gets_no_rule_that_it_breaks(shop: Project) -> None:
    rules = {(column, next(iter(test)).removeprefix("warehouse_ai.")): test for table, column, test in suggested(shop) if table == "visits"}
    assert ("tag", "accepted_values") not in rules
    assert ("area", "ai_is_number") not in rules
    assert "at_least" not in rules.get(("outdoors", "ai_in_range"), {}).get("warehouse_ai.ai_in_range", {}).get("arguments", {})
    assert rules["opened_at", "ai_not_in_future"]["warehouse_ai.ai_not_in_future"]["arguments"]["days_ahead"] > 1


def test_an_unknown_table_is_named_with_the_fix(shop: Project) -> None:
    output = shop.dbt("run-operation", "warehouse_ai.ai_suggest_tests", "--args", "{model: nowhere}", fails=True)
    assert "argument 'model' names 'nowhere', which the project does not know. Pass the name of a model, seed or source" in output
