"""Read Word, PowerPoint and Excel files."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

from warehouse_ai.models.document_text import Document, first_heading, html_to_markdown, markdown_table, soup_of
from warehouse_ai.models.methods import Unreadable

if TYPE_CHECKING:
    from pptx.shapes.base import BaseShape

MAX_SHEET_ROWS = 1_048_576
DUBLIN_CORE = {
    "title": "title", "creator": "author", "subject": "subject", "keywords": "keywords", "description": "description",
    "language": "language", "created": "created", "modified": "modified",
}  # fmt: skip


def core_properties(data: bytes) -> dict[str, str]:
    """Read title, author and dates of an Office file (ECMA-376 part 2, core properties)."""
    from lxml import etree

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if "docProps/core.xml" not in archive.namelist():
            return {}
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        root = etree.fromstring(archive.read("docProps/core.xml"), parser)
    found = {etree.QName(element).localname: (element.text or "").strip() for element in root if isinstance(element.tag, str)}
    return {name: found[key] for key, name in DUBLIN_CORE.items() if found.get(key)}


def read_docx(data: bytes) -> Document:
    """Read a Word document: headings, lists, tables and notes; pictures, headers and footers are left out."""
    import mammoth

    pictures = mammoth.images.img_element(lambda image: {})
    html = mammoth.convert_to_html(io.BytesIO(data), convert_image=pictures, style_map="p[style-name='Title'] => h1:fresh").value
    properties = core_properties(data)
    text = html_to_markdown(soup_of(html))
    return Document(text, properties.pop("title", None) or first_heading(text), None, properties)


def read_pptx(data: bytes) -> Document:
    """Read a presentation: a heading for each slide, then its text from top to bottom, tables, numbers of charts, and notes."""
    from pptx import Presentation

    slides = Presentation(io.BytesIO(data)).slides
    parts, first = [], None
    for number, slide in enumerate(slides, 1):
        heading = slide.shapes.title
        title = " ".join(heading.text_frame.text.split()) if heading is not None and heading.has_text_frame else ""
        first = first or title
        parts.append(f"## {title or f'Slide {number}'}")
        shapes = [shape for shape in slide.shapes if heading is None or shape.shape_id != heading.shape_id]
        parts += [text for shape in _by_place(shapes) for text in _shape_texts(shape)]
        if slide.has_notes_slide and (frame := slide.notes_slide.notes_text_frame) is not None and frame.text.strip():
            parts.append(f"### Notes\n\n{frame.text}")
    properties = core_properties(data)
    has_text = any(not part.startswith("## Slide ") for part in parts)
    return Document("\n\n".join(parts) if has_text else "", properties.pop("title", None) or first, len(slides), properties)


def _by_place(shapes: Sequence[BaseShape]) -> list[BaseShape]:
    return sorted(shapes, key=lambda shape: (shape.top or 0, shape.left or 0))


def _shape_texts(shape: Any) -> Iterator[str]:
    if hasattr(shape, "shapes"):
        for inner in _by_place(shape.shapes):
            yield from _shape_texts(inner)
    elif getattr(shape, "has_table", False):
        yield markdown_table([[cell.text for cell in row.cells] for row in shape.table.rows])
    elif getattr(shape, "has_chart", False):
        # The library knows no three-dimensional charts; the other charts are worth the text of the slide without theirs.
        with suppress(IndexError, KeyError, NotImplementedError, ValueError):
            yield from map(_chart_table, shape.chart.plots)
    elif getattr(shape, "has_text_frame", False):
        paragraphs = [(paragraph.level, " ".join(paragraph.text.split())) for paragraph in shape.text_frame.paragraphs]
        told = [(level, text) for level, text in paragraphs if text]
        if len(told) > 1:
            yield "\n".join(f"{'  ' * level}- {text}" for level, text in told)
        elif told:
            yield told[0][1]


def _chart_table(plot: Any) -> str:
    series = list(plot.series)
    rows = [[str(category), *(cell_text(one.values[index]) for one in series)] for index, category in enumerate(plot.categories)]
    return markdown_table([["", *(str(one.name) for one in series)], *rows])


def read_xlsx(data: bytes) -> Document:
    """Read a workbook: a heading and a table for each sheet, formulas by the values that were saved with them."""
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    sheets = [(sheet.title, _sheet_rows(sheet)) for sheet in book.worksheets]
    parts = [f"## {title}\n\n{markdown_table(rows)}" for title, rows in sheets if rows]
    properties = core_properties(data)
    return Document("\n\n".join(parts), properties.pop("title", None), len(sheets), properties)


def _sheet_rows(sheet: Any) -> list[list[str]]:
    """Return the rows that hold something, cut to the columns that do."""
    # Files often say that they are larger or smaller than they are.
    sheet.reset_dimensions()
    rows: list[dict[int, str]] = []
    for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
        if number > MAX_SHEET_ROWS:
            raise Unreadable(f"is broken: its sheet {sheet.title} has more than {MAX_SHEET_ROWS} rows")
        if cells := {column: text for column, value in enumerate(row) if (text := cell_text(value))}:
            rows.append(cells)
    columns = sorted({column for row in rows for column in row})
    return [[row.get(column, "") for column in columns] for row in rows]


def cell_text(value: object) -> str:
    """Write a cell: dates in ISO 8601 without a midnight, whole numbers without a fraction, booleans as Excel shows them."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(" ").removesuffix(" 00:00:00")
    return str(value).strip()
