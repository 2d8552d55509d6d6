"""Read PDF: lines of text by PDFium, put in reading order, and simple ruled tables by pdfplumber."""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from warehouse_ai.models.document_text import Document, markdown_table
from warehouse_ai.models.methods import Unreadable

if TYPE_CHECKING:
    from pdfplumber.page import Page
    from pdfplumber.pdf import PDF
    from pypdfium2 import PdfPage, PdfTextPage

PDF_DATE = re.compile(r"(?:D:)?(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(?:(Z)|([+-])(\d\d)'?(\d\d)?'?)?")
PDFIUM = threading.Lock()
"""PDFium may run in one thread at a time."""
TOP_EDGE = 3.0
"""PDF units, more than what hangs below a line of 12 points."""

Box = tuple[float, float, float, float]
Grid = list[list[Box]]


@dataclass(frozen=True)
class Block:
    """A line of text, or a table, on a page; left, bottom, right, top in PDF units, from the lower left corner."""

    text: str
    box: Box
    is_table: bool = False

    @property
    def height(self) -> float:
        """Of a line, about its font size."""
        return self.box[3] - self.box[1]

    @property
    def middle(self) -> float:
        """Halfway up."""
        return (self.box[1] + self.box[3]) / 2

    def beside(self, other: Block) -> bool:
        """Tell whether both stand on one line."""
        level = other.box[1] <= self.middle <= other.box[3] or self.box[1] <= other.middle <= self.box[3]
        return level and (self.box[0] >= other.box[2] - 1 or other.box[0] >= self.box[2] - 1)


def read_pdf(data: bytes) -> Document:
    """Read a PDF page by page: lines of text by PDFium, simple ruled tables by pdfplumber."""
    import pypdfium2

    with PDFIUM:
        try:
            pdf = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            if error.err_code == pypdfium2.raw.FPDF_ERR_PASSWORD:
                raise Unreadable("is encrypted: save it without a password") from error
            raise
        with pdf:
            pages = list(_pdf_pages(pdf, data))
            found = pdf.get_metadata_dict(skip_empty=True)
    empty = [number for number, text in enumerate(pages, 1) if not text.strip()]
    if len(empty) == len(pages):
        raise Unreadable(f"has no text on any of its pages ({len(pages)}): it looks like a scan, and pictures of text are not read")
    metadata = {
        **{key.lower(): found.get(key, "") for key in ("Author", "Subject", "Keywords", "Creator")},
        "created": pdf_date(found.get("CreationDate", "")),
        "modified": pdf_date(found.get("ModDate", "")),
        "pages_without_text": ", ".join(map(str, empty)),
    }
    return Document("\n\n".join(pages), found.get("Title"), len(pages), metadata)


def _pdf_pages(pdf: Any, data: bytes) -> Iterator[str]:
    import pdfplumber
    from pypdfium2 import raw

    with ExitStack() as stack:
        plumber: PDF | None = None
        for index in range(len(pdf)):
            page: PdfPage = pdf[index]
            upright = page.get_rotation() == 0
            grids: list[Grid] = []
            # Only a page with lines can have ruled tables, and looking for them takes ten times as long as reading the text.
            if upright and any(True for _ in page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH])):
                try:
                    plumber = plumber or stack.enter_context(pdfplumber.open(io.BytesIO(data)))
                    grids = _grids(plumber.pages[index])
                    plumber.pages[index].close()
                except Exception:
                    # What PDFium repairs, the other library may not open: the text is whole without its tables.
                    grids = []
            text = page.get_textpage()
            blocks = _blocks(text, grids)
            if upright and not _has_columns(blocks, page.get_width()) and not _is_right_to_left(blocks):
                yield _join(_rows(blocks))
            else:
                yield _join([[block] for block in blocks])
            text.close()
            page.close()


def _grids(page: Page) -> list[Grid]:
    """Find ruled tables of two rows and columns or more, without merged cells: the boxes of their cells, row by row."""
    height = page.height
    found: list[Grid] = []
    for table in page.find_tables():
        rows = [row.cells for row in table.rows]
        if len(rows) > 1 and len(rows[0]) > 1 and all(cell for row in rows for cell in row):
            found.append([[(c[0], height - c[3], c[2], height - c[1]) for c in row if c] for row in rows])
    return found


