"""Write the documents of an invented company into files/documents, and the truth about them into seeds/document_truth.csv.

`python seeds/make_documents.py`: the same files each time. The texts were written by hand; nobody edits them after a model has read them.
"""

from __future__ import annotations

import csv
import io
import math
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from document_invoices import INVOICES
from document_writers import flowables, table, write_docx, write_eml, write_html, write_pdf, write_pptx, write_xlsx
from reportlab.platypus import PageBreak, Paragraph, Spacer

SEED = 20260630
HERE = Path(__file__).parent
TEXTS = HERE / "document_texts"
FOLDER = HERE.parent / "files" / "documents"
TWO_COLUMNS = {"field_reliability_2025": 170, "energy_and_waste_2025": 125}
"""Height of the columns, mm: both are filled."""
DOCUMENTS = (
    ("nda_tarvik_port.pdf", "contract", "legal"),
    ("nda_contractor_firmware.docx", "contract", "legal"),
    ("supply_agreement_dorsel.pdf", "contract", "legal"),
    ("lease_long_walk_quay.pdf", "contract", "legal"),
    ("employment_contract_lindqvist.docx", "contract", "people"),
    ("maintenance_contract_vendel.pdf", "contract", "legal"),
    ("field_reliability_2025.pdf", "report", "operations"),
    ("energy_and_waste_2025.pdf", "report", "operations"),
    ("incident_curlew_outage.docx", "report", "operations"),
    ("market_baltic_2026.pptx", "report", "sales"),
    ("sales_second_quarter.pptx", "report", "sales"),
    ("gannet3_installation.md", "manual", "operations"),
    ("curlew_firmware_update.md", "manual", "operations"),
    ("plover_logger_guide.html", "manual", "operations"),
    ("welcome_handbook.html", "manual", "people"),
    ("minutes_board_march.txt", "minutes", "finance"),
    ("minutes_standup_platform.txt", "minutes", "operations"),
    ("minutes_works_council.docx", "minutes", "people"),
    ("minutes_kickoff_azores.docx", "minutes", "operations"),
    ("email_complaint_peniche.eml", "email", "operations"),
    ("email_job_application_reply.eml", "email", "people"),
    ("email_dorsel_delay.eml", "email", "operations"),
    ("email_board_pack.eml", "email", "finance"),
    ("email_website_inquiry.eml", "email", "sales"),
)
"""Each with its type and the department that it belongs to; the text has the file's name."""
FORECAST = "week,opening,in,out,closing\n26,612,140,208,544\n27,544,95,171,468\n28,468,60,118,410\n29,410,205,96,519\n35,633,402,199,836\n"
PRICE_LISTS: dict[str, dict[str, list[list[Any]]]] = {
    "price_list_2026.xlsx": {
        "Instruments": [
            ["Merrowby price list, valid from 1 September 2026", None, None, None],
            ["Article", "Name", "Price EUR", "Lead time, days"],
            ["G3-V25", "Gannet 3, vented, 25 m cable", 3640, 20],
            ["G3-S25", "Gannet 3, sealed, 25 m cable", 3780, 20],
            ["G3-F10", "Gannet 3 for fresh water, 10 m cable", 3390, 15],
            ["G4-V25", "Gannet 4, vented, with remote reset", 4450, 60],
            ["CW-B", "Curlew gateway, barometer, mobile radio", 1620, 10],
            ["CW-B-SAT", "Curlew gateway, satellite", 2875, 30],
            ["PL-8", "Plover logger, eight inputs", 1190, 10],
            ["PL-S5", "Solar panel 5 W for Plover", 148, 5],
        ],
        "Service": [
            ["Article", "Name", "Price EUR"],
            ["SV-DAY", "Engineer on site, a day, without travel", 980],
            ["SV-ZERO", "Zero check, a station", 340],
            ["SV-CAL", "Calibration in the tank, 9 points", 265],
            ["SV-TERN", "Tern, a station and year", 120],
        ],
    },
    "spare_parts_2026.xlsx": {
        "Spare parts": [
            ["Part", "Fits", "EUR each", "EUR from 10"],
            ["Desiccant cartridge", "Gannet, Plover", 14.9, 12.5],
            ["Copper gauze, 30 cm", "Gannet 3", 4.1, 3.6],
            ["Rubber bush 32 mm", "conduit clamp", 6.2, 5.1],
            ["O-ring set, tail cap", "Gannet 3, 4", 3.4, 2.9],
            ["Lithium cell D, 3.6 V", "Gannet, Plover", 19.8, 17.9],
            ["Connector M12 with boot", "all cables", 21.5, 18.7],
            ["Vented cable, metre", "Gannet V", 11.2, 9.9],
            ["Arrester cartridge", "Curlew B", 38, 34],
            ["Lid with seal", "Curlew A, B", 64, 58],
            ["Magnet with lanyard", "Gannet", 9.5, 8],
            ["Pin spanner", "tail cap", 27, 24],
        ]
    },
    "distributor_discounts_nordic.xlsx": {
        "Discounts": [
            ["Distributor prices, Nordics, 2026", None, None, None],
            ["Group", "List SEK", "Discount", "Distributor SEK"],
            ["Gauges", 41900, "18 %", 34358],
            ["Gateways", 18750, "15 %", 15937.5],
            ["Loggers", 13700, "15 %", 11645],
            ["Spare parts", None, "25 %", None],
        ],
        "Bonus": [
            ["Purchases a year from, SEK", "Bonus"],
            [500000, "1 %"],
            [1200000, "2.5 %"],
            [2500000, "4 %"],
        ],
    },
}


