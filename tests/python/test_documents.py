from __future__ import annotations

import os
import shutil
import zipfile
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from types import ModuleType
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from duckdb.func import FunctionNullHandling, PythonUDFType

from warehouse_ai.engines.duckdb import sql_type
from warehouse_ai.functions import parse_document
from warehouse_ai.functions.frame import Call
from warehouse_ai.models import documents
from warehouse_ai.models.document_pdf import pdf_date
from warehouse_ai.models.documents import SUFFIXES
from warehouse_ai.runtime.context import Context
from warehouse_ai.runtime.run import LEDGER

docx = pytest.importorskip("docx")
pptx = pytest.importorskip("pptx")
openpyxl = pytest.importorskip("openpyxl")
pytest.importorskip("pdfplumber")
pytest.importorskip("mammoth")
pytest.importorskip("markdownify")
pytest.importorskip("reportlab")

Row = dict[str, Any]
TABLE = "| Item | Price |\n| --- | --- |\n| Bread \\| rye | 3.50 |\n| Butter | 2.10 |"
CELLS = [["Item", "Price"], ["Bread | rye", "3.50"], ["Butter", "2.10"]]


def ask(
    module: ModuleType,
    paths: list[str | None],
    folder: Path,
    *,
    cache: Path | None = None,
    on_error: str = "null",
    context: Row | None = None,
    settings: Row | None = None,
    **options: Any,
) -> list[Row | None]:
    """Ask a function of files on a DuckDB connection of its own: one struct a path, in order."""
    given = {"max_mb": 20, "settings": {"project_dir": str(folder), **(settings or {})}, **options}
    spec = module.Spec.parse(given)
    where = Context(cache_dir=cache or folder / ".cache", **(context or {}))
    call = Call(f"ai_{module.NAME}", module.MODEL.model, on_error, where)
    with duckdb.connect() as connection:
        connection.create_function(
            "ask",
            lambda column: module.run(column, spec, call),
            [duckdb.sqltype("VARCHAR")],
            duckdb.sqltype(sql_type(module.RESULT)),
            type=PythonUDFType.ARROW,
            null_handling=FunctionNullHandling.SPECIAL,
        )
        connection.register("files", pa.table({"place": range(len(paths)), "path": pa.array(paths, pa.string())}))
        return [row[0] for row in connection.execute("select ask(path) from files order by place").fetchall()]


def read(folder: Path, path: str, **options: Any) -> Row:
    (row,) = ask(parse_document, [path], folder, **options)
    assert row is not None
    return row


def save_pdf(path: Path, *pages: Callable[[Any], None], **document: Any) -> None:
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(path), pagesize=(400, 400), **document)
    canvas.setTitle("Invoice 17")
    canvas.setAuthor("Anna")
    for draw in pages:
        draw(canvas)
        canvas.showPage()
    canvas.save()


def lines(*texts: str, x: float = 40, top: float = 360) -> Callable[[Any], None]:
    def draw(canvas: Any) -> None:
        for i, text in enumerate(texts):
            canvas.drawString(x, top - 14 * i, text)

    return draw


# ---------------------------------------------------------------- What is read


def test_a_pdf_gives_its_pages_in_order_with_its_table_where_it_stands(tmp_path: Path) -> None:
    from reportlab.lib import colors
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Table

    style = getSampleStyleSheet()["Normal"]
    table = Table(CELLS, style=[("GRID", (0, 0), (-1, -1), 0.5, colors.black)])
    SimpleDocTemplate(str(tmp_path / "a.pdf"), title="Invoice 17", author="Anna").build(
        [Paragraph("Before the table.", style), table, Paragraph("After it.", style), PageBreak(), Paragraph("The second page.", style)]
    )
    row = read(tmp_path, "a.pdf")
    assert row["text"] == f"Before the table.\n\n{TABLE}\n\nAfter it.\n\nThe second page."
    assert (row["title"], row["pages"], row["error"]) == ("Invoice 17", 2, None)
    assert row["metadata"]["type"] == "pdf"
    assert row["metadata"]["author"] == "Anna"
    assert row["metadata"]["created"].startswith("20")


def test_a_label_and_its_amount_stand_on_one_line_however_the_pdf_draws_them(tmp_path: Path) -> None:
    def invoice(canvas: Any) -> None:
        lines("127.50", "0.00", "127.50", x=300)(canvas)
        lines("Subtotal:", "Tax:", "Total:")(canvas)

    save_pdf(tmp_path / "a.pdf", invoice)
    assert read(tmp_path, "a.pdf")["text"] == "Subtotal:  127.50\nTax:  0.00\nTotal:  127.50"


