from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import hypothesis
import pytest
import yaml
from filelock import FileLock

from warehouse_ai.engines import duckdb as engine

ROOT = Path(__file__).parents[2]
CACHE = "warehouse_ai"
"""Name of the result cache in a user's cache folder."""
SOURCES = ("dbt_project.yml", "profiles", "macros", "models", "seeds", "files", "tests/generic", "tests/singular", "analyses")

# The first call of a function loads libraries; only wrong answers fail here.
hypothesis.settings.register_profile("no_deadline", deadline=None)
hypothesis.settings.load_profile("no_deadline")


SLOW_FILES = ("test_dbt_pipeline", "test_customer_features", "test_document_pipeline", "test_dbt_install", "test_suggest_tests")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that the processes of a run end together."""
    items.sort(key=lambda item: SLOW_FILES.index(item.path.stem) if item.path.stem in SLOW_FILES else len(SLOW_FILES))


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "duckdb_1: also runs on DuckDB 1")


@pytest.fixture(scope="session")
def shared_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One result cache for all tests that do not measure it: the real model computes each text once."""
    return tmp_path_factory.mktemp("cache") / CACHE


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        engine.register(connection)
        yield connection


@dataclass
class Project:
    """A dbt project on disk, and what its warehouse holds."""

    folder: Path
    cache: Path

    def dbt(self, *arguments: str, cwd: Path | None = None, fails: bool = False, **variables: Any) -> str:
        """Run dbt and return what it prints.

        The environment tells where cache and database lie, and by relative paths, so that dbt reads only what changed in a copy.
        """
        command = [str(Path(sys.executable).with_name("dbt")), "--no-use-colors", *arguments]
        command += ["--project-dir", str(self.folder), "--profiles-dir", str(self.folder / "profiles")]
        command += ["--vars", yaml.safe_dump(variables)] if variables else []
        database = self.database if cwd else self.database.name
        environment = {**self.environment, "WAREHOUSE_AI_DATABASE": str(database)}
        done = subprocess.run(command, cwd=cwd or self.folder, capture_output=True, text=True, env=environment, check=False)
        output = done.stdout + done.stderr
        assert (done.returncode != 0) == fails, output[-6000:]
        return output

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "XDG_CACHE_HOME": str(self.cache.parent), "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}

    @property
    def database(self) -> Path:
        return self.folder / "warehouse.duckdb"

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.database), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def execute(self, sql: str) -> None:
        with duckdb.connect(str(self.database)) as connection:
            connection.execute(sql)

    def last_usage(self) -> dict[str, dict[str, int]]:
        """What each function did in the last invocation that called one, over the models of the pipeline."""
        rows = self.query(
            "select function, sum(rows), sum(distinct_texts), sum(cache_hits), sum(computed) from main.ai_ledger"
            " where node_id like 'model.%' and invocation_id = (select arg_max(invocation_id, started_at) from main.ai_ledger)"
            " group by function"
        )
        names = ("rows", "distinct", "hits", "computed")
        return {row[0]: dict(zip(names, map(int, row[1:]), strict=True)) for row in rows}

    def invocations(self) -> int:
        return self.query("select count(distinct invocation_id) from main.ai_ledger")[0][0]

    def write(self, path: str, text: str) -> None:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf8")


def copy_project(folder: Path) -> None:
    for source in SOURCES:
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, folder / source)
        elif (ROOT / source).exists():
            shutil.copy(ROOT / source, folder / source)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The whole pipeline of this repository, built once for all processes of a test run. A test that writes works on a `copy_of` it."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "built"
    # The second run, on another DuckDB, starts from what the models answered in the first.
    cache = Path(os.environ.get("WAREHOUSE_AI_TEST_CACHE", folder)) / CACHE
    project = Project(folder / "project", cache)
    with FileLock(folder.with_suffix(".lock")):
        if not (folder / "done").exists():
            shutil.rmtree(folder, ignore_errors=True)
            project.folder.mkdir(parents=True)
            copy_project(project.folder)
            project.dbt("build")
            (folder / "done").touch()
    return project


@pytest.fixture
def copy_of(built: Project, tmp_path: Path) -> Callable[[], Project]:
    """Make a project that starts where the built one stands; it shares nothing with it."""

    def make() -> Project:
        folder = tmp_path / "copy"
        shutil.copytree(built.folder, folder)
        cache = tmp_path / "cache" / CACHE
        shutil.copytree(built.cache, cache)
        return Project(folder, cache)

    return make


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory, shared_cache: Path) -> Project:
    """Another team's project that has installed the package with `local:`."""
    folder = tmp_path_factory.mktemp("small") / "shop"
    folder.mkdir()
    project = Project(folder, shared_cache)
    project.write("dbt_project.yml", "name: shop\nprofile: shop\nversion: '1.0'\nmodels: {shop: {+materialized: table}}\n")
    project.write("packages.yml", f"packages:\n  - local: {ROOT}\n")
    project.write(
        "profiles/profiles.yml",
        "shop:\n  target: dev\n  outputs:\n    dev:\n      type: duckdb\n"
        "      path: \"{{ env_var('WAREHOUSE_AI_DATABASE') }}\"\n      plugins:\n        - module: warehouse_ai.plugin\n",
    )
    project.write(
        "models/tickets.sql",
        "select 1 as id, 'the card was charged twice' as body\nunion all select 2, 'the app crashes when I open it'\n"
        "union all select 3, null\n",
    )
    project.write(
        "models/routed.sql",
        "select id, body, {{ warehouse_ai.ai_classify('body', ['billing', 'software bug']) }} as team,\n"
        "    {{ warehouse_ai.ai_provenance() }}\nfrom {{ ref('tickets') }}\n",
    )
    project.dbt("deps")
    return project


def beside(small: Project, folder: Path, *settings: str) -> Project:
    """Make a project that has installed what the small one has, and nothing else; `settings` are more lines of its dbt_project.yml."""
    folder.mkdir(parents=True)
    for name in ("packages.yml", "package-lock.yml"):
        shutil.copy(small.folder / name, folder / name)
    for name in ("dbt_packages", "profiles"):
        shutil.copytree(small.folder / name, folder / name, symlinks=True)
    project = Project(folder, small.cache)
    project.write(
        "dbt_project.yml", "\n".join(["name: shop\nprofile: shop\nversion: '1.0'\nmodels: {shop: {+materialized: table}}", *settings, ""])
    )
    return project
