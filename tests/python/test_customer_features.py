from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from conftest import Project, copy_project

SEEDS = ("raw_shop_customers", "raw_transactions", "raw_support_contacts", "raw_cancellations")
TABLES = ("main_silver.customer_history", "main_gold.fct_customer_features")
MODELS = ("customer_history", "fct_customer_features")
LAST = 100_150


def append(project: Project, seed: str, *rows: dict[str, object]) -> None:
    """Add rows as a new export would; what is not named stays empty."""
    path = project.folder / f"seeds/{seed}.csv"
    with path.open(encoding="utf8", newline="") as file:
        columns = next(csv.reader(file))
    with path.open("a", encoding="utf8", newline="") as file:
        csv.DictWriter(file, columns, lineterminator="\n").writerows(rows)


def run(project: Project, *options: str) -> None:
    project.dbt("build", "--select", "+export_customer_features", "--exclude", "resource_type:test", "resource_type:unit_test", *options)


def differences(project: Project, table: str, where: str = "true") -> list[tuple[object, ...]]:
    """Rows that a table and its copy do not share."""
    copy = f"kept.{table.split('.')[1]}"
    return project.query(
        f"(select customer_id from (select * from {table} where {where} except select * from {copy}))"
        f" union (select customer_id from (select * from {copy} where {where} except select * from {table}))"
    )


