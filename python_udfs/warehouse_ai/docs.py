"""Make docs/functions.md from the descriptions in macros/, the signatures in the SQL files and real results of docs/examples.yml.

python -m warehouse_ai.docs [--project-dir .] [--examples | --check]

Without an option, results of calls that have not changed are kept; `--examples` runs dbt and the models and writes new ones; `--check`
writes nothing and fails where the page is not what the project says.
"""

from __future__ import annotations

import argparse
import difflib
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, nodes

from warehouse_ai.functions.registry import FUNCTIONS, GENERATIVE

SECTIONS = {"macros/ai": "Functions", "macros/ops": "Operations", "macros/pipeline": "Pipeline", "tests/generic": "Tests"}
"""Folders of public macros, one a file."""
PAGE = "docs/functions.md"
EXAMPLES = "docs/examples.yml"
QUALITY = "benchmarks/results/quality.json"
WITHOUT_CALLS = {
    *("ai_complete", "ai_complete_detail", "ai_translate", "ai_fix_grammar"),
    *("ai_parse_document", "ai_image_features", "ai_embed_image", "ai_classify_image", "ai_classify_image_detail"),
}
"""What needs a language model, a CLIP or a file of the user's: calls on literal texts show nothing of it."""
HEADER = re.compile(r"\{%-?\s*(?:macro|test)\s+(?P<name>\w+)\((?P<arguments>.*?)\)\s*-?%\}", re.DOTALL)
FIRST_SENTENCE = re.compile(r"(?<=\.)\s")
RAW = re.compile(r"\{%-?\s*(?:end)?raw\s*-?%\}")
RESULT = re.compile(r"^```sql\n(?P<example>.*?)\n```\n\n```text\n(?P<result>.*?)\n```$", re.DOTALL | re.MULTILINE)
LONG_NUMBER = re.compile(r"(?<![\w.])-?\d+\.\d{5,}(?:e[+-]?\d+)?(?![\w.])")
INTRODUCTION = """\
# Functions

<!-- Made by `python -m warehouse_ai.docs` from the descriptions in macros/: change those, not this page. -->

In a project that installs the package, write `warehouse_ai.` before the name of a macro:
`{{ warehouse_ai.ai_classify('body', ['billing', 'bug']) }}`. An argument without a default must be passed, and so must one whose
description begins with "Required". Under a call stands what it returned, numbers rounded to four decimals.
"""

Example = str | dict[str, str]
"""A call of a macro, or ``{query: ...}``, a whole query around it."""


@dataclass(frozen=True)
class Macro:
    """A public macro: what its SQL file says and what is written about it.

    Attributes:
        name: as dbt calls it; of a generic test ``test_<name>``.
        section: heading that it stands under.
        header: arguments as written in the SQL file.
        defaults: default by argument, in order, as Jinja writes it; empty for an argument without one.
        entry: its entry in the YAML files of ``macros/``; empty where there is none.
        examples: calls whose results the page shows.
    """

    name: str
    section: str
    header: str
    defaults: Mapping[str, str]
    entry: Mapping[str, Any]
    examples: Sequence[Example]

    @property
    def signature(self) -> str:
        """What a user types, with defaults."""
        return f"{self.title}({self.header})"

    @property
    def title(self) -> str:
        """Name as users type it."""
        return self.name.removeprefix("test_")

    @property
    def description(self) -> str:
        """What is written about it, as a reader of dbt docs sees it."""
        return RAW.sub("", self.entry.get("description") or "").strip()

    @property
    def arguments(self) -> list[dict[str, str]]:
        """What is written about the arguments."""
        return list(self.entry.get("arguments") or ())


def macros(project: Path) -> list[Macro]:
    """Read the public macros of a project, by section and name.

    Raises:
        ValueError: a SQL file does not define the macro that it is named after.
    """
    entries = {
        entry["name"]: entry
        for path in sorted((project / "macros").rglob("*.yml"))
        for entry in yaml.safe_load(path.read_text(encoding="utf8")).get("macros") or ()
    }
    examples = calls(project)
    found = []
    for folder, section in SECTIONS.items():
        for path in sorted((project / folder).glob("*.sql"), key=lambda path: path.stem):
            header = next((m for m in HEADER.finditer(path.read_text(encoding="utf8")) if m["name"] == path.stem), None)
            if header is None:
                raise ValueError(f"{path} defines no macro {path.stem}")
            name = f"test_{path.stem}" if section == "Tests" else path.stem
            found.append(
                Macro(name, section, header["arguments"], defaults(header["arguments"]), entries.get(name, {}), examples.get(name, ()))
            )
    return found


