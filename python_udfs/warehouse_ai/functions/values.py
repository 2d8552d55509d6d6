"""Turn the words of a span into a typed value, deterministically: nothing depends on today's date or on the machine's locale."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

CURRENCIES = {
    "$": "USD",
    "US$": "USD",
    "€": "EUR",
    "£": "GBP",
    "¥": "JPY",
    "₹": "INR",
    "zł": "PLN",
    "R$": "BRL",
    "A$": "AUD",
    "C$": "CAD",
    "S$": "SGD",
}
MULTIPLIERS = {"k": 10**3, "thousand": 10**3, "m": 10**6, "mn": 10**6, "million": 10**6, "bn": 10**9, "billion": 10**9}
TRUE = frozenset(["yes", "y", "true", "on", "enabled", "included", "ja", "oui", "si", "sí", "tak", "1"])
FALSE = frozenset(["no", "n", "false", "off", "disabled", "none", "not", "never", "excluded", "nein", "non", "nie", "0"])
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
URL = re.compile(r"(?:https?://|www\.)[^\s<>\"')\]]+[^\s<>\"')\].,;:!?]", re.IGNORECASE)


@dataclass(frozen=True)
class FieldType:
    """Type of a field and what it needs to be read.

    Attributes:
        kind: string, integer, number, boolean, date, money, email, phone, url or enum.
        many: a list of values, one for every span.
        values: of an enum.
        region: ISO country whose national phone numbers are read; without one only international ones are.
        order: of day, month and year in numeric dates: DMY, MDY or YMD.
        currency: ISO code where the text names none.
    """

    kind: str = "string"
    many: bool = False
    values: tuple[str, ...] = ()
    region: str | None = None
    order: str | None = None
    currency: str | None = None


def parse_number(text: str) -> Decimal | None:
    """Read the first number of a text, in digits of any locale or in English words, with its multiplier."""
    from number_parser import parse_number as parse_words
    from price_parser.parser import parse_number as parse_digits

    match = re.search(r"-?\d[\d.,'\u00a0 ]*\d|-?\d", text)
    if match:
        number = parse_digits(match.group().lstrip("-").replace("'", ""))
        after = text[match.end() :].strip().split(" ")[0].strip(".,;").lower()
        sign = -1 if match.group().startswith("-") else 1
        return None if number is None else sign * number * MULTIPLIERS.get(after, 1)
    words = parse_words("twelve" if text.lower() in ("dozen", "a dozen") else text)
    return None if words is None else Decimal(words)


def parse_integer(text: str) -> int | None:
    """Read a whole number; None where it has a fraction."""
    number = parse_number(text)
    return int(number) if number is not None and number == int(number) else None


def parse_boolean(text: str) -> bool | None:
    """Read yes or no; None where both or neither stand in the text."""
    words = set(re.findall(r"\w+", text.lower()))
    yes, no = bool(words & TRUE), bool(words & FALSE)
    return yes if yes != no else None


def parse_date(text: str, order: str | None = None) -> str | None:
    """Read a complete date as ISO 8601; relative and partial dates are None, since their value would depend on the day of the run."""
    import dateparser

    settings: dict[str, Any] = {"PARSERS": ["absolute-time"], "REQUIRE_PARTS": ["day", "month", "year"]}
    dotted = re.fullmatch(r"\d{1,2}\.\d{1,2}\.\d{2,4}", text.strip())
    if order or dotted:
        settings["DATE_ORDER"] = order or "DMY"
    found = dateparser.parse(text, settings=settings)
    return found.date().isoformat() if found else None


def parse_money(text: str, currency: str | None = None) -> dict[str, Any] | None:
    """Read an amount and its ISO 4217 currency, None where the text has none and no default is set."""
    from price_parser import Price

    amount = parse_number(text)
    if amount is None:
        return None
    found = Price.fromstring(text).currency
    return {"amount": float(amount), "currency": CURRENCIES.get(found or "", (found or currency or "").upper() or None)}


def parse_email(text: str) -> str | None:
    """Read a syntactically valid address, its domain in lower case; no look-up is made."""
    from email_validator import EmailNotValidError, validate_email

    match = EMAIL.search(text)
    try:
        return validate_email(match.group(), check_deliverability=False, test_environment=True).normalized if match else None
    except EmailNotValidError:
        return None


def parse_phone(text: str, region: str | None = None) -> str | None:
    """Read a phone number as E.164."""
    import phonenumbers

    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) if phonenumbers.is_possible_number(number) else None


def parse_url(text: str) -> str | None:
    """Read a web address; one without a scheme gets https."""
    match = URL.search(text)
    if not match:
        return None
    return match.group() if "://" in match.group() else f"https://{match.group()}"


def parse_enum(text: str, values: tuple[str, ...]) -> str | None:
    """Match one of the allowed values, letter case and small misspellings aside."""
    folded = {v.casefold().replace("_", " "): v for v in values}
    found = difflib.get_close_matches(text.casefold().strip(), folded, n=1, cutoff=0.8)
    inside = [v for f, v in folded.items() if re.search(rf"\b{re.escape(f)}\b", text.casefold())]
    return folded[found[0]] if found else inside[0] if len(inside) == 1 else None


def parser(field: FieldType) -> Callable[[str], Any]:
    """Return the function that reads a span of this type, or None from what is no such value."""
    return {
        "string": lambda text: text,
        "integer": parse_integer,
        "number": lambda text: None if (n := parse_number(text)) is None else float(n),
        "boolean": parse_boolean,
        "date": lambda text: parse_date(text, field.order),
        "money": lambda text: parse_money(text, field.currency),
        "email": parse_email,
        "phone": lambda text: parse_phone(text, field.region),
        "url": parse_url,
        "enum": lambda text: parse_enum(text, field.values),
    }[field.kind]


def written_forms(text: str, field: FieldType) -> Iterator[tuple[int, int]]:
    """Find whole e-mail addresses, web addresses and phone numbers, to which a model's span snaps: their ends are a matter of format."""
    if field.kind == "email":
        yield from (m.span() for m in EMAIL.finditer(text))
    elif field.kind == "url":
        yield from (m.span() for m in URL.finditer(text))
    elif field.kind == "phone":
        import phonenumbers

        yield from ((m.start, m.end) for m in phonenumbers.PhoneNumberMatcher(text, field.region))