def _blocks(page: PdfTextPage, grids: list[Grid]) -> list[Block]:
    """Return a page's lines in the order in which the file draws them, and each table at the place of its first character."""
    tables = []
    for grid in grids:
        cells = [[page.get_text_bounded(*_below_edge(box)) for box in row] for row in grid]
        first, last = grid[0][0], grid[-1][-1]
        box = (first[0], last[1], last[2], first[3])
        # Text that runs over the edges of its cell would be lost or told twice: such a table stays lines.
        told = sum(len(_letters(cell)) for row in cells for cell in row)
        if told and told == len(_letters(page.get_text_bounded(*_below_edge(box)))):
            tables.append(Block(f"\n{markdown_table(cells)}\n", box, is_table=True))
    found: list[Block] = []
    start = 0
    boxes: list[Box] = []

    def close(end: int) -> None:
        text = page.get_text_range(start, end - start).strip() if boxes else ""
        if text:
            around = (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))
            found.append(Block(text, around))

    count = page.count_chars()
    for index in range(count):
        box = page.get_charbox(index)
        if box[2] <= box[0] or box[3] <= box[1]:
            # Spaces and line ends have no place of their own.
            if page.get_text_range(index, 1) in ("\r", "\n", "\r\n"):
                close(index)
                start, boxes = index + 1, []
            continue
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        table = next((t for t in tables if t.box[0] <= x <= t.box[2] and t.box[1] <= y <= t.box[3]), None)
        if table is None:
            boxes.append(box)
        else:
            close(index)
            start, boxes = index + 1, []
            if table not in found:
                found.append(table)
    close(count)
    return found


def _below_edge(box: Box) -> Box:
    """Cut the top off a box: letters such as g of the line above reach into it, and whatever touches a box counts as its text."""
    return box[0], box[1], box[2], box[3] - min(TOP_EDGE, (box[3] - box[1]) / 5)


def _letters(text: str) -> str:
    return "".join(text.split())


def _has_columns(blocks: list[Block], width: float) -> bool:
    """Tell prose in columns from a form or an invoice: here and there, long lines stand beside each other."""
    lines = [b for b in blocks if not b.is_table and b.box[2] - b.box[0] > width / 4 and len(b.text.split()) > 3]

    def beside(a: Block, b: Block) -> bool:
        overlaps = min(a.box[3], b.box[3]) > max(a.box[1], b.box[1])
        return overlaps and (a.box[0] >= b.box[2] - 1 or b.box[0] >= a.box[2] - 1)

    return sum(any(beside(line, other) for other in lines) for line in lines) >= 6


def _is_right_to_left(blocks: list[Block]) -> bool:
    """Tell Arabic, Hebrew and their like, whose lines are not put together from the left."""
    letters = [c for block in blocks for c in block.text if c.isalpha()]
    return sum("\u0590" <= c <= "\u08ff" for c in letters) > len(letters) / 2


def _rows(blocks: list[Block]) -> list[list[Block]]:
    """Sort blocks from top to bottom and put those on one line together: a label and its amount, which files often draw apart."""
    rows: list[list[Block]] = []
    for block in sorted(blocks, key=lambda b: -(b.box[3] if b.is_table else b.middle)):
        last = rows[-1] if rows else []
        if last and not block.is_table and not last[0].is_table and all(block.beside(other) for other in last):
            last.append(block)
        else:
            rows.append([block])
    return [sorted(row, key=lambda b: b.box[0]) for row in rows]


def _join(rows: list[list[Block]]) -> str:
    """Write rows as lines, with an empty line where the page has a gap or starts anew further up."""
    lines: list[str] = []
    above: Block | None = None
    for row in rows:
        gap = 0.0 if above is None else above.box[1] - row[0].box[3]
        if above is not None and (gap > max(above.height, row[0].height) or gap < -above.height):
            lines.append("")
        lines.append("  ".join(block.text for block in row))
        above = row[0]
    return "\n".join(lines)


def pdf_date(text: str) -> str:
    """Write a PDF date (ISO 32000-2, 7.9.4) as ISO 8601; empty where it is none."""
    match = PDF_DATE.fullmatch(text.strip())
    if not match:
        return ""
    year, month, day, hour, minute, second, utc, sign, zone_hours, zone_minutes = match.groups()
    zone = "+00:00" if utc else f"{sign}{zone_hours}:{zone_minutes or '00'}" if sign else ""
    return f"{year}-{month or '01'}-{day or '01'}T{hour or '00'}:{minute or '00'}:{second or '00'}{zone}"