def calls(project: Path) -> dict[str, list[Example]]:
    """Read the examples by macro."""
    path = project / EXAMPLES
    return (yaml.safe_load(path.read_text(encoding="utf8")) if path.exists() else None) or {}


def defaults(header: str) -> dict[str, str]:
    """Parse the arguments of a macro: default by name as Jinja writes it, empty without one."""
    macro = Environment().parse(f"{{% macro m({header}) %}}{{% endmacro %}}").find(nodes.Macro)
    assert macro is not None
    names = [argument.name for argument in macro.args]
    values = [_literal(default.as_const()) for default in macro.defaults]
    return dict(zip(names, [""] * (len(names) - len(values)) + values, strict=True))


def _literal(value: object) -> str:
    return str(value).lower() if value is None or isinstance(value, bool) else repr(value)


def problems(project: Path) -> list[str]:
    """Say what is missing or does not match the SQL files in what is written about public macros; nothing where all is well."""
    found = []
    known = macros(project)
    for macro in known:
        if not macro.description:
            found.append(f"{macro.name}: macros/ has no description of it")
            continue
        documented = [argument["name"] for argument in macro.arguments]
        if documented != list(macro.defaults):
            found.append(f"{macro.name}: the SQL file has the arguments {list(macro.defaults)}, the YAML file {documented}")
        for argument in macro.arguments:
            found += [f"{macro.name}: argument {argument['name']} has no {key}" for key in ("type", "description") if not argument.get(key)]
        # A macro without arguments is about its model, not about a text: there is nothing to call it on.
        if macro.section == "Functions" and macro.defaults and not macro.examples and macro.name not in WITHOUT_CALLS:
            found.append(f"{macro.name}: {EXAMPLES} has no call of it")
    return found + [f"{EXAMPLES}: there is no macro {name}" for name in sorted(set(calls(project)) - {macro.name for macro in known})]


def shown(example: Example) -> str:
    """Write an example as the page shows it."""
    return f"{{{{ {example} }}}}" if isinstance(example, str) else example["query"].strip()


def query(example: Example) -> str:
    """Write an example as a query."""
    return f"select {shown(example)} as result" if isinstance(example, str) else shown(example)


def render(project: Path, results: Mapping[str, str]) -> str:
    """Write the page.

    Args:
        project: folder of the dbt project.
        results: result by example as the page shows it; an example without one stands alone.
    """
    parts = [INTRODUCTION]
    known = macros(project)
    figures = measured(project)
    for section in dict.fromkeys(macro.section for macro in known):
        members = [macro for macro in known if macro.section == section]
        parts += [f"## {section}\n", "| name | what it does |", "| --- | --- |"]
        parts += [
            f"| [{macro.title}](#{macro.title}) | {_cell(FIRST_SENTENCE.split(macro.description, maxsplit=1)[0])} |" for macro in members
        ]
        parts += ["", *(_section(macro, results, figures.get(macro.name, [])) for macro in members)]
    return "\n".join(parts)


def measured(project: Path) -> dict[str, list[str]]:
    """Say for each function which model answers by default and what `make eval` measured of it."""
    found = {
        f"ai_{name}": [f"Answered by `{module.MODEL.model}` where no model is named.", ""]
        for name, module in FUNCTIONS.items()
        if module not in GENERATIVE
    }
    path = project / QUALITY
    sets = json.loads(path.read_text(encoding="utf8"))["sets"] if path.exists() else {}
    for name, row in sets.items():
        figures = ", ".join(f"{key} {value:.3f}" for key, value in row.items() if isinstance(value, float))
        rows = f"{row['n']:,} rows" if "n" in row else "several sets"
        lines = found.setdefault(row["function"], [])
        if not any(line.startswith("|") for line in lines):
            lines += ["| measured by `make eval` | rows | trained on | figures |", "| --- | --- | --- | --- |"]
        lines.append(f"| {name} | {rows} | {row['trained_on']} | {figures} |")
    return found


