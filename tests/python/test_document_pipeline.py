from __future__ import annotations

from pathlib import Path

import pytest

from conftest import Project, copy_project

MODELS = ("document_truth", "bronze_documents+")
SILVER = "main_silver.parsed_documents"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, shared_cache: Path) -> Project:
    """The models of documents over five small files, built once."""
    folder = tmp_path_factory.mktemp("documents")
    copy_project(folder)
    keep = {
        "gannet3_installation.md",
        "minutes_board_march.txt",
        "puget_expo_booth_214.html",
        "rosslare_visit.pdf",
        "upload_2026-05-11.txt",
    }
    for path in (folder / "files/documents").iterdir():
        if path.name not in keep:
            path.unlink()
    project = Project(folder, shared_cache)
    project.dbt("seed", "--select", "document_truth")
    project.dbt("run", "--select", "bronze_documents+")
    return project


def test_a_second_run_reads_no_file_and_only_what_changed_is_read_after_that(project: Project) -> None:
    project.dbt("run", "--select", "bronze_documents+")
    assert project.query("select count(*) from main_bronze.bronze_documents") == [(5,)]
    last = "invocation_id = (select arg_max(invocation_id, started_at) from main.ai_ledger)"
    assert project.query(f"select count(*) from main.ai_ledger where function = 'ai_parse_document' and {last}") == [(0,)]
    files = project.folder / "files/documents"
    (files / "gannet3_installation.md").write_text("# Gannet 3\n\nThe guide was rewritten.\n", encoding="utf8")
    (files / "minutes_board_march.txt").unlink()
    project.dbt("run", "--select", "bronze_documents+")
    assert project.query(f"select sum(distinct_texts) from main.ai_ledger where function = 'ai_parse_document' and {last}") == [(1,)]
    assert project.query("select count(*) from main_bronze.bronze_documents") == [(7,)]
    assert project.query(f"select count(*), count(*) filter (text like '%rewritten%') from {SILVER}") == [(4, 1)]
    assert project.query("select count(*) from main_silver.document_fields") == [(4,)]
    assert project.query("select count(*) from main_gold.fct_documents where path like '%board_march%'") == [(0,)]


def test_files_that_cannot_be_read_stay_with_their_error(project: Project) -> None:
    found = project.query(f"select file_name, state, error is not null from {SILVER} where state <> 'ok' order by file_name")
    assert found == [("rosslare_visit.pdf", "broken", True), ("upload_2026-05-11.txt", "empty", True)]


def test_vectors_are_exported_as_parquet(project: Project) -> None:
    path = project.folder / "target/exports/document_vectors.parquet"
    (counts,) = project.query(f"select count(*), min(len(embedding)) from '{path}'")
    assert counts == (project.query("select count(*) from main_silver.document_chunks")[0][0], 384)


def test_without_the_extension_no_index_is_made(project: Project) -> None:
    if project.query("select installed from duckdb_extensions() where extension_name = 'vss'") != [(False,)]:
        pytest.skip("vss is installed")
    assert project.query("select count(*) from duckdb_indexes() where table_name = 'document_embeddings'") == [(0,)]


def test_vectors_are_exported_to_lancedb(project: Project, tmp_path: Path) -> None:
    lancedb = pytest.importorskip("lancedb")
    project.dbt("run", "--select", "export_document_vectors_lancedb", warehouse_ai_lancedb=str(tmp_path / "vectors"))
    table = lancedb.connect(str(tmp_path / "vectors")).open_table("document_vectors")
    chunk, path, text = project.query("select chunk_id, path, chunk_text from main_silver.document_chunks order by chunk_id limit 1")[0]
    vector = project.query(f"select embedding from main_silver.document_embeddings where chunk_id = '{chunk}'")[0][0]
    (nearest,) = table.search(list(vector)).limit(1).to_list()
    assert (nearest["chunk_id"], nearest["path"], nearest["chunk_text"]) == (chunk, path, text)