def read(name: str) -> str:
    """Return the text of a document."""
    return (TEXTS / f"{Path(name).stem}.md").read_text(encoding="utf8")


def title_of(text: str) -> str:
    """Return the first heading, empty where there is none."""
    return next((line[2:] for line in text.splitlines() if line.startswith("# ")), "")


def write(name: str) -> None:
    """Write a document in the format that its name says."""
    path, text = FOLDER / name, read(name)
    title = title_of(text)
    match path.suffix:
        case ".pdf":
            write_pdf(path, flowables(text), title, TWO_COLUMNS.get(path.stem, 0))
        case ".docx":
            write_docx(path, text, title)
        case ".pptx":
            write_pptx(path, text, title)
        case ".html":
            write_html(path, text, title)
        case ".eml":
            write_eml(path, text, {"cash_forecast_may.csv": FORECAST})
        case _:
            path.write_text(text, encoding="utf8")


def write_manual(path: Path) -> None:
    """Write a manual of more than thirty pages: a chapter a page, then tables that are computed."""
    text = read(path.name)
    story = flowables(text, chapters=True)
    for heading, rows in reference_tables():
        story += [PageBreak(), *flowables(f"## {heading}"), Spacer(1, 6), table(rows)]
    write_pdf(path, story, title_of(text))


