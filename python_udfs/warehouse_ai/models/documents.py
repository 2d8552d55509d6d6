"""Turn a document into Markdown: PDF, Word, PowerPoint, Excel, HTML, mail, Markdown and plain text."""

from __future__ import annotations

import io
import re
import zipfile

from warehouse_ai.models.document_office import read_docx, read_pptx, read_xlsx
from warehouse_ai.models.document_pdf import read_pdf
from warehouse_ai.models.document_text import Document, read_eml, read_html, read_markdown, read_text, tidy
from warehouse_ai.models.methods import Method, Unreadable

PARSERS = Method("document-parsers", "2", "document to Markdown", "Apache-2.0")
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
HTML_START = re.compile(rb"\s*(?:<\?xml[^>]*>\s*|<!--(?>.*?-->)\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
READERS = {
    "pdf": read_pdf, "docx": read_docx, "pptx": read_pptx, "xlsx": read_xlsx, "html": read_html, "markdown": read_markdown,
    "text": read_text, "eml": read_eml,
}  # fmt: skip


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
