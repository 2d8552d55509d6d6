"""Turn a document into Markdown: PDF, Word, PowerPoint, Excel, HTML, mail, Markdown and plain text."""

from __future__ import annotations

import codecs
import io
import re
import threading
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bs4 import BeautifulSoup
    from pdfplumber.page import Page
    from pdfplumber.pdf import PDF
    from pptx.shapes.base import BaseShape
    from pypdfium2 import PdfPage, PdfTextPage


@dataclass(frozen=True)
class Method:
    """A way of computing that needs no weights, called and numbered as models are.

    Attributes:
        name: how users and ledgers call it.
        revision: raised when an answer changes; part of every fingerprint.
        task: what it computes.
        licence: SPDX identifier.
    """

    name: str
    revision: str
    task: str
    licence: str

    @property
    def model(self) -> str:
        """How ledgers and specifications call it: ``name@revision``."""
        return f"{self.name}@{self.revision}"


PARSERS = Method("document-parsers", "1", "document to Markdown", "Apache-2.0")
LIBRARIES = ("beautifulsoup4", "lxml", "mammoth", "markdownify", "openpyxl", "pdfplumber", "pypdfium2", "python-pptx")
"""Distributions that do the work; their versions are part of the cache's address."""
SUFFIXES = {
    ".pdf": "pdf", ".docx": "docx", ".docm": "docx", ".pptx": "pptx", ".pptm": "pptx", ".xlsx": "xlsx", ".xlsm": "xlsx", ".html": "html",
    ".htm": "html", ".xhtml": "html", ".md": "markdown", ".markdown": "markdown", ".txt": "text", ".text": "text", ".eml": "eml",
}  # fmt: skip
NAMES = {
    "pdf": "a PDF", "docx": "a Word document", "pptx": "a PowerPoint presentation", "xlsx": "an Excel workbook", "html": "HTML",
    "markdown": "Markdown", "text": "text", "eml": "mail",
}  # fmt: skip
WRITTEN = ("html", "markdown", "text", "eml")
"""Types that are text, which content alone does not tell apart."""
OFFICE_PARTS = {"word/document.xml": "docx", "ppt/presentation.xml": "pptx", "xl/workbook.xml": "xlsx"}
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MAX_UNPACKED = 200 * 2**20
"""Bytes that an Office file may unpack to; a zip bomb is more."""
MAX_SHEET_ROWS = 1_048_576
HTML_START = re.compile(rb"\s*(?:<\?xml[^>]*>\s*|<!--(?>.*?-->)\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
MAIL_HEADERS = ("from", "to", "subject", "date", "received", "message-id", "delivered-to", "return-path")
DUBLIN_CORE = {
    "title": "title", "creator": "author", "subject": "subject", "keywords": "keywords", "description": "description",
    "language": "language", "created": "created", "modified": "modified",
}  # fmt: skip
PDF_DATE = re.compile(r"(?:D:)?(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(?:(Z)|([+-])(\d\d)'?(\d\d)?'?)?")
PDFIUM = threading.Lock()
"""PDFium may run in one thread at a time."""

Box = tuple[float, float, float, float]
Grid = list[list[Box]]


@cache
def versions(*distributions: str) -> tuple[str, ...]:
    """Return the installed versions of libraries, which their answers depend on.

    Raises:
        ModuleNotFoundError: one is not installed.
    """
    found = []
    for name in distributions:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            raise ModuleNotFoundError(f"{name} is missing: pip install {name}") from None
    return tuple(found)


class Unreadable(ValueError):
    """A file that cannot be used; the message says why, as a sentence whose subject is the file."""


@dataclass(frozen=True)
class Document:
    """What was read.

    Attributes:
        text: Markdown.
        title: its title, where it has one.
        pages: pages of a PDF, slides or sheets; None where the format has no pages before it is laid out.
        metadata: ``type`` and what the document says of itself, such as ``author``, ``created`` (ISO 8601) or ``from``.
    """

    text: str
    title: str | None = None
    pages: int | None = None
    metadata: dict[str, str] = field(default_factory=dict)


def parse(data: bytes, suffix: str) -> Document:
    """Read a document.

    Args:
        data: the content of a file.
        suffix: of its name, lower case with the dot; empty where it has none.

    Raises:
        Unreadable: it is empty, encrypted, broken, without text, of an unknown type, or of another type than its name says.
    """
    kind = kind_of(data, suffix)
    try:
        found = READERS[kind](data)
    except Unreadable:
        raise
    except Exception as error:
        raise Unreadable(
            f"is broken: it starts as {NAMES[kind]} and could not be read to its end ({type(error).__name__}: {error})"
        ) from error
    text = tidy(found.text)
    if not text:
        raise Unreadable("has no text")
    metadata = {name: tidy(value) for name, value in sorted(found.metadata.items()) if value and value.strip()}
    title = " ".join(tidy(found.title or "").split())
    return Document(text, title or None, found.pages, {"type": kind, **metadata})


def kind_of(data: bytes, suffix: str) -> str:
    """Tell a document's type by its content, and check that its name says the same.

    Raises:
        Unreadable: it is none of the types that can be read, or not the one that its name says.
    """
    named = SUFFIXES.get(suffix)
    if not data:
        raise Unreadable("is empty")
    if suffix and not named:
        raise Unreadable(f"has the unknown type {suffix}: use one of {', '.join(SUFFIXES)}")
    found = _content_kind(data, named)
    if found in ("text", "html") and named in WRITTEN and not (found == "html" and named == "eml"):
        return named
    if named and named != found:
        raise Unreadable(f"is {NAMES[found]}, although its name ends in {suffix}")
    if found == "text":
        raise Unreadable("is text of an unknown type: let its name end in .txt, .md, .html or .eml")
    return found


def _content_kind(data: bytes, named: str | None) -> str:
    # Readers take a PDF whose header comes within the first 1024 bytes, after whatever a mail gateway or printer put before it.
    if data.startswith(b"%PDF-") or (named not in WRITTEN and b"%PDF-" in data[:1024]):
        return "pdf"
    if data.startswith(b"PK\x03\x04"):
        return _office_kind(data)
    if data.startswith(OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise Unreadable("is encrypted: save it without a password")
        raise Unreadable("is an old Office file (.doc, .xls, .ppt, .msg): save it as .docx, .xlsx, .pptx or .eml")
    if data.startswith(b"{\\rtf"):
        raise Unreadable("is RTF: save it as .docx")
    if b"\0" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unreadable("is binary and of no type that can be read: PDF, DOCX, PPTX, XLSX, HTML, Markdown, text or EML")
    return "html" if HTML_START.match(data[:4096].removeprefix(b"\xef\xbb\xbf")) else "text"


def _office_kind(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except zipfile.BadZipFile as error:
        raise Unreadable(f"is broken: it starts as a zip archive, as Office files are, and is not one ({error})") from error
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise Unreadable(f"unpacks to more than {MAX_UNPACKED // 2**20} MB")
    for entry in entries:
        if entry.filename in OFFICE_PARTS:
            return OFFICE_PARTS[entry.filename]
    raise Unreadable("is a zip archive and none of DOCX, PPTX, XLSX")


def tidy(text: str) -> str:
    """Drop what no text column should hold: control characters, lone surrogates, white space at line ends, runs of empty lines."""
    text = text.encode("utf-8", "replace").decode().replace("\r\n", "\n").replace("\r", "\n")
    text = re.sub(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]", "", text)
    text = "\n".join(line.rstrip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def markdown_table(rows: Sequence[Sequence[str | None]]) -> str:
    """Write a table whose first row is its header; cells are put on one line, and short rows filled up."""
    width = max(map(len, rows))
    lines = []
    for row in rows:
        cells = [" ".join((cell or "").split()).replace("|", "\\|") for cell in row] + [""] * (width - len(row))
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([lines[0], "|" + " --- |" * width, *lines[1:]])


# ---------------------------------------------------------------- PDF


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
        cells = [[page.get_text_bounded(*box) for box in row] for row in grid]
        first, last = grid[0][0], grid[-1][-1]
        box = (first[0], last[1], last[2], first[3])
        # Text that runs over the edges of its cell would be lost or told twice: such a table stays lines.
        told = sum(len(_letters(cell)) for row in cells for cell in row)
        if told and told == len(_letters(page.get_text_bounded(*box))):
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


# ---------------------------------------------------------------- Office


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


# ---------------------------------------------------------------- Text


def decode(data: bytes) -> tuple[str, str]:
    """Decode text by its byte order mark, as UTF-8, or as Windows-1252, what the web takes for text of no stated encoding.

    Returns:
        The text and the encoding's name.

    Raises:
        Unreadable: it is none of these.
    """
    encodings = ("utf-16",) if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else ("utf-8-sig", "windows-1252")
    for encoding in encodings:
        try:
            return data.decode(encoding), encoding.removesuffix("-sig")
        except UnicodeDecodeError:
            continue
    raise Unreadable("is text in no known encoding: save it as UTF-8")


def html_to_markdown(soup: BeautifulSoup) -> str:
    """Write HTML as Markdown; scripts and styles are left out, pictures give their alternative text."""
    from markdownify import MarkdownConverter

    for element in soup(["script", "style", "noscript", "template", "head"]):
        element.decompose()
    for picture in soup("img"):
        picture.replace_with(str(picture.get("alt") or ""))
    for box in soup("input", type="checkbox"):
        box.replace_with("[x] " if box.has_attr("checked") else "[ ] ")
    _unwrap_layout(soup)
    # The converter would take a bar within a cell for the end of it.
    for text in [text for cell in soup(["td", "th"]) for text in cell.find_all(string=lambda s: bool(s) and "|" in s)]:
        text.replace_with(text.replace("|", "\\|"))
    return str(
        MarkdownConverter(
            heading_style="ATX", bullets="-", table_infer_header=True, escape_asterisks=False, escape_underscores=False
        ).convert_soup(soup)
    )


def _unwrap_layout(soup: BeautifulSoup) -> None:
    """Turn tables that only place things, as mail has them, into blocks: those around other tables, and those with one text a row."""
    for table in reversed(soup("table")):
        rows = [row for row in table("tr") if row.find_parent("table") is table]
        cells = [[cell for cell in row(["td", "th"]) if cell.find_parent("table") is table] for row in rows]
        told = max((sum(bool(cell.get_text(strip=True)) for cell in row) for row in cells), default=0)
        if table.find("table") or table.get("role") == "presentation" or told < 2:
            parts = [part for part in table(["thead", "tbody", "tfoot"]) if part.find_parent("table") is table]
            for element in (table, *parts, *rows, *(cell for row in cells for cell in row)):
                element.name = "div"


def soup_of(html: str) -> BeautifulSoup:
    """Parse HTML or XHTML, however badly formed."""
    from bs4 import BeautifulSoup

    return BeautifulSoup(re.sub(r"^\s*<\?xml[^>]*>", "", html), "lxml")


def read_html(data: bytes) -> Document:
    """Read a web page."""
    from bs4.dammit import EncodingDetector

    declared = EncodingDetector.find_declared_encoding(data[:4096], is_html=True)
    try:
        # UTF-16 is told by its mark; where text of single bytes declares it, the declaration is wrong.
        html, encoding = (data.decode(declared), declared) if declared and not declared.startswith("utf-16") else decode(data)
    except (LookupError, UnicodeDecodeError):
        html, encoding = decode(data)
    soup = soup_of(html)
    title = soup.title.get_text() if soup.title else ""
    named = {str(tag.get("name", "")).lower(): str(tag.get("content", "")) for tag in soup("meta")}
    metadata = {name: named.get(name, "") for name in ("author", "description", "keywords")}
    metadata |= {"language": str(soup.html.get("lang", "")) if soup.html else "", "encoding": encoding}
    text = html_to_markdown(soup)
    return Document(text, title.strip() or first_heading(text), None, metadata)


def read_markdown(data: bytes) -> Document:
    """Take Markdown as it is."""
    text, encoding = decode(data)
    return Document(text, first_heading(text), None, {"encoding": encoding})


def read_text(data: bytes) -> Document:
    """Take plain text as it is."""
    text, encoding = decode(data)
    return Document(text, None, None, {"encoding": encoding})


def read_eml(data: bytes) -> Document:
    """Read a mail (RFC 5322): its body, the plain one where there are two, and the names of what is attached."""
    from email import policy
    from email.parser import BytesParser

    mail = BytesParser(EmailMessage, policy=policy.default).parsebytes(data)
    if not any(name in mail for name in MAIL_HEADERS):
        raise Unreadable("is not mail: it has no header such as From or Subject")
    if mail.get_content_type() in ("multipart/encrypted", "application/pkcs7-mime"):
        raise Unreadable("is encrypted: save it as plain mail")
    body = mail.get_body(("plain", "html"))
    text = "" if body is None else str(body.get_content())
    if body is not None and body.get_content_subtype() == "html":
        text = html_to_markdown(soup_of(text))
    attachments = [part.get_filename() or part.get_content_type() for part in mail.iter_attachments()]
    metadata = {name.replace("-", "_"): str(mail.get(name, "")) for name in ("from", "to", "cc", "date", "message-id")}
    return Document(text, str(mail.get("subject", "")), None, {**metadata, "attachments": ", ".join(attachments)})


def first_heading(text: str) -> str | None:
    """Return the first heading of level 1 that stands outside a code block."""
    fence = ""
    for line in text.splitlines():
        if line.startswith(("```", "~~~")):
            fence = "" if fence == line[:3] else fence or line[:3]
        elif not fence and line.startswith("# "):
            title = line[2:].strip()
            # A run of # closes a heading only behind a space.
            opened = title.rstrip("#")
            return opened.strip() if opened.endswith(" ") else title
    return None


READERS = {
    "pdf": read_pdf, "docx": read_docx, "pptx": read_pptx, "xlsx": read_xlsx, "html": read_html, "markdown": read_markdown,
    "text": read_text, "eml": read_eml,
}  # fmt: skip
