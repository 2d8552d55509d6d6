"""Personal data that a format or a check digit gives away."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import NamedTuple

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from stdnum import iban, luhn

CHECKED = 1.0
"""Score of what a check digit or a full parser confirms."""
FORMATTED = 0.75
"""Score of what only looks right."""
REGIONS = ("US", "GB", "DE", "FR", "ES", "IT", "NL", "SE", "IN", "BR")
"""Countries in whose national formats phone numbers are looked for; numbers with a country code are found anyway."""
GROUPED_REGIONS = ("DK", "NO", "FI", "IS", "CH", "AT", "BE", "PL", "PT", "IE", "AU", "NZ")
"""Countries whose numbers count only when written in groups: a bare run of eight digits is an order number as often."""


class Found(NamedTuple):
    """Personal data in a text."""

    category: str
    start: int
    end: int
    score: float


EMAIL = re.compile(r"[\w.+%'-]+@[\w-]+(?:\.[\w-]+)+")
URL = re.compile(r"(?:https?://|www\.)[^\s<>\"'()\[\]{}]*[\w/#=&-]", re.IGNORECASE)
IP = re.compile(r"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{1,4})(?![\w:]|\.\d)", re.IGNORECASE)
CARD = re.compile(r"(?<![\w+-])\d(?:[ -]?\d){11,18}(?![\w-])")
IBAN = re.compile(r"(?<!\w)[a-z]{2}\d{2}(?: ?[a-z0-9]{2,4}){3,8}(?!\w)", re.IGNORECASE)

NUMBER = r"\+?\(?\d[\d ().\-/]{4,20}\d(?: ?(?:x|ext\.?) ?\d{1,5})?(?!\w)"
PHONE_TOLD = re.compile(
    r"(?<!\w)(?:tele(?:phone|fon)|(?:tele)?fax|phone|tel|mobile|cell|hotline|handy|gsm|whatsapp|desk"
    r"|(?:call|ring|text|reach)(?: \w+)? (?:at|on))"
    rf"\.?(?: (?:no|nr|number)\.?)?(?: is)?[ :]*\s?({NUMBER})",
    re.IGNORECASE,
)
"""A number behind a word that says it is a phone's: extensions and numbers of one town have no national format."""
PHONE_NAMED = re.compile(rf"(?<![\w+])({NUMBER})[ \t]?[-(]?[ \t]?(?:office|fax|mobile|cell|phone|home|work)\b", re.IGNORECASE)
"""A number before such a word, as signatures have it."""
PHONE_ABROAD = re.compile(r"(?<![\w+])(\+\d[\d ().\-/]{6,20}\d)(?!\w)")
ID_TOLD = re.compile(
    r"(?<!\w)(?:driv(?:er'?s?'?|ing) licen[cs]e|passport|social security|national id(?:entity)?|identity card|tax id|ssn)"
    r"(?: (?:card|number|no\.?|nr\.?))*(?: is)?[ :#]*\s?([A-Z\d][A-Z\d-]{4,18}[A-Z\d])(?!\w)",
    re.IGNORECASE,
)
"""An identification of a country or state whose format is not known, behind a word that says what it is."""

NATIONAL_IDS = (
    # Driver licences of Florida, Illinois, Maryland, Michigan, Minnesota, New Jersey and Wisconsin.
    ("us.driver_licence", re.compile(r"(?<!\w)[A-Z]\d{11,14}(?!\w)")),
    ("us.ssn", re.compile(r"(?<![\w-])\d{3}-\d{2}-\d{4}(?![\w-])")),
    ("gb.nino", re.compile(r"(?<!\w)[A-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D](?!\w)")),
    ("fr.nir", re.compile(r"(?<!\w)[12] ?\d{2} ?\d{2} ?\d[\dAB] ?\d{3} ?\d{3} ?\d{2}(?!\w)")),
    ("es.dni", re.compile(r"(?<!\w)\d{8}-?[A-Z](?!\w)")),
    ("es.nie", re.compile(r"(?<!\w)[XYZ]-?\d{7}-?[A-Z](?!\w)")),
    ("it.codicefiscale", re.compile(r"(?<!\w)[A-Z]{6}\d{2}[A-Z]\d{2}[A-Z]\d{3}[A-Z](?!\w)")),
    ("pl.pesel", re.compile(r"(?<!\w)\d{11}(?!\w)")),
    ("br.cpf", re.compile(r"(?<!\w)\d{3}\.\d{3}\.\d{3}-\d{2}(?!\w)")),
    ("in_.aadhaar", re.compile(r"(?<!\w)[2-9]\d{3} \d{4} \d{4}(?!\w)")),
    ("se.personnummer", re.compile(r"(?<!\w)\d{6}(?:\d{2})?[-+]\d{4}(?!\w)")),
)
"""Modules of ``python-stdnum`` and how their numbers are written; where the library has no module the format decides."""