def reference_tables() -> list[tuple[str, list[list[str]]]]:
    """Compute the tables at the end of the manual."""
    salinities, depths = (0, 5, 10, 20, 30, 35), [0.5 * i for i in range(1, 31)]

    def density(celsius: float, salinity: float) -> float:
        """Linear about 10 degrees and 35 g/kg, kg/m3; good enough for a printed table."""
        return 1026.95 + 0.78 * (salinity - 35) - 0.17 * (celsius - 10)

    pressure = [["Depth, m", *(f"{s} g/kg" for s in salinities)]]
    pressure += [[f"{d:.1f}", *(f"{density(10, s) * 9.81 * d / 100:.1f}" for s in salinities)] for d in depths]
    densities = [
        ["Celsius", *(f"{s} g/kg" for s in salinities)],
        *([str(t), *(f"{density(t, s):.2f}" for s in salinities)] for t in range(-1, 26)),
    ]
    battery = [["Interval, min", "Readings a day", "At 20 °C, years", "At 0 °C, years", "At -15 °C, years"]]
    for minutes in (1, 2, 3, 5, 6, 10, 12, 15, 20, 30, 60):
        draw = 0.085 + 0.0145 * 60 / minutes
        battery.append([str(minutes), str(1440 // minutes), *(f"{capacity / draw / 8.766:.1f}" for capacity in (8.2, 6.9, 4.6))])
    cable = [["Length, m", "Resistance, ohm", "Correction, mV", "Weight, kg"]]
    cable += [[str(m), f"{0.0842 * m:.2f}", f"{0.02 * m:.2f}", f"{0.095 * m:.1f}"] for m in range(5, 155, 5)]
    altitude = [["Height of the gateway, m", "Air pressure, hPa", "Error if not entered, mm"]]
    for metres in range(0, 310, 10):
        air = 1013.25 * math.exp(-metres / 8435)
        altitude.append([str(metres), f"{air:.1f}", f"{(1013.25 - air) * 10.0:.0f}"])
    waves = [["Period, s", "Left of a wave, percent"], *([str(s), f"{100 / math.hypot(1, (s / 12) ** -3):.1f}"] for s in range(2, 32))]
    return [
        ("Table A. Pressure of water at 10 °C, hPa", pressure),
        ("Table B. Density of water, kilograms per cubic metre", densities),
        ("Table C. Life of the battery", battery),
        ("Table D. Corrections for cables", cable),
        ("Table E. Air pressure by height", altitude),
        ("Table F. How much of a wave is left in a reading", waves),
    ]


def write_scan(path: Path) -> None:
    """Write a delivery note as a picture: grey, speckled and a little askew, as a scanner leaves it."""
    from PIL import Image, ImageDraw, ImageFont
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    page = Image.new("L", (620, 877), 244)
    pen = ImageDraw.Draw(page)
    lines = (
        "DORSEL METALLWERK GMBH",
        "Delivery note 26-1183",
        "",
        "150 housings MI-4410 rev. F",
        "Batch 26",
        "Pallet 1 of 1, 212 kg",
        "",
        "Received 11 May 2026",
        "P. O Dalaigh",
    )
    for i, line in enumerate(lines):
        pen.text((70, 90 + 42 * i), line, 60, ImageFont.load_default(22))
    chance = random.Random(SEED)
    for _ in range(900):
        pen.point((chance.randrange(620), chance.randrange(877)), chance.randrange(120, 230))
    picture = io.BytesIO()
    page.rotate(1.3, fillcolor=244).save(picture, "JPEG", quality=40)
    picture.seek(0)
    canvas = Canvas(str(path), pagesize=(595, 842), invariant=1)
    canvas.drawImage(ImageReader(picture), 0, 0, 595, 842)
    canvas.save()


def write_hard_cases() -> list[list[str]]:
    """Write what a document store holds besides good files; return their truth."""
    (FOLDER / "upload_2026-05-11.txt").write_bytes(b"")
    salary = flowables(
        "# Salary bands 2026\n\nFor the board only. "
        "Machinists 41,000 to 49,500 EUR, engineers 52,000 to 71,000 EUR, leads 68,000 to 84,000 EUR."
    )
    write_pdf(FOLDER / "salary_bands_2026.pdf", salary, "", password="heron-and-eel")
    broken = FOLDER / "tender_cork_harbour.pdf"
    write_pdf(
        broken, [Paragraph("Tender for radar gauges in Cork harbour, lot 2."), *flowables(read("station_reference_manual"))[:20]], "Tender"
    )
    broken.write_bytes(broken.read_bytes()[:900])
    write_scan(FOLDER / "scan_delivery_note.pdf")
    note = (
        "Notes on the visit to Rosslare, 17 June 2026\n\nThe old float gauge is to stay as a monument. "
        "Power comes from the lifeboat house. Swell reaches the ladder at half tide.\n"
    )
    (FOLDER / "rosslare_visit.pdf").write_text(note, encoding="utf8")
    write_manual(FOLDER / "station_reference_manual.pdf")
    return [
        truth("upload_2026-05-11.txt", state="empty"),
        truth("salary_bands_2026.pdf", state="encrypted"),
        truth("tender_cork_harbour.pdf", state="broken"),
        truth("scan_delivery_note.pdf", state="no_text"),
        truth("rosslare_visit.pdf", state="broken"),
        truth("station_reference_manual.pdf", "manual", "operations"),
    ]


def truth(name: str, kind: str = "", category: str = "", fields: Sequence[str] = ("",) * 6, state: str = "ok") -> list[str]:
    """Return a row of the truth."""
    return [f"files/documents/{name}", kind, category, *fields, state]


def main() -> None:
    """Write all files."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.iterdir():
        old.unlink()
    rows = []
    for invoice, layout in INVOICES:
        layout(invoice, FOLDER)
        total = f"{invoice.total:.2f}" if invoice.has_total else ""
        fields = (invoice.number, invoice.day.isoformat(), total, invoice.currency, invoice.seller, invoice.buyer)
        rows.append(truth(invoice.path, "invoice", "finance", fields))
    for name, kind, category in DOCUMENTS:
        write(name)
        rows.append(truth(name, kind, category))
    for name, sheets in PRICE_LISTS.items():
        write_xlsx(FOLDER / name, sheets, Path(name).stem.replace("_", " ").capitalize())
        rows.append(truth(name, "price_list", "sales"))
    rows += write_hard_cases()
    names = ("path", "document_type", "category", "invoice_number", "invoice_date", "total", "currency", "seller", "buyer", "state")
    with (HERE / "document_truth.csv").open("w", encoding="utf8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([names, *sorted(rows)])
    size = sum(path.stat().st_size for path in FOLDER.iterdir())
    print(f"{len(rows)} documents, {size:,} bytes in {FOLDER}")


if __name__ == "__main__":
    main()
