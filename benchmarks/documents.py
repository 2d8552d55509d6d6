"""Measure how public documents are parsed and public invoices are read, through SQL.

    WAREHOUSE_AI_DATA=... python -m benchmarks.documents

Text recall against Markdown that another parser made (docs_docling), how many files of another set can be read (docs_unstructured), and
the fields of twelve invoices of real companies in several languages (invoices_invoice2data). Writes ``results/documents.json``.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import duckdb
import pyarrow as pa

from benchmarks.machine import public_sets, write
from benchmarks.quality.results import enter
from warehouse_ai.engines import duckdb as engine
from warehouse_ai.models.adapters import EXTRACT
from warehouse_ai.models.documents import PARSERS, SUFFIXES

ROOT = Path(__file__).parents[1]


def words(text: str) -> Counter[str]:
    """Count the words and numbers of a text, letter case and marks aside."""
    return Counter(re.findall(r"\w+", text.casefold()))


def recall(found: str, expected: str) -> float:
    """Share of the expected words, with their counts, that were found."""
    want = words(expected)
    return sum((want & words(found)).values()) / max(sum(want.values()), 1)


def parse(connection: duckdb.DuckDBPyConnection, folder: Path, paths: list[str]) -> dict[str, dict[str, str | None]]:
    """Parse files as `ai_parse_document` does, by path."""
    spec = {
        "function": "parse_document",
        "model": PARSERS.model,
        "on_error": "null",
        "max_mb": 50,
        "clip": None,
        "settings": {"project_dir": str(folder)},
    }
    connection.register("files", pa.table({"path": paths}))
    query = "select path, wai_parse_document(path, wai_spec(?, '{}')) as document from files"
    return dict(connection.execute(query, [json.dumps(spec)]).fetchall())


def invoice_fields() -> list[dict[str, object]]:
    """Compile the schema of the macro `invoice_fields`, as dbt does."""
    from jinja2 import Environment

    source = (ROOT / "macros/pipeline/invoice_fields.sql").read_text(encoding="utf8")
    source = source.replace("return(", "caller_return(")
    kept: list[dict[str, dict[str, object]]] = []
    Environment().from_string(source + "{{ invoice_fields() }}").render(caller_return=lambda value: kept.append(value) or "")
    return [{"name": name, "type": "string", "many": False, **options} for name, options in kept[0].items()]


def main() -> None:
    """Measure, and write the figures."""
    data = public_sets()
    connection = duckdb.connect()
    engine.register(connection)
    figures: dict[str, object] = {"command": "python -m benchmarks.documents", "parser": PARSERS.model}

    folder = data / "docs_docling"
    manifest = connection.execute(f"select file, family, groundtruth from '{folder}/manifest.parquet' where gt_chars > 0").fetchall()
    manifest = [row for row in manifest if Path(row[0]).suffix.lower() in SUFFIXES and (folder / (row[2] or "-")).is_file()]
    found = parse(connection, folder, [row[0] for row in manifest])
    by_family: dict[str, list[float | None]] = {}
    for file, family, truth in manifest:
        text = found[file]["text"]
        score = None if text is None else recall(text, (folder / truth).read_text(encoding="utf8"))
        by_family.setdefault(family, []).append(score)
    figures["docs_docling"] = {
        family: {
            "files": len(scores),
            "parsed": sum(score is not None for score in scores),
            "mean_word_recall_of_parsed": round(
                sum(score or 0 for score in scores) / max(sum(score is not None for score in scores), 1), 4
            ),
        }
        for family, scores in sorted(by_family.items())
    }

    folder = data / "docs_unstructured"
    names = [row[0] for row in connection.execute(f"select file from '{folder}/manifest.parquet'").fetchall()]
    known = [name for name in names if Path(name).suffix.lower() in SUFFIXES]
    found = parse(connection, folder, known)
    errors = Counter(
        re.sub(r"\(.*", "", str(row["error"]).removeprefix(name).strip()).strip() for name, row in found.items() if row["error"]
    )
    figures["docs_unstructured"] = {
        "files": len(names),
        "of_a_known_type": len(known),
        "parsed": sum(row["error"] is None for row in found.values()),
        "errors": dict(errors),
    }

    folder = data / "invoices_invoice2data"
    query = f"select file, invoice_number, cast(date as varchar)[:10], amount, currency, issuer from '{folder}/manifest.parquet'"
    truth = connection.execute(query).fetchall()
    texts = {name: row["text"] for name, row in parse(connection, folder, [row[0] for row in truth]).items()}
    spec = {"function": "extract", "model": EXTRACT.model, "on_error": "null", "fields": invoice_fields(), "threshold": None}
    connection.register("texts", pa.table({"path": list(texts), "text": pa.array(texts.values(), pa.string())}))
    answers = dict(connection.execute("select path, wai_extract(text, wai_spec(?, '{}')).value from texts", [json.dumps(spec)]).fetchall())
    right: Counter[str] = Counter()
    of: Counter[str] = Counter()
    for file, number, day, amount, currency, issuer in truth:
        answer = json.loads(answers[file]) if answers[file] else {}
        total = answer.get("total") or {}
        pairs = {
            "invoice_number": (answer.get("invoice_number"), number),
            "invoice_date": (answer.get("invoice_date"), day),
            "total": (total.get("amount"), amount),
            "currency": (total.get("currency"), currency),
            "seller": (answer.get("seller"), issuer),
        }
        for name, (got, want) in pairs.items():
            if want is not None and want == want:
                of[name] += 1
                right[name] += str(got).strip("#") == str(want).strip("#") if not isinstance(want, float) else got == want
    figures["invoices_invoice2data"] = {
        "invoices": len(truth),
        "with_text": sum(text is not None for text in texts.values()),
        "extractor": EXTRACT.model,
        "right": {name: right[name] for name in of},
        "of": dict(of),
    }
    print(json.dumps(figures, indent=2))
    write("documents", figures)
    parsed = {
        f"docling_{kind}": {"n": row["files"], "word_recall_of_parsed": row["mean_word_recall_of_parsed"]}
        for kind, row in figures["docs_docling"].items()
    }
    enter({**parsed, "invoices_invoice2data": {"n": sum(of.values()), "fields_right": sum(right.values()) / sum(of.values())}})


if __name__ == "__main__":
    main()