def emails(text: str) -> Iterator[Found]:
    """E-mail addresses, by ``email-validator``; a domain without dots or an odd name is left to its format."""
    for match in EMAIL.finditer(text):
        try:
            validate_email(match.group(), check_deliverability=False)
            score = CHECKED
        except EmailNotValidError:
            score = FORMATTED
        yield Found("email", *match.span(), score)


def urls(text: str) -> Iterator[Found]:
    """Web addresses with a scheme or ``www``."""
    for match in URL.finditer(text):
        yield Found("url", *match.span(), CHECKED)


def ip_addresses(text: str) -> Iterator[Found]:
    """IPv4 and IPv6 addresses, by the standard library."""
    for match in IP.finditer(text):
        try:
            ipaddress.ip_address(match.group())
        except ValueError:
            continue
        yield Found("ip_address", *match.span(), CHECKED)


def cards(text: str) -> Iterator[Found]:
    """Payment card numbers: 12 to 19 digits that satisfy Luhn's formula (ISO/IEC 7812)."""
    for match in CARD.finditer(text):
        if luhn.is_valid(re.sub(r"[ -]", "", match.group())):
            yield Found("credit_card", *match.span(), CHECKED)


def ibans(text: str) -> Iterator[Found]:
    """Bank accounts (ISO 13616), by ``python-stdnum``; one with a typing error still tells most of an account."""
    for match in IBAN.finditer(text):
        end = match.end()
        # The pattern may have eaten a short word behind the number.
        while end > match.start() and not iban.is_valid(text[match.start() : end]) and " " in text[match.start() : end]:
            end = match.start() + text[match.start() : end].rindex(" ")
        if iban.is_valid(text[match.start() : end]):
            yield Found("iban", match.start(), end, CHECKED)
        elif sum(c.isdigit() for c in match.group()) >= 10:
            yield Found("iban", *match.span(), FORMATTED)


def national_ids(text: str) -> Iterator[Found]:
    """National identification numbers, by ``python-stdnum``, and what a text says is one."""
    for match in ID_TOLD.finditer(text):
        if sum(c.isdigit() for c in match[1]) >= 4:
            yield Found("national_id", *match.span(1), FORMATTED)
    for name, pattern in NATIONAL_IDS:
        for match in pattern.finditer(text):
            is_valid = _validator(name)
            if is_valid is None or name in ("us.ssn",):
                yield Found("national_id", *match.span(), FORMATTED)
            elif is_valid(match.group()):
                yield Found("national_id", *match.span(), CHECKED)


def _validator(name: str) -> Callable[[str], bool] | None:
    try:
        return import_module(f"stdnum.{name}").is_valid
    except ModuleNotFoundError:
        return None


def phones(text: str) -> Iterator[Found]:
    """Phone numbers: what a text says is one, and by ``phonenumbers`` those with a country code or in the format of one of ``REGIONS``."""
    if sum(c.isdigit() for c in text) < 6:
        return
    seen: set[tuple[int, int]] = set()
    for region in (None, *REGIONS):
        for match in phonenumbers.PhoneNumberMatcher(text, region, leniency=phonenumbers.Leniency.VALID):
            if (match.start, match.end) not in seen:
                seen.add((match.start, match.end))
                yield Found("phone", match.start, match.end, CHECKED if match.raw_string.startswith("+") else FORMATTED)
    for region in GROUPED_REGIONS:
        for match in phonenumbers.PhoneNumberMatcher(text, region, leniency=phonenumbers.Leniency.STRICT_GROUPING):
            if (match.start, match.end) not in seen and not match.raw_string.isdigit():
                seen.add((match.start, match.end))
                yield Found("phone", match.start, match.end, FORMATTED)
    for pattern in (PHONE_TOLD, PHONE_NAMED, PHONE_ABROAD):
        for told in pattern.finditer(text):
            if told.span(1) not in seen and 6 <= sum(c.isdigit() for c in re.split("[xe]", told[1].lower())[0]) <= 15:
                seen.add(told.span(1))
                yield Found("phone", *told.span(1), FORMATTED)


RECOGNIZERS: dict[str, Callable[[str], Iterator[Found]]] = {
    "email": emails,
    "phone": phones,
    "url": urls,
    "ip_address": ip_addresses,
    "credit_card": cards,
    "iban": ibans,
    "national_id": national_ids,
}
"""Recogniser of each category that needs no model."""