def keep(project: Project) -> None:
    """Copy the tables as they are now."""
    project.execute("drop schema if exists kept cascade; create schema kept")
    for table in TABLES:
        project.execute(f"create table kept.{table.split('.')[1]} as from {table}")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, shared_cache: Path) -> Project:
    """The first customers of the shop, built."""
    folder = tmp_path_factory.mktemp("shop") / "project"
    folder.mkdir()
    copy_project(folder)
    for seed in SEEDS:
        path = folder / f"seeds/{seed}.csv"
        with path.open(encoding="utf8", newline="") as file:
            columns, *rows = csv.reader(file)
        place = columns.index("customer_id")
        with path.open("w", encoding="utf8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([columns, *(row for row in rows if int(row[place]) <= LAST)])
    project = Project(folder, shared_cache)
    run(project)
    return project


@pytest.fixture
def copy_of_shop(shop: Project, tmp_path: Path) -> Callable[[], Project]:
    def make() -> Project:
        shutil.copytree(shop.folder, tmp_path / "copy")
        return Project(tmp_path / "copy", shop.cache)

    return make


def customers(project: Project, condition: str, number: int) -> list[int]:
    rows = project.query(f"select customer_id from main_gold.fct_customer_features where {condition} order by customer_id limit {number}")
    assert len(rows) == number
    return [row[0] for row in rows]


def change(customer: int, operation: str, number: int) -> dict[str, object]:
    return {"change_id": 90_000 + number, "customer_id": customer, "email": f"c{number}@example.org", "age": 40, "income": 30_000,
            "credit_score": 700, "country": "IE", "plan": "plus", "signed_up_at": "2025-02-03 00:00:00", "operation": operation,
            "changed_at": "2026-05-31 00:00:00"}  # fmt: skip


def purchase(customer: int, number: int, when: str) -> dict[str, object]:
    return {"transaction_id": 9_000_000 + number, "customer_id": customer, "purchased_at": when, "quantity": 2, "amount": 19.99,
            "category": "garden", "channel": "app", "landed_at": when}  # fmt: skip


def contact(customer: int, number: int, when: str) -> dict[str, object]:
    return {"contact_id": 900_000 + number, "customer_id": customer, "contacted_at": when, "reason": "question", "minutes": 3,
            "is_resolved": False, "message": "The bench wobbles and nobody has rung me back."}  # fmt: skip


def test_an_incremental_run_gives_the_table_of_a_full_refresh(copy_of_shop: Callable[[], Project]) -> None:
    project = copy_of_shop()
    untouched, buyer, writer, mover, leaver = customers(project, "messages > 0", 5)
    newcomer = 200_000
    # Whoever computes this row again puts it right.
    project.execute(f"update main_silver.customer_history set total_amount = -1 where customer_id = {untouched}")
    project.execute(f"update main_gold.fct_customer_features set total_amount = -1 where customer_id = {untouched}")
    append(project, "raw_shop_customers", change(mover, "update", 1), change(leaver, "delete", 2), change(newcomer, "insert", 3))
    append(project, "raw_transactions", purchase(buyer, 1, "2025-06-01 10:00:00"), purchase(newcomer, 2, "2026-04-01 10:00:00"))
    append(project, "raw_support_contacts", contact(writer, 1, "2026-05-01 10:00:00"), contact(newcomer, 2, "2026-05-01 11:00:00"))
    before = project.query("select max(ended_at) from main_gold.fct_customer_features")
    keep(project)
    run(project)
    assert project.query("select max(ended_at) from main_gold.fct_customer_features") == before
    for table in TABLES:
        assert {row[0] for row in differences(project, table)} == {buyer, writer, mover, leaver, newcomer}, table
        assert project.query(f"select total_amount from {table} where customer_id = {untouched}") == [(-1,)]
        assert project.query(f"select count(*) from {table} where customer_id = {leaver}") == [(0,)]
    assert project.query(f"select count(*) from main_silver.contact_signals where customer_id = {leaver}") == [(0,)]
    keep(project)
    project.dbt("run", "--full-refresh", "--select", *MODELS)
    for table in TABLES:
        assert differences(project, table, f"customer_id <> {untouched}") == [], table
        assert project.query(f"select total_amount > 0 from {table} where customer_id = {untouched}") == [(True,)]


def test_when_the_data_end_later_everybody_is_described_from_there(copy_of_shop: Callable[[], Project]) -> None:
    project = copy_of_shop()
    (buyer,) = customers(project, "purchases > 0", 1)
    append(project, "raw_transactions", purchase(buyer, 1, "2026-06-15 10:00:00"))
    keep(project)
    run(project)
    assert {row[0] for row in differences(project, TABLES[0])} == {buyer}
    assert project.query("select distinct ended_at = timestamp '2026-06-15 10:00:00' from main_gold.fct_customer_features") == [(True,)]
    keep(project)
    project.dbt("run", "--full-refresh", "--select", *MODELS)
    for table in TABLES:
        assert differences(project, table) == [], table


def test_a_centroid_has_length_one_and_stands_where_messages_are(shop: Project) -> None:
    rows = shop.query(
        "select messages > 0, message_centroid is not null, main_topic is not null, mean_sentiment is not null, share_negative is not null,"
        " max(abs(array_inner_product(message_centroid, message_centroid) - 1)) < 1e-5"
        " from main_gold.fct_customer_features group by all order by all"
    )
    assert [row[:5] for row in rows] == [(False,) * 5, (True,) * 5]
    assert rows[1][5] is True


def test_exports_are_written_anew_and_hold_the_table(copy_of_shop: Callable[[], Project]) -> None:
    project = copy_of_shop()
    files = project.folder / "target/exports/customer_features"

    def plans() -> set[str]:
        return {path.parent.name for path in files.rglob("*.parquet")}

    assert plans() == {"plan=basic", "plan=plus", "plan=premium"}
    (premium,) = project.query("select count(*) from main_silver.stg_shop_customers where plan = 'premium'")[0]
    assert premium
    # A plan that nobody has any more leaves no file behind.
    project.execute("update main_silver.shop_customers_checked set plan = 'plus' where plan = 'premium'")
    project.dbt("run", "--select", "export_customer_features")
    assert plans() == {"plan=basic", "plan=plus"}
    exported = duckdb.sql(f"select count(*), count(message_centroid) from '{files}/*/*.parquet'").fetchall()
    assert exported == project.query("select count(*), count(message_centroid) from main_gold.fct_customer_features")
