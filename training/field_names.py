"""Natural names for the labels of the public sets."""

from __future__ import annotations

import re

NAMES = {  # natural names for the labels of the public sets; the first is the one that evaluation asks for
    "PER": ("person", "person name", "people mentioned", "name"),
    "LOC": ("location", "place", "geographic location"),
    "ORG": ("organisation", "organization", "company or organisation"),
    "MISC": ("other named entity", "miscellaneous name"),
    "people": ("number of people", "party size", "how many guests"),
    "time": ("time", "booking time"),
    "date": ("date", "day"),
    "first_name": ("first name", "given name"),
    "last_name": ("last name", "surname", "family name"),
    "GPE": ("city, state or country", "country or city"),
    "NRP": ("nationality, religion or political group",),
    "STREET_ADDRESS": ("address", "street address", "postal address"),
    "PERSON": ("person", "full name", "customer name"),
    "ORGANIZATION": ("organisation", "company", "employer"),
    "DATE_TIME": ("date", "date or time"),
    "US_SSN": ("social security number",),
    "IBAN_CODE": ("iban", "bank account number"),
    "skill": ("skill", "what the job requires", "skills"),
    "knowledge": ("knowledge", "technology or knowledge", "area of knowledge"),
    "playlist": ("playlist", "playlist name"),
    "artist": ("artist", "musician", "singer or band"),
    "geographic_poi": ("point of interest", "landmark"),
    "poi": ("point of interest",),
    "object_name": ("title of the work", "object name"),
    "object_type": ("type of work", "object type"),
    "timeRange": ("time range", "when"),
    "entity_name": ("entity name", "name of the item to add"),
    "served_dish": ("dish served", "dish"),
    "party_size_number": ("party size", "number of people"),
    "party_size_description": ("who is coming", "party description"),
    # CrossNER writes words together, and is asked for in words; it is never trained on.
    "academicjournal": ("academic journal",),
    "astronomicalobject": ("astronomical object",),
    "chemicalcompound": ("chemical compound",),
    "chemicalelement": ("chemical element",),
    "literarygenre": ("literary genre",),
    "musicalartist": ("musical artist",),
    "musicalinstrument": ("musical instrument",),
    "musicgenre": ("music genre",),
    "politicalparty": ("political party",),
    "programlang": ("programming language",),
}


def natural(label: str) -> str:
    """Write a label as words: ``timeRange`` becomes ``time range``."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", label).replace("_", " ").lower()


def names_of(label: str) -> tuple[str, ...]:
    """Return the natural names of a label, the one for evaluation first."""
    return NAMES.get(label, (natural(label),))
