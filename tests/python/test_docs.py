from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from conftest import ROOT
from warehouse_ai import docs

MACROS = docs.macros(ROOT)
ANSWER = """\
{% macro ai_answer(text, mark='[{x}, !]', k=5, sure=none) -%}
    {{- return(text) -}}
{%- endmacro %}
"""
DESCRIBED = """\
version: 2

macros:
  - name: ai_answer
    description: |
      Answer a text.

      {% raw %}`{{ ai_answer('body') }}`{% endraw %} gives `42`.
    arguments:
      - {name: text, type: string, description: "The text."}
      - {name: mark, type: "string | integer", description: "A mark."}
      - {name: k, type: integer, description: "How many."}
      - {name: sure, type: float, description: "How sure."}
"""
EXAMPLES = """\
ai_answer:
  - ai_answer("'why?'")
  - query: |
      select {{ ai_answer('body') }} as answer
      from (values ('a')) as t (body)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """One documented macro."""
    (tmp_path / "macros/ai").mkdir(parents=True)
    (tmp_path / "docs").mkdir()
    (tmp_path / "macros/ai/ai_answer.sql").write_text(ANSWER, encoding="utf8")
    (tmp_path / "macros/_macros.yml").write_text(DESCRIBED, encoding="utf8")
    (tmp_path / "docs/examples.yml").write_text(EXAMPLES, encoding="utf8")
    return tmp_path


def write_page(project: Path, results: dict[str, str] | None = None) -> str:
    page = docs.render(project, results or {})
    (project / docs.PAGE).write_text(page, encoding="utf8")
    return page


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf8")


@pytest.mark.parametrize("macro", MACROS, ids=lambda macro: macro.name)
def test_every_public_macro_is_described_with_its_arguments_in_their_order(macro: docs.Macro) -> None:
    assert macro.entry["description"].strip()
    assert [argument["name"] for argument in macro.arguments] == list(macro.defaults)
    assert all(argument["type"] and argument["description"] for argument in macro.arguments)


def test_every_function_has_a_call_to_show() -> None:
    without = {macro.name for macro in MACROS if macro.section == "Functions" and not macro.examples and macro.defaults}
    assert without == docs.WITHOUT_CALLS


def test_the_page_is_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "warehouse_ai.docs", "--check", "--project-dir", str(ROOT)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_section_has_the_signature_of_the_sql_file_the_text_of_the_yaml_file_and_the_calls(project: Path) -> None:
    page = write_page(project)
    assert "```text\nai_answer(text, mark='[{x}, !]', k=5, sure=none)\n```" in page
    assert "`{{ ai_answer('body') }}` gives `42`." in page
    assert "| `text` | string |  | The text. |" in page
    assert "| `mark` | string \\| integer | `'[{x}, !]'` | A mark. |" in page
    assert "| `sure` | float | `none` | How sure. |" in page
    assert "```sql\n{{ ai_answer(\"'why?'\") }}\n```" in page
    assert "raw" not in page


def test_results_stay_until_their_call_changes(project: Path) -> None:
    call = "{{ ai_answer(\"'why?'\") }}"
    page = write_page(project, {call: "because\n\nof that"})
    assert f"```sql\n{call}\n```\n\n```text\nbecause\n\nof that\n```" in page
    assert docs.known_results(page) == {call: "because\n\nof that"}
    assert docs.check(project) == []
    replace(project / "docs/examples.yml", "why?", "how?")
    assert "because" not in docs.render(project, docs.known_results(page))


@pytest.mark.parametrize(
    ("path", "old", "new", "problem"),
    [
        ("macros/ai/ai_answer.sql", "k=5", "k=6", "+ai_answer(text, mark='[{x}, !]', k=6, sure=none)"),
        ("macros/ai/ai_answer.sql", ", sure=none", "", "ai_answer: the SQL file has the arguments ['text', 'mark', 'k'], the YAML file"),
        ("macros/_macros.yml", "name: k,", "name: count,", "ai_answer: the SQL file has the arguments"),
        ("macros/_macros.yml", "type: integer, ", "", "ai_answer: argument k has no type"),
        ("macros/_macros.yml", "How sure.", "", "ai_answer: argument sure has no description"),
        ("macros/_macros.yml", "name: ai_answer", "name: ai_other", "ai_answer: macros/ has no description of it"),
        ("macros/_macros.yml", "The text.", "Any text.", "+| `text` | string |  | Any text. |"),
        ("docs/examples.yml", "ai_answer:", "ai_other:", "docs/examples.yml: there is no macro ai_other"),
        ("docs/examples.yml", "why?", "how?", "+{{ ai_answer(\"'how?'\") }}"),
    ],
)
def test_the_check_says_what_does_not_match(project: Path, path: str, old: str, new: str, problem: str) -> None:
    write_page(project)
    assert docs.check(project) == []
    replace(project / path, old, new)
    assert any(line.startswith(problem) for line in docs.check(project)), docs.check(project)


def test_a_missing_page_fails_the_check_from_the_command_line(project: Path) -> None:
    command = [sys.executable, "-m", "warehouse_ai.docs", "--project-dir", str(project)]
    done = subprocess.run([*command, "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "docs/functions.md is not up to date: run `python -m warehouse_ai.docs`" in done.stderr
    assert subprocess.run(command, check=False).returncode == 0
    assert subprocess.run([*command, "--check"], check=False).returncode == 0


def test_examples_are_run_by_dbt_and_laid_out(tmp_path: Path) -> None:
    project = tmp_path / "small"
    for folder in ("macros/ai", "docs", "profiles"):
        (project / folder).mkdir(parents=True)
    (project / "dbt_project.yml").write_text("name: answers\nprofile: answers\nversion: '1.0'\n", encoding="utf8")
    (project / "profiles/profiles.yml").write_text(
        "answers:\n  target: ci\n  outputs:\n    ci:\n      type: duckdb\n      path: ':memory:'\n", encoding="utf8"
    )
    (project / "macros/ai/ai_answer.sql").write_text("{% macro ai_answer(text) -%} ({{ text }} || '!') {%- endmacro %}\n", encoding="utf8")
    (project / "docs/examples.yml").write_text(
        "ai_answer:\n  - ai_answer(\"'it''s'\")\n  - ai_answer('null')\n"
        "  - query: select {{ ai_answer('b') }} as mark, s as score from (values ('x', 0.123456), ('long', null)) as t (b, s) order by s\n",
        encoding="utf8",
    )
    docs.run_examples(project)
    page = (project / docs.PAGE).read_text(encoding="utf8")
    assert list(docs.known_results(page).values()) == ["it's!", "NULL", "mark   score\nx!     0.1235\nlong!  NULL"]
    assert not (project / "target").exists()