def test_columns_of_prose_are_read_one_after_the_other(tmp_path: Path) -> None:
    def columns(canvas: Any) -> None:
        lines(*[f"left line {i} of the prose" for i in range(12)])(canvas)
        lines(*[f"right line {i} of the prose" for i in range(12)], x=220)(canvas)

    save_pdf(tmp_path / "a.pdf", columns)
    text = read(tmp_path, "a.pdf")["text"]
    assert text.index("left line 11") < text.index("right line 0")


def test_pages_without_text_are_named_and_a_scan_is_an_error(tmp_path: Path) -> None:
    def picture(canvas: Any) -> None:
        canvas.rect(40, 40, 300, 300, fill=1)

    save_pdf(tmp_path / "mixed.pdf", lines("page one"), picture, lines("page three"))
    save_pdf(tmp_path / "scan.pdf", picture, picture)
    mixed = read(tmp_path, "mixed.pdf")
    assert (mixed["text"], mixed["pages"], mixed["metadata"]["pages_without_text"]) == ("page one\n\npage three", 3, "2")
    scan = read(tmp_path, "scan.pdf")
    assert scan["text"] is None
    assert scan["error"] == (
        "scan.pdf has no text on any of its pages (2): it looks like a scan, and pictures of text are not read"
    )  # fmt: skip


def test_letters_that_hang_from_the_line_above_stay_out_of_a_table(tmp_path: Path) -> None:
    from reportlab.lib import colors
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Table

    table = Table(CELLS, style=[("GRID", (0, 0), (-1, -1), 0.5, colors.black)], hAlign="LEFT")
    SimpleDocTemplate(str(tmp_path / "tight.pdf")).build([Paragraph("jug, jogging, pyjamas", getSampleStyleSheet()["Title"]), table])
    assert "| Item | Price |" in read(tmp_path, "tight.pdf")["text"]


def test_a_word_document_gives_headings_lists_and_tables(tmp_path: Path) -> None:
    document = docx.Document()
    document.core_properties.title, document.core_properties.author = "Contract 4", "Bruno"
    document.add_heading("Scope", 1)
    document.add_paragraph("What is delivered.")
    document.add_paragraph("bread", style="List Bullet")
    document.add_paragraph("butter", style="List Bullet")
    table = document.add_table(rows=3, cols=2)
    for i, cells in enumerate(CELLS):
        for j, cell in enumerate(cells):
            table.cell(i, j).text = cell
    document.save(tmp_path / "a.docx")
    row = read(tmp_path, "a.docx")
    assert row["text"] == f"# Scope\n\nWhat is delivered.\n\n- bread\n- butter\n\n{TABLE}"
    assert (row["title"], row["pages"], row["metadata"]["author"]) == ("Contract 4", None, "Bruno")


def test_a_presentation_gives_slides_with_tables_charts_and_notes(tmp_path: Path) -> None:
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE
    from pptx.util import Inches

    deck = pptx.Presentation()
    first = deck.slides.add_slide(deck.slide_layouts[1])
    first.shapes.title.text = "Results"
    first.placeholders[1].text = "sales are up\ncosts are down"
    first.notes_slide.notes_text_frame.text = "Smile here."
    second = deck.slides.add_slide(deck.slide_layouts[6])
    table = second.shapes.add_table(3, 2, Inches(1), Inches(1), Inches(4), Inches(1)).table
    for i, cells in enumerate(CELLS):
        for j, cell in enumerate(cells):
            table.cell(i, j).text = cell
    chart = CategoryChartData()
    chart.categories = ["Q1", "Q2"]
    chart.add_series("Sales", (10, 12.5))
    second.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, Inches(1), Inches(3), Inches(4), Inches(3), chart)
    deck.save(tmp_path / "a.pptx")
    row = read(tmp_path, "a.pptx")
    assert row["text"] == (
        "## Results\n\n- sales are up\n- costs are down\n\n### Notes\n\nSmile here.\n\n"
        f"## Slide 2\n\n{TABLE}\n\n|  | Sales |\n| --- | --- |\n| Q1 | 10 |\n| Q2 | 12.5 |"
    )
    assert row["pages"] == 2
    assert row["metadata"]["type"] == "pptx"