def _section(macro: Macro, results: Mapping[str, str], figures: Sequence[str]) -> str:
    lines = [f"### {macro.title}", "", "```text", macro.signature, "```", "", macro.description, ""]
    if macro.arguments:
        lines += ["| argument | type | default | meaning |", "| --- | --- | --- | --- |"]
        for argument in macro.arguments:
            default = macro.defaults.get(argument["name"])
            cells = (f"`{argument['name']}`", argument.get("type", ""), f"`{default}`" if default else "", argument.get("description", ""))
            lines.append("| " + " | ".join(map(_cell, cells)) + " |")
        lines.append("")
    for example in macro.examples:
        text = shown(example)
        lines += ["```sql", text, "```", ""]
        if text in results:
            lines += ["```text", results[text], "```", ""]
    if figures:
        lines += [*figures, *([""] if figures[-1] else [])]
    return "\n".join(lines)


def _cell(text: str) -> str:
    return RAW.sub("", text).strip().replace("|", "\\|")


def page_of(project: Path) -> str:
    """Read the page; empty where there is none."""
    path = project / PAGE
    return path.read_text(encoding="utf8") if path.exists() else ""


def known_results(page: str) -> dict[str, str]:
    """Read the results back from a page, by example as it is shown."""
    return {match["example"]: match["result"] for match in RESULT.finditer(page)}


def answers(project: Path) -> dict[str, str]:
    """Run every example by dbt, in one query in memory, and lay out the results.

    Raises:
        SystemExit: dbt failed; the message is its own.
    """
    examples = [example for macro in macros(project) for example in macro.examples]
    # One row of JSON lists, with values as DuckDB writes them: dbt's own table would guess types from the texts.
    columns = [
        f"(select to_json(list(r)) from (select cast(columns(*) as varchar) from ({query(example)})) as r) as example_{number}"
        for number, example in enumerate(examples)
    ]
    with tempfile.TemporaryDirectory() as scratch:
        # Nothing of the project's own target/ is touched: its last run stays the last run.
        command = [str(Path(sys.executable).with_name("dbt")), "--quiet", "show", "--inline", "select\n" + ",\n".join(columns)]
        command += ["--output", "json", "--limit", "-1", "--target", "ci", "--project-dir", str(project)]
        command += ["--profiles-dir", str(project / "profiles"), "--target-path", scratch, "--log-path", scratch]
        environment = {"DBT_SEND_ANONYMOUS_USAGE_STATS": "false", **os.environ}
        done = subprocess.run(command, cwd=project, capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    (row,) = json.loads(done.stdout)["show"]
    return {
        shown(example): layout(json.loads(row[f"example_{number}"]), isinstance(example, str)) for number, example in enumerate(examples)
    }


def layout(rows: list[dict[str, str | None]], single: bool) -> str:
    """Write rows as text, numbers rounded to four decimals: of a single value the value, else columns of equal width under their names."""
    table = [list(rows[0]), *([_rounded(value) for value in row.values()] for row in rows)]
    if single:
        return table[1][0]
    widths = [max(len(cell) for cell in column) for column in zip(*table, strict=True)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in table)


def _rounded(value: str | None) -> str:
    return "NULL" if value is None else LONG_NUMBER.sub(lambda match: str(round(float(match.group()), 4)), value)


def run_examples(project: Path) -> None:
    """Run the examples and write the page with their results."""
    (project / PAGE).write_text(render(project, answers(project)), encoding="utf8")


def check(project: Path) -> list[str]:
    """Say what is wrong with the page, without running a model; nothing where all is well."""
    page = page_of(project)
    expected = render(project, known_results(page))
    changes = difflib.unified_diff(page.splitlines(), expected.splitlines(), PAGE, "what the project says", lineterm="", n=0)
    return problems(project) + list(changes)


def main() -> None:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description="Make docs/functions.md.")
    parser.add_argument("--project-dir", type=Path, default=Path())
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--examples", action="store_true", help="run dbt and the models for new results")
    mode.add_argument("--check", action="store_true", help="write nothing; fail where the page is not what the project says")
    arguments = parser.parse_args()
    project = arguments.project_dir.resolve()
    if arguments.check:
        if found := check(project):
            raise SystemExit("\n".join([*found, f"{PAGE} is not up to date: run `python -m warehouse_ai.docs`"]))
    elif arguments.examples:
        run_examples(project)
    else:
        (project / PAGE).write_text(render(project, known_results(page_of(project))), encoding="utf8")


if __name__ == "__main__":
    main()
