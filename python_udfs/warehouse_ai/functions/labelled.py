"""Values that a text labels itself, as forms, invoices and tables do: `Invoice no.: 17`, `| Total due | 12.50 |`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

CELL = re.compile(r"(?<=\|)[^|\n]*(?=\|)")
RULE = re.compile(r"\|(?:\s*:?-+:?\s*\|)+\s*$")
GAP = re.compile(r" {2,}|\t")
SIGN = r"\s*(?:no\b\.?|number\b|id\b)?\W{0,3}?\s*(?:[:#=]|\bis\b)\s*"
"""Stands between a label and its value, anywhere in a line."""

Span = tuple[int, int]


def labelled_spans(text: str, labels: Sequence[str]) -> Iterator[Span]:
    """Find what stands behind, beside or under a label; the first label's values come first.

    A label begins a line, a cell or what two blanks set apart, or is followed by `:`, `#`, `=` or `is`; letter case does not matter. In a
    row of a Markdown table its value is the next cell that is not empty; in the head of a table of more than two columns it is the cell
    below, unless the cell beside has a digit.

    Args:
        text: Markdown or plain text.
        labels: what stands before a value, such as `invoice no`.

    Yields:
        Places of values, start and end; of a label within a cell from the end of the label, so that a currency there is read too.
    """
    lines = [(match.start(), match.group()) for match in re.finditer(r"[^\n]+", text)]
    for label in labels:
        pattern = re.compile(rf"(?<![\w-]){re.escape(label)}(?![\w-])", re.IGNORECASE)
        for number, (start, line) in enumerate(lines):
            if not pattern.search(line):
                continue
            if line.startswith("|"):
                yield from _in_table(lines, number, pattern)
            else:
                yield from _in_line(lines, number, start, line, pattern)


def _in_line(lines: list[tuple[int, str]], number: int, start: int, line: str, label: re.Pattern[str]) -> Iterator[Span]:
    for match in label.finditer(line):
        sign = re.compile(SIGN, re.IGNORECASE).match(line, match.end())
        before = line[: match.start()].strip(" *_#-")
        if not sign and before and not line[: match.start()].endswith("  "):
            continue
        at = sign.end() if sign else match.end()
        gap = GAP.search(line, at + len(line[at:]) - len(line[at:].lstrip()))
        value = _trimmed(line, at, gap.start() if gap else len(line))
        if value:
            yield start + value[0], start + value[1]
        elif number + 1 < len(lines) and lines[number + 1][1].lstrip().startswith(":"):
            # A definition list: the label in one line, the value in the next.
            below, text = lines[number + 1]
            if value := _trimmed(text, text.index(":") + 1, len(text)):
                yield below + value[0], below + value[1]


def _in_table(lines: list[tuple[int, str]], number: int, label: re.Pattern[str]) -> Iterator[Span]:
    start, line = lines[number]
    cells = [match.span() for match in CELL.finditer(line)]
    is_head = number + 1 < len(lines) and bool(RULE.fullmatch(lines[number + 1][1]))
    for column, (left, right) in enumerate(cells):
        match = label.search(line, left, right)
        if not match or line[left : match.start()].strip(" *_"):
            # Inside a cell of several words only a sign makes a label.
            if match and (value := _signed(line, match.end(), right)):
                yield start + value[0], start + value[1]
            continue
        beside = next((cell for cell in cells[column + 1 :] if line[slice(*cell)].strip()), None)
        if is_head and len(cells) > 2 and not (beside and re.search(r"\d", line[slice(*beside)])):
            if number + 2 < len(lines) and lines[number + 2][1].startswith("|"):
                below, row = lines[number + 2]
                under = [cell.span() for cell in CELL.finditer(row)]
                if column < len(under) and (value := _trimmed(row, *under[column])):
                    yield below + value[0], below + value[1]
        elif beside and (value := _trimmed(line, *beside)):
            yield start + (match.end() if re.search(r"\w", line[match.end() : right]) else value[0]), start + value[1]
        elif value := _trimmed(line, match.end(), right):
            yield start + value[0], start + value[1]


def _signed(line: str, at: int, end: int) -> Span | None:
    sign = re.compile(r"\s*[.:#=]\s*").match(line, at, end)
    return _trimmed(line, sign.end(), end) if sign else None


def _trimmed(line: str, start: int, end: int) -> Span | None:
    """Cut blanks and marks of emphasis off a value."""
    text = line[start:end]
    left = start + len(text) - len(text.lstrip(" *_:#"))
    right = start + len(text.rstrip(" *_|"))
    return (left, right) if left < right else None