def test_a_workbook_gives_a_table_a_sheet_without_its_empty_rows_and_columns(tmp_path: Path) -> None:
    from datetime import date, datetime

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Prices"
    sheet["B2"], sheet["D2"] = "Day", "Price"
    sheet["B4"], sheet["D4"] = date(2026, 3, 1), 3.0
    sheet["B5"], sheet["D5"] = datetime(2026, 3, 2, 8, 30), True
    sheet["XFD1048576"].number_format = "0.00"
    book.create_sheet("Empty")
    book.save(tmp_path / "a.xlsx")
    row = read(tmp_path, "a.xlsx")
    assert row["text"] == "## Prices\n\n| Day | Price |\n| --- | --- |\n| 2026-03-01 | 3 |\n| 2026-03-02 08:30:00 | TRUE |"
    assert row["pages"] == 2


def test_html_gives_markdown_without_scripts_and_layout_tables(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(
        "<!doctype html><html lang=de><head><title>Prices &amp; more</title><meta name=author content=Carla><style>p {}</style></head>"
        "<body><script>alert(1)</script><table><tr><td><h1>Bread</h1><p>from <b>us</b></p></td></tr>"
        "<tr><td><table><thead><tr><th>Item</th><th>Price</th></tr></thead><tbody><tr><td>Bread | rye</td><td>3.50</td></tr>"
        "<tr><td>Butter</td><td>2.10</td></tr></tbody></table></td></tr></table>"
        "<img alt='a loaf' src='data:image/png;base64,AAAA'></body></html>",
        encoding="utf8",
    )
    row = read(tmp_path, "a.html")
    assert row["text"] == f"# Bread\n\nfrom **us**\n\n{TABLE}\n\na loaf"
    assert row["title"] == "Prices & more"
    assert row["metadata"] == {"type": "html", "author": "Carla", "language": "de", "encoding": "utf-8"}


def test_html_is_read_in_the_encoding_that_it_declares(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes("<meta charset='windows-1251'><p>Привет</p>".encode("cp1251"))
    assert read(tmp_path, "a.html")["text"] == "Привет"


def test_mail_gives_its_plain_body_its_headers_and_the_names_of_attachments(tmp_path: Path) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Anna Ä <anna@example.com>", "shop@example.com", "Größe falsch ☸"
    mail.set_content("Please refund me.\n")
    mail.add_alternative("<p>Please <b>refund</b> me.</p>", subtype="html")
    mail.add_attachment(b"%PDF-", maintype="application", subtype="pdf", filename="invoice.pdf")
    (tmp_path / "a.eml").write_bytes(mail.as_bytes())
    html = EmailMessage()
    html["From"] = "anna@example.com"
    html.set_content("<p>Only <b>HTML</b></p>", subtype="html")
    (tmp_path / "b.eml").write_bytes(html.as_bytes())
    row = read(tmp_path, "a.eml")
    assert (row["text"], row["title"]) == ("Please refund me.", "Größe falsch ☸")
    assert row["metadata"]["from"] == "Anna Ä <anna@example.com>"
    assert row["metadata"]["attachments"] == "invoice.pdf"
    assert read(tmp_path, "b.eml")["text"] == "Only **HTML**"


@pytest.mark.parametrize(
    ("data", "text", "encoding"),
    [
        ("Käse für 3 €".encode(), "Käse für 3 €", "utf-8"),
        ("\ufeffKäse".encode(), "Käse", "utf-8"),
        ("Käse für 3 €".encode("cp1252"), "Käse für 3 €", "windows-1252"),
        ("Käse 日本".encode("utf-16"), "Käse 日本", "utf-16"),
        (b"one\r\ntwo  \r\n\r\n\r\n\r\nthree\x07", "one\ntwo\n\nthree", "utf-8"),
    ],
)
def test_text_is_decoded_and_tidied(tmp_path: Path, data: bytes, text: str, encoding: str) -> None:
    (tmp_path / "a.txt").write_bytes(data)
    row = read(tmp_path, "a.txt")
    assert (row["text"], row["title"], row["metadata"]) == (text, None, {"type": "text", "encoding": encoding})


def test_markdown_stays_as_it_is_and_its_first_heading_is_its_title(tmp_path: Path) -> None:
    for name, heading in (("a.md", "# Refunds #"), ("b.md", "# C#")):
        text = f"```\n# not this\n```\n\n{heading}\n\n- <b>14</b> days"
        (tmp_path / name).write_text(text, encoding="utf8")
        row = read(tmp_path, name)
        assert (row["text"], row["title"]) == (text, heading.strip("# ") + "#" * (name == "b.md"))


def test_texts_that_are_built_to_be_slow_are_not(tmp_path: Path) -> None:
    (tmp_path / "spaces.txt").write_text("a" + " " * 1_000_000 + "b", encoding="utf8")
    (tmp_path / "heading.md").write_text("# " + "a #" * 300_000 + "b", encoding="utf8")
    (tmp_path / "comments.txt").write_text("<!-- -->" * 500 + "end", encoding="utf8")
    rows = ask(parse_document, ["spaces.txt", "heading.md", "comments.txt"], tmp_path)
    assert all(row is not None and row["error"] is None for row in rows)


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("D:20260301123045+01'00'", "2026-03-01T12:30:45+01:00"),
        ("D:20260301123045Z", "2026-03-01T12:30:45+00:00"),
        ("D:2026", "2026-01-01T00:00:00"),
        ("yesterday", ""),
    ],
)
def test_pdf_dates_become_iso_dates(written: str, iso: str) -> None:
    assert pdf_date(written) == iso


