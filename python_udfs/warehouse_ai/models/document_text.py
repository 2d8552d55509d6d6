"""Read HTML, mail, Markdown and plain text, and write what any document holds as Markdown."""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import TYPE_CHECKING

from warehouse_ai.models.methods import Unreadable

if TYPE_CHECKING:
    from bs4 import BeautifulSoup

MAIL_HEADERS = ("from", "to", "subject", "date", "received", "message-id", "delivered-to", "return-path")


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
