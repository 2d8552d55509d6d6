from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from conftest import ROOT, Project
from warehouse_ai.engines.duckdb import MODELS
from warehouse_ai.functions.language import known_languages
from warehouse_ai.functions.moderate import DEFAULT_POLICY
from warehouse_ai.functions.redact import CATEGORIES, DEFAULT

PACKAGE = ROOT / "python_udfs/warehouse_ai"
BELOW = {"plugin": ("engines",), "engines": ("functions", "runtime", "models"), "functions": ("runtime", "models"),
         "tabular": ("runtime",), "runtime": (), "models": ("runtime",)}  # fmt: skip


@pytest.mark.parametrize("command", ["parse", "ls", "compile"])
def test_planning_imports_neither_torch_nor_transformers(small: Project, command: str) -> None:
    program = (
        "import sys\nfrom dbt.cli.main import dbtRunner\n"
        f"arguments = ['--quiet', '{command}', '--project-dir', sys.argv[1], '--profiles-dir', sys.argv[1] + '/profiles']\n"
        "result = dbtRunner().invoke(arguments)\n"
        "assert result.success, result.exception\n"
        "print('imported:', sorted({'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)))\n"
    )
    environment = {"WAREHOUSE_AI_DATABASE": ":memory:", "PATH": "/usr/bin:/bin"}
    done = subprocess.run([sys.executable, "-c", program, str(small.folder)], capture_output=True, text=True, env=environment, check=False)
    assert "imported: []" in done.stdout, done.stdout + done.stderr


def test_imports_go_one_way() -> None:
    for path in PACKAGE.rglob("*.py"):
        room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf8"))):
            names = (
                [node.module] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names] if isinstance(node, ast.Import) else []
            )
            for name in filter(None, names):
                if name.startswith("dbt"):
                    assert room == "plugin", path
                if name == "duckdb":
                    assert room in ("engines", "plugin", "summary", "explain", "__init__"), path
                if name.startswith("warehouse_ai.") and room in BELOW:
                    target = name.split(".")[1]
                    assert target == room or target in BELOW[room], f"{path}: {name}"


def test_revisions_in_the_macro_are_those_of_the_shipped_weights() -> None:
    macro = (ROOT / "macros/_internal/_wai_models.sql").read_text(encoding="utf8")
    assert dict(re.findall(r"'(\w+)': '([^']+)'", macro)) == MODELS


def test_the_defaults_of_macros_and_notebooks_are_the_same() -> None:
    policy = (ROOT / "macros/_internal/_wai_policy.sql").read_text(encoding="utf8").split("return(")[1].split(") -}}")[0]
    assert ast.literal_eval(policy) == DEFAULT_POLICY
    categories = (ROOT / "macros/_internal/_wai_categories.sql").read_text(encoding="utf8")
    direct, rest = re.findall(r"(\[.*?\]) -%}", categories)[:2]
    assert set(ast.literal_eval(direct)) == set(DEFAULT)
    assert {*ast.literal_eval(direct), *ast.literal_eval(rest)} == set(CATEGORIES)
    languages = (ROOT / "macros/_internal/_wai_languages.sql").read_text(encoding="utf8").split("known = ")[1].split(" -%}")[0]
    assert ast.literal_eval(languages) == known_languages()


def test_every_adapter_has_a_card_with_data_licence_command_and_figures() -> None:
    for path in (PACKAGE / "weights").glob("*.safetensors"):
        card = path.with_suffix(".md").read_text(encoding="utf8")
        for heading in ("## Data", "## Licence", "## Command", "## Figures"):
            assert heading in card, f"{path.stem}: {heading}"


def test_package_and_project_have_one_version() -> None:
    python = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf8"))["project"]["version"]
    dbt = yaml.safe_load((ROOT / "dbt_project.yml").read_text(encoding="utf8"))["version"]
    assert python == dbt
    assert f"## [{python}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf8")


def test_one_public_macro_a_file_named_after_it() -> None:
    for path in (ROOT / "macros").rglob("*.sql"):
        names = re.findall(r"\{%-? macro (\w+)\(", path.read_text(encoding="utf8"))
        public = [n for n in names if not n.startswith(("_", "duckdb__", "default__"))]
        expected = [] if path.parent.name == "_internal" else [path.stem]
        assert public == expected, path


def test_nothing_names_a_path_of_a_machine() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if tracked.returncode:
        pytest.skip("not a git checkout")
    for name in tracked.stdout.split():
        path = ROOT / name
        if path.suffix in (".py", ".sql", ".yml", ".md", ".toml", ".json") and path != Path(__file__):
            assert not re.search(r"/(home|root|work|Users)/\w", path.read_text(encoding="utf8")), name