# ---------------------------------------------------------------- What is not


def test_null_is_null_and_blank_is_empty_input(tmp_path: Path) -> None:
    null, blank = ask(parse_document, [None, " "], tmp_path)
    assert null is None
    assert blank == {"text": None, "title": None, "pages": None, "metadata": None, "error": "empty_input"}


def bad_files(folder: Path) -> dict[str, str]:
    """Make files that cannot be used, and say what their rows must say."""
    from reportlab.lib.pdfencrypt import StandardEncryption

    save_pdf(folder / "good.pdf", lines("a page"))
    save_pdf(folder / "locked.pdf", lines("a page"), encrypt=StandardEncryption("secret"))
    (folder / "cut.pdf").write_bytes((folder / "good.pdf").read_bytes()[:600])
    docx.Document().save(folder / "empty.docx")
    (folder / "cut.docx").write_bytes((folder / "empty.docx").read_bytes()[:2000])
    shutil.copy(folder / "empty.docx", folder / "wrong.xlsx")
    shutil.copy(folder / "empty.docx", folder / "wrong.txt")
    (folder / "page.pdf").write_text("<html><body>no access</body></html>", encoding="utf8")
    (folder / "zero.pdf").write_bytes(b"")
    (folder / "blank.txt").write_text(" \n\t ", encoding="utf8")
    (folder / "binary.txt").write_bytes(bytes(range(256)))
    (folder / "odd.xyz").write_text("text", encoding="utf8")
    (folder / "README").write_text("text", encoding="utf8")
    (folder / "page.eml").write_text("<html>no mail</html>", encoding="utf8")
    (folder / "note.eml").write_text("no header here", encoding="utf8")
    (folder / "locked.docx").write_bytes(documents.OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"))
    (folder / "old.docx").write_bytes(documents.OLE + b"\0" * 600)
    with zipfile.ZipFile(folder / "other.docx", "w") as archive:
        archive.writestr("a.txt", "text")
    with zipfile.ZipFile(folder / "bomb.docx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"\0" * (documents.MAX_UNPACKED + 1))
    (folder / "folder.pdf").mkdir()
    os.mkfifo(folder / "pipe.pdf")
    return {
        "locked.pdf": "is encrypted: save it without a password",
        "cut.pdf": "is broken: it starts as a PDF",
        "empty.docx": "has no text",
        "cut.docx": "is broken: it starts as a zip archive",
        "wrong.xlsx": "is a Word document, although its name ends in .xlsx",
        "wrong.txt": "is a Word document, although its name ends in .txt",
        "page.pdf": "is HTML, although its name ends in .pdf",
        "zero.pdf": "is empty",
        "blank.txt": "has no text",
        "binary.txt": "is binary",
        "odd.xyz": "has the unknown type .xyz: use one of .pdf, .docx",
        "README": "is text of an unknown type",
        "page.eml": "is HTML, although its name ends in .eml",
        "note.eml": "is not mail",
        "locked.docx": "is encrypted: save it without a password",
        "old.docx": "is an old Office file",
        "other.docx": "is a zip archive and none of DOCX, PPTX, XLSX",
        "bomb.docx": "unpacks to more than 200 MB",
        "folder.pdf": "is not a file",
        "pipe.pdf": "is not a file",
        "nowhere.pdf": "does not exist",
        "https://example.com/a.pdf": "is an address: only files on this machine are read, nothing is downloaded",
        "s3://bucket/a.pdf": "is an address",
        "bad\x00name.pdf": "cannot be read",
    }


def test_files_that_cannot_be_used_say_why_and_the_others_are_read(tmp_path: Path) -> None:
    expected = bad_files(tmp_path)
    rows = ask(parse_document, [*expected, "good.pdf"], tmp_path)
    assert rows[-1] is not None
    assert rows[-1]["text"] == "a page"
    for (path, why), row in zip(expected.items(), rows[:-1], strict=True):
        assert row is not None
        assert row["text"] is None
        assert row["error"].startswith(f"{path} {why}"), row["error"]


def test_a_file_without_a_suffix_is_told_by_its_content(tmp_path: Path) -> None:
    save_pdf(tmp_path / "upload", lines("a page"))
    assert read(tmp_path, "upload")["text"] == "a page"


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"a" * (2**20 + 1))
    assert read(tmp_path, "a.txt", max_mb=1)["error"] == "a.txt has 1.0 MB and max_mb is 1"
    assert read(tmp_path, "a.txt", max_mb=2)["error"] is None


def test_on_error_fail_stops_the_query(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("text", encoding="utf8")
    with pytest.raises(duckdb.Error, match=r"ai_parse_document: 1 of 2 rows failed, the first with 'b.txt does not exist'"):
        ask(parse_document, ["a.txt", "b.txt"], tmp_path, on_error="fail")


# ---------------------------------------------------------------- Paths and the cache


def test_every_suffix_has_a_reader() -> None:
    assert set(SUFFIXES.values()) == set(documents.READERS)


def test_a_path_is_relative_to_the_project_or_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/a.txt").write_text("text", encoding="utf8")
    monkeypatch.chdir("/")
    rows = ask(parse_document, ["docs/a.txt", str(tmp_path / "docs/a.txt"), "docs/../docs/a.txt"], tmp_path)
    assert [row and row["text"] for row in rows] == ["text"] * 3


def test_a_document_is_known_by_its_content_and_never_by_its_path(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one", encoding="utf8")
    shutil.copy(tmp_path / "a.txt", tmp_path / "b.txt")
    context = {"invocation": "first"}
    ask(parse_document, ["a.txt", "b.txt", "a.txt"], tmp_path, context=context)
    (row,) = LEDGER.drain("first")
    assert (row["rows"], row["distinct_texts"], row["computed"], row["cache_hits"]) == (3, 2, 1, 0)
    (tmp_path / "a.txt").write_text("two", encoding="utf8")
    rows = ask(parse_document, ["a.txt", "b.txt"], tmp_path, context={"invocation": "second"})
    assert [row and row["text"] for row in rows] == ["two", "one"]
    (row,) = LEDGER.drain("second")
    assert (row["computed"], row["cache_hits"]) == (1, 1)


def test_the_same_content_under_another_suffix_is_another_document(tmp_path: Path) -> None:
    for name in ("a.md", "a.html"):
        (tmp_path / name).write_text("<b>bold</b>", encoding="utf8")
    assert read(tmp_path, "a.md")["text"] == "<b>bold</b>"
    assert read(tmp_path, "a.html")["text"] == "**bold**"


def test_a_failure_is_not_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text("text", encoding="utf8")
    with monkeypatch.context() as patch:
        patch.setitem(documents.READERS, "text", lambda data: 1 / 0)
        assert "ZeroDivisionError" in read(tmp_path, "a.txt")["error"]
    assert read(tmp_path, "a.txt")["text"] == "text"


def test_a_missing_library_stops_the_query_and_names_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parse_document, "LIBRARIES", ("no-such-library",))
    with pytest.raises(duckdb.Error, match="no-such-library is missing: pip install no-such-library"):
        read(tmp_path, "a.txt")


def test_counting_reads_no_document(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("text", encoding="utf8")
    assert read(tmp_path, "a.txt", context={"count_only": True, "invocation": "count"})["error"] == "a.txt not computed"
    (row,) = LEDGER.drain("count")
    assert row["computed"] == 1
