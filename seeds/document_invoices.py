"""Fourteen invoices, each in the manner of its sender, with what is true of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from document_writers import STYLES, flowables, html_page, repack, stamp, table, write_eml, write_pdf, write_xlsx
from reportlab.platypus import Paragraph, Spacer

MERROWBY = "Merrowby Instruments Ltd"
HOME = ["7 Long Walk Quay", "Galway H91 R2C4", "Ireland"]


@dataclass(frozen=True)
class Invoice:
    """An invoice and what is true of it.

    Attributes:
        path: name of the file.
        number: as the sender writes it.
        day: of the invoice.
        currency: ISO 4217.
        seller: name of who is paid.
        buyer: name of who pays.
        lines: description, quantity and price of a piece.
        tax: percent.
        has_total: whether the sum stands on it.
    """

    path: str
    number: str
    day: date
    currency: str
    seller: str
    buyer: str
    lines: tuple[tuple[str, int, str], ...]
    tax: str = "0"
    has_total: bool = True

    @property
    def net(self) -> Decimal:
        """Sum of the lines."""
        return sum((quantity * Decimal(price) for _, quantity, price in self.lines), Decimal())

    @property
    def vat(self) -> Decimal:
        """Tax in money."""
        return (self.net * Decimal(self.tax) / 100).quantize(Decimal("0.01"))

    @property
    def total(self) -> Decimal:
        """What is to be paid."""
        return self.net + self.vat


def money(value: Decimal | str, thousands: str = ",", point: str = ".") -> str:
    """Write an amount with two decimals."""
    return f"{Decimal(value):,.2f}".replace(",", "\0").replace(".", point).replace("\0", thousands)


def rows(invoice: Invoice, write: Callable[[Decimal | str], str]) -> list[list[str]]:
    """Write description, quantity, price and amount of each line."""
    return [[what, str(n), write(price), write(n * Decimal(price))] for what, n, price in invoice.lines]


KILBARRA = Invoice(
    "invoice_KBO-20417.pdf", "KBO-20417", date(2026, 3, 14), "EUR", "Kilbarra Optics Ltd", MERROWBY,
    (("Sapphire window, 40 mm, coated both sides", 60, "11.85"), ("O-ring set, nitrile 70", 200, "0.62"), ("Polishing rework, batch 0316", 1, "140.00")),
    "23",
)  # fmt: skip


def kilbarra(x: Invoice, folder: Path) -> None:
    """Ruled tables throughout."""
    story = flowables(f"# {x.seller}\n\nUnit 4, Gort Road Business Park, Ennis, Co. Clare. VAT IE 3318842KH\n\n## INVOICE")
    story.append(
        table(
            [["Invoice number", x.number], ["Invoice date", "14 March 2026"], ["Terms", "30 days net"], ["Your order", "PO-26-0088"]],
            widths=[110, 150],
        )
    )
    story += flowables(f"**Bill to:** {x.buyer}, {', '.join(HOME)}")
    story += [Spacer(1, 10), table([["Description", "Qty", "Unit price", "Amount"], *rows(x, money)], widths=[260, 50, 80, 80])]
    totals = [["Subtotal", f"€ {money(x.net)}"], ["VAT 23 %", f"€ {money(x.vat)}"], ["Total due", f"€ {money(x.total)}"]]
    story += [Spacer(1, 10), table(totals, widths=[110, 150])]
    story += flowables(
        "The windows of batch 0316 were polished again because the first coating lifted at one edge. IBAN IE64 KILB 9011 2233 4455 66."
    )
    write_pdf(folder / x.path, story, f"Invoice {x.number}")


ESTATES = Invoice(
    "2026-04 rent and service charge.pdf", "LWQ/26/04", date(2026, 4, 1), "EUR", "Long Walk Quay Estates DAC", MERROWBY,
    (("Rent for April 2026, ground floor and loft", 1, "9528.00"), ("Share of insurance, second quarter", 1, "1342.50"), ("Lift inspection brought forward from May", 1, "285.00")),
)  # fmt: skip


def estates(x: Invoice, folder: Path) -> None:
    """Sender and receiver side by side, no rules."""
    left = ["From", x.seller, "Estate office", "Spanish Parade", "Galway H91 W5FP"]
    right = ["To", x.buyer, *HOME]
    story = [table([[a, b] for a, b in zip(left, right, strict=True)], ruled=False, widths=[250, 240]), Spacer(1, 20)]
    story += flowables(f"## Rent and service charge\n\nInvoice no.: {x.number}\n\nDate: 1 April 2026\n\nPayable by: 7 April 2026")
    story.append(
        table(
            [["Item", "EUR"], *[[what, money(price)] for what, _, price in x.lines], ["Amount payable", money(x.total)]],
            ruled=False,
            widths=[380, 100],
        )
    )
    story += flowables(
        "The letting of commercial premises is exempt from VAT. Rent was adjusted by 3 percent in October 2025 under clause 2 of the lease."
    )
    write_pdf(folder / x.path, story, "Rent April 2026")


FREIGHT = Invoice(
    "cape_lantern_freight_88120.pdf", "88120", date(2026, 3, 27), "USD", "Cape Lantern Freight Inc.", MERROWBY,
    (("Ocean freight, 2 pallets, Galway to Portland ME", 2, "612.00"), ("Customs entry, single", 1, "145.00"), ("Drayage to Rockland, 81 miles", 1, "238.75"), ("Storage, days", 3, "22.00")),
)  # fmt: skip


def freight(x: Invoice, folder: Path) -> None:
    """American: sum at the top in large letters, month before day."""
    story = flowables(f"# {x.seller}\n\n88 Commercial Wharf, Portland, ME 04101, USA\n\n## Invoice # {x.number}")
    story.append(Paragraph(f"Balance due: ${money(x.total)}", STYLES["Heading1"]))
    story += flowables(
        f"Invoice date: 03/27/2026\n\nDue date: 04/26/2026\n\nBill to: {x.buyer}, Galway, Ireland\n\nShip to: Penobscot Harbor Commission, Rockland, ME"
    )
    lines = [["Service", "Units", "Rate", "Charge"], *rows(x, lambda v: f"${money(v)}")]
    story.append(table(lines, widths=[250, 50, 80, 80], extra=[("BACKGROUND", (0, 0), (-1, 0), "#dddddd")]))
    story += flowables(
        "Pallet two was held for three days since the commercial invoice lacked a tariff code. Late payments bear 1 percent a month."
    )
    write_pdf(folder / x.path, story, f"Invoice {x.number}")


NORRVIK = Invoice(
    "MI-2026-0031 Norrvik.pdf", "MI-2026-0031", date(2026, 2, 19), "NOK", MERROWBY, "Norrvik Sjøteknikk AS",
    (("Gannet 3 tide gauge, sealed, 25 m cable", 4, "41900.00"), ("Curlew gateway with barometer", 2, "18750.00"), ("Levelling and zero check on site, days", 3, "9800.00"),
     ("Ferry and car, Bergen to Florø and back", 1, "4260.00"), ("Guard ring for ice, trial piece, no charge", 4, "0.00")),
)  # fmt: skip


def norrvik(x: Invoice, folder: Path) -> None:
    """Our own: two pages, the second with the serial numbers."""
    story = flowables(
        f"# {x.seller}\n\n{', '.join(HOME)}. VAT IE 9740116P\n\n## Invoice\n\nInvoice to {x.buyer}, Kaigata 11, 6900 Florø, Norway"
    )
    story.append(
        table([["Invoice no.", "Issued", "Currency", "Due"], [x.number, "2026-02-19", "NOK", "2026-03-21"]], widths=[120, 100, 80, 100])
    )
    story += [Spacer(1, 12), table([["Article", "Pieces", "Price", "Amount"], *rows(x, money)], widths=[260, 50, 80, 80])]
    story += [Spacer(1, 12), table([["Total NOK", money(x.total)]], widths=[120, 120])]
    story += flowables(
        "Export within the meaning of section 46, no Irish VAT. Please pay to IBAN IE12 MERR 4477 0091 2003 18.\n\n# Annex: serial numbers"
    )
    numbers = [["Article", "Serial number", "Tank test", "Drift after 72 h, mm"]]
    numbers += [
        ["Gannet 3", f"G3-{n}-S", day, drift]
        for n, day, drift in ((1288, "11 Feb", "0.4"), (1289, "11 Feb", "0.2"), (1291, "12 Feb", "0.9"), (1294, "13 Feb", "0.3"))
    ]
    numbers += [["Curlew", "CW-B-0412", "9 Feb", ""], ["Curlew", "CW-B-0415", "9 Feb", ""]]
    story += [Spacer(1, 400), table(numbers, widths=[110, 110, 90, 130])]
    write_pdf(folder / x.path, story, f"Invoice {x.number}")


PARTS = (
    ("Thin film resistor 10k 0.05 %", 2400, "0.071"), ("Thin film resistor 4k99 0.05 %", 2400, "0.074"), ("Ceramic capacitor 100 nF C0G", 3000, "0.118"),
    ("Ceramic capacitor 4.7 µF X7R", 1200, "0.132"), ("Tantalum capacitor 47 µF 16 V", 600, "0.84"), ("Ferrite bead 600 ohm", 1500, "0.026"), ("Inductor 22 µH shielded", 400, "0.39"),
    ("Crystal 32.768 kHz 5 ppm", 500, "0.61"), ("Quartz oscillator 16 MHz TCXO", 250, "1.94"), ("Voltage reference 2.5 V 3 ppm", 300, "3.42"), ("Delta-sigma converter 24 bit", 300, "6.85"),
    ("Instrumentation amplifier", 300, "2.77"), ("Low drop regulator 3.3 V", 500, "0.48"), ("Boost converter 5 V", 250, "1.16"), ("Microcontroller 64 pin", 300, "3.05"),
    ("FRAM 2 Mbit", 300, "2.58"), ("Real time clock", 250, "1.33"), ("Radio module 868 MHz", 250, "7.90"), ("Antenna pigtail 120 mm", 250, "1.02"), ("SIM holder", 120, "0.44"),
    ("Reed switch, gold", 320, "0.93"), ("LED three colours", 320, "0.19"), ("Battery holder 3 x D, moulded", 160, "2.20"), ("Fuse, resettable 500 mA", 400, "0.15"), ("Gas arrester 90 V", 200, "0.71"),
    ("Varistor 14 mm", 200, "0.27"), ("Suppressor diode 15 V", 400, "0.22"), ("Connector M12, 8 poles, male", 180, "8.15"), ("Connector M12, 8 poles, female", 180, "7.60"), ("Cable gland M16", 200, "1.05"),
    ("Header 2.54 mm, 10 way", 350, "0.17"), ("Ribbon cable, metre", 45, "1.80"), ("Heat shrink 6 mm, metre", 120, "0.55"), ("Desiccant cartridge, empty", 90, "1.75"), ("Conformal coating, litre", 4, "58.00"),
    ("Solder paste, 500 g", 6, "44.50"), ("Test probe P75", 50, "0.95"), ("Stencil 0.12 mm, board rev. H", 1, "135.00"), ("Antistatic bag 150 x 200", 500, "0.064"), ("Reel handling", 24, "1.50"),
    ("Magnet, white dot, nickel", 300, "0.37"), ("Label polyester, roll of 500", 3, "27.20"), ("Spacer M3 x 8", 800, "0.045"), ("Screw M3 x 6 A4", 2000, "0.022"), ("Spring contact, gold", 640, "0.31"),
    ("Potting compound, kg", 8, "23.90"), ("Membrane vent, adhesive", 180, "1.12"), ("O-ring 30 x 2 EPDM", 400, "0.13"), ("Flex print, sensor tail", 300, "1.66"), ("Pin header for programming", 300, "0.09"),
    ("Thermistor 10k 0.1 K", 320, "0.78"), ("Barometer module", 120, "9.40"), ("Shield can 20 x 20", 250, "0.29"), ("Display segment, low temperature", 60, "11.30"), ("Toggle switch, sealed", 60, "3.85"),
    ("Express delivery", 1, "65.00"),
)  # fmt: skip
PASSIVES = Invoice("ostrava_components_Q1.pdf", "26030117", date(2026, 3, 31), "EUR", "Ostrava Passives s.r.o.", MERROWBY, PARTS)


def passives(x: Invoice, folder: Path) -> None:
    """Two pages of parts, decimal commas, the sum on the last page."""

    def write(value: Decimal | str) -> str:
        return money(value, ".", ",")

    story = flowables(
        f"# {x.seller}\n\nTechnologická 372, Ostrava-Pustkovec, Czech Republic. VAT CZ28641192\n\n## Invoice {x.number}\n\nDate of issue: 31.03.2026\n\nCustomer: {x.buyer}, {', '.join(HOME)}\n\nCollective invoice for the deliveries of the first quarter. All prices in EUR."
    )
    lines = [
        [str(i), *line]
        for i, line in enumerate(
            [[w, f"{n}", Decimal(p).to_eng_string().replace(".", ","), write(n * Decimal(p))] for w, n, p in x.lines], 1
        )
    ]
    story += [table([["Pos.", "Part", "Pieces", "Price", "Amount"], *lines], widths=[36, 230, 60, 60, 80]), Spacer(1, 12)]
    story += flowables(
        f"Intra-Community delivery, reverse charge.\n\nTotal amount to pay: {write(x.total)} EUR\n\nPlease pay by 30.04.2026 to IBAN CZ65 0800 0000 1920 0014 5399."
    )
    write_pdf(folder / x.path, story, "Invoice")


TRANSLATOR = Invoice(
    "quintela_traducoes_0091.pdf", "0091/2026", date(2026, 1, 22), "EUR", "Marta Quintela Traduções", MERROWBY, (("Translation", 1, "1386.00"), ("Reading of the display texts", 1, "90.00")),
)  # fmt: skip


def translator(x: Invoice, folder: Path) -> None:
    """A letter without any table."""
    story = flowables(
        f"{x.seller}, Rua da Esperança 140, 1200-658 Lisboa\n\nLisbon, 22 January 2026\n\nTo {x.buyer}, Galway\n\n## Invoice 0091/2026\n\n"
        "Dear Mr Breathnach,\n\nfor the translation of the Gannet 3 installation guide into Portuguese, 11,550 words at 12 cents, I charge 1,386.00 euros. "
        "Reading the display texts aloud to two skippers in Cascais, and changing what they laughed at, took an hour and a half, which is another 90.00 euros.\n\n"
        "The total is 1,476.00 EUR. Under the small business rule no VAT is added. I would be glad of a transfer within 15 days to PT50 0035 2101 0000 7762 9013 4.\n\nWith kind regards\n\nMarta Quintela"
    )
    write_pdf(folder / x.path, story, "Fatura")


SCHALTWERK = Invoice(
    "rheintal_17042026.pdf", "R-4409-26", date(2026, 4, 17), "CHF", "Rheintal Schaltwerk AG", MERROWBY,
    (("Pressure calibrator PK-9, refurbished", 1, "6480.00"), ("Accredited certificate, 11 points", 1, "690.00"), ("Transport case", 1, "215.50")), "8.1",
)  # fmt: skip


def schaltwerk(x: Invoice, folder: Path) -> None:
    """Swiss: apostrophes, everything in one ruled sheet."""

    def write(value: Decimal | str) -> str:
        return money(value, "'")

    story = flowables(f"# {x.seller}\n\nAuerstrasse 60, 9435 Heerbrugg, Switzerland\n\n## Invoice")
    story.append(
        table(
            [
                ["Document no.", "R-4409-26", "Document date", "17.04.2026"],
                ["Customer", x.buyer, "Customer no.", "70318"],
                ["Contact", "Reto Hänni", "Payable until", "17.05.2026"],
            ],
            widths=[90, 160, 90, 110],
        )
    )
    lines = [
        ["Position", "Quantity", "CHF each", "CHF"],
        *rows(x, write),
        ["Net", "", "", write(x.net)],
        ["VAT 8.1 %", "", "", write(x.vat)],
        ["Grand total CHF", "", "", write(x.total)],
    ]
    story += [Spacer(1, 14), table(lines, widths=[230, 60, 80, 80])]
    story += flowables("The calibrator comes with two years of warranty. Point 9 of the certificate was measured twice.")
    write_pdf(folder / x.path, story, f"Invoice {x.number}")


CLEANING = Invoice(
    "corrib_bright_february.pdf", "CBC-771", date(2026, 2, 27), "EUR", "Corrib Bright Cleaning", MERROWBY,
    (("Workshop floor, evenings", 8, "64.00"), ("Windows on the quay side", 1, "120.00")), has_total=False,
)  # fmt: skip


def cleaning(x: Invoice, folder: Path) -> None:
    """A form whose sum was left blank."""
    story = flowables(
        f"# {x.seller}\n\nProprietor Bridie Faherty, Headford Road, Galway\n\n## Invoice {x.number}\n\nDate: 27 February 2026\n\nFor: {x.buyer}"
    )
    story.append(
        table(
            [
                ["Work", "Times", "Rate"],
                *[[what, str(n), price] for what, n, price in x.lines],
                ["Oil stain by the lathe, extra hours", "", "as agreed with Piaras"],
            ],
            widths=[240, 60, 140],
        )
    )
    story += flowables(
        "Total: ______________\n\nPlease fill in the extra hours and send this sheet back, then I write the sum and the receipt."
    )
    write_pdf(folder / x.path, story, "Invoice")


HOSTING = Invoice(
    "northlamp_hosting.html", "NL-2026-05-33871", date(2026, 5, 2), "EUR", "Northlamp Hosting GmbH", MERROWBY,
    (("Dedicated server, 16 cores, Luleå, May 2026", 2, "189.00"), ("Object storage, 4.2 terabytes", 1, "50.40"), ("Outgoing traffic over the allowance", 1, "13.17"), ("Certificate for tern.merrowby.example", 1, "0.00")), "19",
)  # fmt: skip


def hosting(x: Invoice, folder: Path) -> None:
    """A page from a customer portal."""
    lines = "\n".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows(x, money))
    body = (
        f"<h1>Your invoice for May</h1>\n<p>Hello Imke, thank you for hosting with us. Here is your invoice.</p>\n"
        f"<dl><dt>Invoice ID</dt><dd>{x.number}</dd><dt>Date issued</dt><dd>2 May 2026</dd><dt>Billed to</dt><dd>{x.buyer}<br>Galway</dd></dl>\n"
        f"<table><tr><th>Product</th><th>Quantity</th><th>Unit</th><th>EUR</th></tr>\n{lines}\n</table>\n"
        f"<p>Sum before tax: {money(x.net)} EUR<br>VAT 19 %: {money(x.vat)} EUR<br><strong>Total: {money(x.total)} EUR</strong></p>\n"
        f"<p>We collect the amount by direct debit on 9 May.</p>\n<footer>{x.seller}, Speicherweg 2, 20457 Hamburg, managing director Silke Brodersen</footer>"
    )
    (folder / x.path).write_text(html_page(body, "Invoice - customer portal"), encoding="utf8")


EXPO = Invoice(
    "puget_expo_booth_214.html", "PHE-214-26", date(2026, 5, 18), "USD", "Puget Harbor Expo LLC", MERROWBY,
    (("Booth 214, 10 x 10 ft, corner", 1, "3150.00"), ("Carpet, sea green", 1, "185.00"), ("Power, 500 watts", 1, "120.00"), ("Lead scanner, two days", 1, "95.00")),
)  # fmt: skip


def expo(x: Invoice, folder: Path) -> None:
    """A receipt made of nothing but tables, as mail programs like it."""
    head = f"<table><tr><td><b>{x.seller}</b><br>1201 Pier Way, Seattle, WA 98101</td><td><b>INVOICE</b><br>No. {x.number}<br>May 18, 2026</td></tr></table>"
    lines = "".join(f"<tr><td>{what}</td><td>${money(price)}</td></tr>\n" for what, _, price in x.lines)
    body = (
        f"{head}\n<p>Exhibitor: {x.buyer}</p>\n<table>\n{lines}<tr><td><b>Amount due</b></td><td><b>${money(x.total)}</b></td></tr>\n</table>\n"
        "<p>Payable in US dollars before June 17, 2026. Booths unpaid by then go to the waiting list. Move-in starts at 7 am on September 22.</p>"
    )
    (folder / x.path).write_text(html_page(body, "Booth order"), encoding="utf8")


TARVIK = Invoice(
    "sensor_hire_tarvik.xlsx", "MI-2026-0058", date(2026, 5, 29), "EUR", MERROWBY, "Port of Tarvik Authority",
    (("Hire of survey gauge, weeks", 6, "310.00"), ("Hire of staff and tripod, weeks", 6, "35.00"), ("Freight to Tarvik and back", 1, "468.20"), ("Replaced desiccant cartridge", 2, "14.90")),
)  # fmt: skip


def tarvik(x: Invoice, folder: Path) -> None:
    """A sheet as the office fills it in."""
    sheet = [
        [x.seller, None, None, "INVOICE"], [", ".join(HOME)], [], ["Invoice number", x.number], ["Invoice date", x.day], ["Customer", x.buyer], ["Customer reference", "T. Eikeland, pier 5"],
        [], ["Text", "Quantity", "Price EUR", "Amount EUR"], *[[what, n, float(price), float(n * Decimal(price))] for what, n, price in x.lines], [], ["Total EUR", None, None, float(x.total)],
        ["Without VAT, customer outside the Union"],
    ]  # fmt: skip
    write_xlsx(folder / x.path, {"Invoice": sheet}, "")


SOLICITORS = Invoice(
    "legal_fees_april.docx", "DH/5520", date(2026, 4, 30), "GBP", "Dunmore Hession Solicitors LLP", MERROWBY,
    (("Advice on the trade mark in the United Kingdom, hours", 5, "245.00"), ("Correspondence with the registry, hours", 2, "245.00"), ("Official fee, two classes", 1, "220.00")), "20",
)  # fmt: skip


def solicitors(x: Invoice, folder: Path) -> None:
    """A letter of a law firm with a table."""
    from docx import Document

    made = Document()
    made.add_heading(x.seller, 0)
    made.add_paragraph("Ormeau Chambers, 12 Donegall Lane, Belfast BT1")
    made.add_paragraph("30 April 2026")
    made.add_paragraph(f"{x.buyer}\n{HOME[0]}\nGalway")
    made.add_heading("Fee note", 1)
    made.add_paragraph(f"Invoice number: {x.number}")
    made.add_paragraph("Matter: MERROWBY, word mark, classes 9 and 42")
    grid = made.add_table(0, 3, style="Table Grid")
    for cells in [
        ["Work", "Hours or units", "GBP"],
        *[[w, n, a] for w, n, _, a in rows(x, money)],
        ["VAT at 20 %", "", money(x.vat)],
        ["Total payable", "", f"£{money(x.total)}"],
    ]:
        for cell, value in zip(grid.add_row().cells, cells, strict=True):
            cell.text = value
    made.add_paragraph(
        "We hold no money on account. Interest runs at 4 percent above base rate from the thirtieth day. Sinéad Hession, partner."
    )
    stamp(made.core_properties, "")
    made.save(folder / x.path)
    repack(folder / x.path)


DIVERS = Invoice(
    "FW invoice 7719 diving inspection.eml", "7719", date(2026, 5, 9), "EUR", "Aran Blue Divers", MERROWBY, (("Dive at Kilronan", 1, "640.00"), ("Video on a stick", 1, "25.00"), ("Fuel", 1, "78.40")), "13.5",
)  # fmt: skip


def divers(x: Invoice, folder: Path) -> None:
    """An invoice in the body of a mail."""
    text = (
        "From: Colm Ó Flatharta <office@aranbluedivers.example>\nTo: accounts@merrowby.example\nDate: Sat, 09 May 2026 19:20:00 +0100\nSubject: FW: invoice 7719 diving inspection\n\n"
        f"Hello accounts,\n\nhere comes the bill for Thursday, same as I told Cathal on the pier.\n\n{x.seller}, Kilronan, Inis Mór\nInvoice number: {x.number}\nInvoice date: 9 May 2026\nBilled to: {x.buyer}\n\n"
        f"Dive at Kilronan, two divers, 55 minutes    640.00\nVideo on a stick                             25.00\nFuel for the rib                             78.40\nVAT 13.5 %                                  {money(x.vat)}\n\n"
        f"Total due: {money(x.total)} EUR\n\nThe bush is worn through on the seaward side. There is a conger in the conduit, leave him be.\n\nColm\n"
    )
    write_eml(folder / x.path, text, {})


VENDEL = Invoice(
    "MI-2026-0063 Vendel.pdf", "MI-2026-0063", date(2026, 6, 3), "SEK", MERROWBY, "Lake Vendel Water District",
    (("Gannet 3 gauge for fresh water, vented", 12, "38400.00"), ("Stilling well of stainless steel, 3 m", 12, "5150.00"), ("Curlew gateway", 3, "17900.00"), ("Installation by two engineers, days", 9, "16500.00"), ("Credit for the outage of 8 April", 1, "-18000.00")),
)  # fmt: skip


def vendel(x: Invoice, folder: Path) -> None:
    """Our own for Sweden: spaces between thousands, sum and conditions on the second page."""

    def write(value: Decimal | str) -> str:
        return money(value, " ", ",")

    story = flowables(
        f"# Invoice MI-2026-0063\n\n**Seller:** {x.seller}, Galway\n\n**Buyer:** {x.buyer}, Box 19, 740 10 Vendel, Sweden\n\n**Date:** 3 June 2026\n\n**Your reference:** Ingegerd Palm, order 2026/118"
    )
    story += [table([["Article", "Quantity", "Price, SEK", "Amount, SEK"], *rows(x, write)], widths=[230, 60, 90, 100]), Spacer(1, 560)]
    story += flowables(
        f"## Sum and conditions\n\nTotal to pay: SEK {write(x.total)}\n\nReverse charge applies. Please pay by 3 July 2026. The wells remain our property until then. The credit settles what the report of 16 April promised."
    )
    write_pdf(folder / x.path, story, "Invoice")


INVOICES: tuple[tuple[Invoice, Callable[[Invoice, Path], None]], ...] = (
    (KILBARRA, kilbarra), (ESTATES, estates), (FREIGHT, freight), (NORRVIK, norrvik), (PASSIVES, passives), (TRANSLATOR, translator), (SCHALTWERK, schaltwerk),
    (CLEANING, cleaning), (HOSTING, hosting), (EXPO, expo), (TARVIK, tarvik), (SOLICITORS, solicitors), (DIVERS, divers), (VENDEL, vendel),
)  # fmt: skip
