"""Write a text in plain Markdown as PDF, Word, PowerPoint, HTML, mail or text, with the same bytes each time."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.lib.units import mm
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageBreak, PageTemplate, Paragraph, Preformatted, Spacer, Table

WRITTEN = datetime(2026, 6, 30, 12)
"""Stands in every file that keeps the time of its making."""
STYLES = getSampleStyleSheet()
RULED = [("GRID", (0, 0), (-1, -1), 0.5, colors.grey), ("FONTSIZE", (0, 0), (-1, -1), 8.5), ("VALIGN", (0, 0), (-1, -1), "TOP")]
Part = tuple[str, Any]


def parts_of(text: str) -> Iterator[Part]:
    """Read Markdown: headings, lists, numbered lists, tables, code and paragraphs, as pairs of kind and content."""
    for block in re.split(r"\n\s*\n", text.strip()):
        lines = block.splitlines()
        if lines[0].startswith("```"):
            yield "code", "\n".join(lines[1:-1])
        elif match := re.match(r"(#+) (.*)", lines[0]):
            yield f"h{len(match[1])}", match[2]
        elif lines[0].startswith("|"):
            rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
            yield "table", [row for i, row in enumerate(rows) if i != 1]
        elif lines[0].startswith("- "):
            yield "list", [line[2:] for line in lines]
        elif re.match(r"1\. ", lines[0]):
            yield "numbered", [re.sub(r"^\d+\. ", "", line) for line in lines]
        else:
            yield "text", " ".join(lines)


def inline(text: str) -> str:
    """Turn bold, italics and code into HTML."""
    text = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", html.escape(text, quote=False))
    text = re.sub(r"\*(.+?)\*", r"<i>\1</i>", text)
    return re.sub(r"`(.+?)`", r"\1", text)


def plain(text: str) -> str:
    """Take bold, italics and code away."""
    return re.sub(r"[*`]+", "", text)


def flowables(text: str, chapters: bool = False) -> list[Flowable]:
    """Lay a text out for a PDF; with ``chapters`` each heading of level 1 begins a page."""
    found: list[Flowable] = []
    for kind, content in parts_of(text):
        if kind in ("h1", "h2"):
            if chapters and kind == "h1" and found:
                found.append(PageBreak())
            found.append(Paragraph(inline(content), STYLES["Title" if kind == "h1" and not found else "Heading2"]))
        elif kind == "table":
            found += [table(content), Spacer(1, 8)]
        elif kind == "code":
            found.append(Preformatted(content, STYLES["Code"]))
        elif kind in ("list", "numbered"):
            marks = ["•"] * len(content) if kind == "list" else [f"{i}." for i in range(1, len(content) + 1)]
            found += [Paragraph(f"{mark} {inline(item)}", STYLES["BodyText"]) for mark, item in zip(marks, content, strict=True)]
        else:
            found.append(Paragraph(inline(content), STYLES["BodyText"]))
    return found


def table(rows: Sequence[Sequence[str]], ruled: bool = True, widths: Sequence[float] | None = None, extra: Sequence[Any] = ()) -> Table:
    """Lay out a table whose cells wrap."""
    cells = [[Paragraph(inline(cell), STYLES["BodyText"]) if len(cell) > 24 else cell for cell in row] for row in rows]
    return Table(cells, colWidths=widths, style=[*(RULED if ruled else RULED[1:]), *extra], hAlign="LEFT")


def write_pdf(path: Path, story: list[Flowable], title: str, column_mm: int = 0, password: str | None = None) -> None:
    """Write a PDF of A4 pages with a number at their foot; with ``column_mm`` in two columns of that height."""
    width, height = A4
    tall = (column_mm or 257) * mm
    each = (width - 44 * mm) / 2 if column_mm else width - 36 * mm
    frames = [
        Frame(left, height - 20 * mm - tall, each, tall, 0, 0, 0, 0) for left in ([18 * mm, 26 * mm + each] if column_mm else [18 * mm])
    ]

    def foot(canvas: Any, _: Any) -> None:
        canvas.setFont("Helvetica", 8)
        canvas.drawCentredString(width / 2, 10 * mm, f"Page {canvas.getPageNumber()}")

    made = BaseDocTemplate(str(path), pagesize=A4, title=title, invariant=1, encrypt=password)
    made.addPageTemplates(PageTemplate(frames=frames, onPage=foot))
    made.build(story)


def write_docx(path: Path, text: str, title: str) -> None:
    """Write a Word document."""
    from docx import Document

    made = Document()
    for kind, content in parts_of(text):
        if kind in ("h1", "h2"):
            made.add_heading(plain(content), 0 if kind == "h1" else 1)
        elif kind == "table":
            grid = made.add_table(len(content), len(content[0]), style="Table Grid")
            for row, cells in zip(grid.rows, content, strict=True):
                for cell, value in zip(row.cells, cells, strict=True):
                    cell.text = value
        elif kind in ("list", "numbered"):
            for item in content:
                made.add_paragraph(plain(item), style="List Bullet" if kind == "list" else "List Number")
        else:
            paragraph = made.add_paragraph()
            for i, piece in enumerate(content.split("**")):
                paragraph.add_run(plain(piece)).bold = i % 2 == 1
    stamp(made.core_properties, title)
    made.save(path)
    repack(path)


def write_pptx(path: Path, text: str, title: str) -> None:
    """Write a presentation with one slide for each heading."""
    from pptx import Presentation
    from pptx.util import Inches

    made = Presentation()
    slide: Any = None
    for kind, content in parts_of(text):
        if kind in ("h1", "h2"):
            slide = made.slides.add_slide(made.slide_layouts[0 if kind == "h1" else 1])
            slide.shapes.title.text = content
        elif kind == "list":
            slide.placeholders[1].text = "\n".join(content)
        elif kind == "table":
            grid = slide.shapes.add_table(len(content), len(content[0]), Inches(1), Inches(2), Inches(8), Inches(3)).table
            for i, row in enumerate(content):
                for j, value in enumerate(row):
                    grid.cell(i, j).text = value
        else:
            slide.notes_slide.notes_text_frame.text = content
    stamp(made.core_properties, title)
    made.save(path)
    repack(path)


def stamp(properties: Any, title: str) -> None:
    """Fill in what an Office file says of itself."""
    properties.title, properties.author, properties.last_modified_by = title, "Merrowby Instruments", "Merrowby Instruments"
    properties.created = properties.modified = WRITTEN


def write_xlsx(path: Path, sheets: dict[str, list[list[Any]]], title: str) -> None:
    """Write a workbook."""
    from openpyxl import Workbook

    made = Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    made.properties.title, made.properties.creator, made.properties.created = title, "Merrowby Instruments", WRITTEN
    made.save(path)
    repack(path)


def repack(path: Path) -> None:
    """Write an Office file's archive again without the time of day."""
    made = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new:
        for name in old.namelist():
            if name.endswith(("thumbnail.jpeg", "printerSettings1.bin")):
                continue
            data = old.read(name)
            if name == "docProps/core.xml":
                data = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>2026-06-30T12:00:00Z", data)
            if name == "_rels/.rels":
                data = re.sub(rb"<Relationship [^>]*thumbnail[^>]*/>", b"", data)
            entry = zipfile.ZipInfo(name, (2026, 6, 30, 12, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, data)
    path.write_bytes(made.getvalue())


def html_page(body: str, title: str) -> str:
    """Wrap a body as a page with the navigation and the foot that such pages have."""
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8"><title>{html.escape(title)}</title>\n'
        "<style>body { font-family: sans-serif } td { padding: 4px }</style></head>\n<body>\n"
        f"<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def write_html(path: Path, text: str, title: str) -> None:
    """Write a web page."""
    found = []
    for kind, content in parts_of(text):
        if kind == "table":
            rows = ("<tr>" + "".join(f"<td>{inline(cell)}</td>" for cell in row) + "</tr>" for row in content)
            found.append("<table>" + "\n".join(rows).replace("td>", "th>", 2 * len(content[0])) + "</table>")
        elif kind in ("list", "numbered"):
            tag = "ul" if kind == "list" else "ol"
            found.append(f"<{tag}>" + "\n".join(f"<li>{inline(item)}</li>" for item in content) + f"</{tag}>")
        else:
            tag = {"text": "p", "code": "pre"}.get(kind, kind)
            found.append(f"<{tag}>{inline(content)}</{tag}>")
    path.write_text(html_page("\n".join(found), title), encoding="utf8")


def write_eml(path: Path, text: str, attachments: dict[str, str]) -> None:
    """Write a mail: header lines, an empty line and the body; the header ``Attachment`` names a file of ``attachments``."""
    head, _, body = text.partition("\n\n")
    mail = EmailMessage(policy=SMTP)
    attached = None
    for line in head.splitlines():
        name, _, value = line.partition(": ")
        if name == "Attachment":
            attached = value
        else:
            mail[name] = value
    mail["Message-ID"] = f"<{path.stem.replace(' ', '.')}@merrowby.example>"
    mail.set_content(body)
    if attached:
        mail.add_attachment(attachments[attached], subtype="csv", filename=attached)
        mail.set_boundary("=_merrowby_1")
    path.write_bytes(mail.as_bytes())
