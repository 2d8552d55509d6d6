"""Text of documents, as Markdown."""

from __future__ import annotations

import json

import pyarrow as pa

from warehouse_ai.functions.files import File, Spec, answer_files, attempt
from warehouse_ai.functions.frame import Call, apply, scatter, split_failures
from warehouse_ai.models.documents import LIBRARIES, PARSERS, parse
from warehouse_ai.models.methods import versions
from warehouse_ai.runtime.cache import namespace
from warehouse_ai.runtime.run import Failure

NAME = "parse_document"
MODEL = PARSERS
RESULT = pa.struct(
    [
        ("text", pa.string()),
        ("title", pa.string()),
        ("pages", pa.int32()),
        ("metadata", pa.map_(pa.string(), pa.string())),
        ("error", pa.string()),
    ]
)


def run(column: pa.ChunkedArray, spec: Spec, call: Call) -> pa.StructArray:
    """Read a column of paths into ``RESULT``; ``text`` is Markdown.

    Raises:
        ModuleNotFoundError: a library that reads documents is not installed.
    """
    space = namespace("parse_document", PARSERS.model, *versions(*LIBRARIES))

    def read(file: File) -> bytes:
        found = parse(file.read(), file.suffix)
        return json.dumps([found.text, found.title, found.pages, found.metadata], ensure_ascii=False).encode()

    def compute(files: list[File]) -> list[bytes | Failure]:
        return [attempt(lambda file=file: read(file)) for file in files]  # type: ignore[misc]

    def evaluate(paths: list[str]) -> dict[str, pa.Array]:
        good, found, errors = split_failures(answer_files(paths, spec.place, space, compute, call, by_suffix=True))
        rows = [json.loads(answer) for answer in found]
        columns = {
            "text": [row[0] for row in rows],
            "title": [row[1] for row in rows],
            "pages": [row[2] for row in rows],
            "metadata": [list(row[3].items()) for row in rows],
        }
        arrays = {name: scatter(pa.array(values, RESULT.field(name).type), good, len(paths)) for name, values in columns.items()}
        return {**arrays, "error": pa.array(errors, pa.string())}

    return apply(column, call, RESULT, evaluate)
