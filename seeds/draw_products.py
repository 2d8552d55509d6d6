"""Draw one image for each product of `raw_products.csv`, the same at every run, and write `product_image_truth.csv`.

    python seeds/draw_products.py

An object is a list of polygons in a unit square, so that it can be turned, moved and scaled before it is painted.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable
from pathlib import Path
from random import Random

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

Point = tuple[float, float]
Colour = tuple[int, int, int]
Shape = list[tuple[Colour, list[Point]]]

SEEDS = Path(__file__).parent
PROJECT = SEEDS.parent
STATES = {"missing": 8, "broken": 12, "dark": 18, "blurred": 20, "noisy": 18}
"""How many images are not ok, and why."""
FORMATS = {".jpg": "JPEG", ".png": "PNG", ".webp": "WEBP"}


def ellipse(x: float, y: float, rx: float, ry: float, start: float = 0, end: float = 360) -> list[Point]:
    """Outline of an ellipse, or of the part between two angles in degrees."""
    angles = [math.radians(start + (end - start) * step / 40) for step in range(41)]
    return [(x + rx * math.cos(a), y + ry * math.sin(a)) for a in angles]


def box(left: float, top: float, right: float, bottom: float, taper: float = 0) -> list[Point]:
    """A rectangle whose bottom is narrower by `taper` on each side."""
    return [(left, top), (right, top), (right - taper, bottom), (left + taper, bottom)]


def shade(colour: Colour, factor: float) -> Colour:
    """A darker (below 1) or lighter colour."""
    red, green, blue = (max(0, min(255, round(channel * factor))) for channel in colour)
    return red, green, blue


def tool(rng: Random, colour: Colour) -> Shape:
    """A spade or fork, upright."""
    wide, neck = rng.uniform(0.11, 0.19), rng.uniform(0.55, 0.7)
    parts = [((136, 98, 60), box(0.475, 0.06, 0.525, neck)), (shade((136, 98, 60), 0.8), box(0.4, 0.03, 0.6, 0.08))]
    if rng.random() < 0.35:
        tines = [box(0.5 - wide + step * wide * 2 / 3 - 0.015, neck, 0.5 - wide + step * wide * 2 / 3 + 0.015, 0.96) for step in range(4)]
        return [*parts, (colour, box(0.5 - wide, neck, 0.5 + wide, neck + 0.05)), *((colour, tine) for tine in tines)]
    blade = [(0.5 - wide, neck), (0.5 + wide, neck), (0.5 + wide * 0.9, 0.85), (0.5, 0.97), (0.5 - wide * 0.9, 0.85)]
    return [*parts, (colour, blade), (shade(colour, 0.8), box(0.48, neck, 0.52, 0.85))]


def plant_pot(rng: Random, colour: Colour) -> Shape:
    """A pot with leaves."""
    top, half = rng.uniform(0.5, 0.62), rng.uniform(0.2, 0.32)
    leaves: Shape = []
    for _ in range(rng.randint(5, 11)):
        angle, length = rng.uniform(-1.2, 1.2), rng.uniform(0.25, 0.45)
        tip = (0.5 + length * math.sin(angle), top - length * math.cos(angle))
        side = 0.05
        middle = ((0.5 + tip[0]) / 2, (top + tip[1]) / 2)
        green = (rng.randint(30, 90), rng.randint(110, 170), rng.randint(40, 90))
        leaves.append((green, [(0.5, top), (middle[0] - side, middle[1]), tip, (middle[0] + side, middle[1])]))
    body = box(0.5 - half, top, 0.5 + half, 0.96, half * 0.3)
    return [*leaves, (colour, body), (shade(colour, 0.85), box(0.5 - half * 1.1, top - 0.02, 0.5 + half * 1.1, top + 0.07))]


def watering_can(rng: Random, colour: Colour) -> Shape:
    """A can with spout and handle."""
    top = rng.uniform(0.38, 0.5)
    spout = [(0.3, 0.75), (0.06, top - 0.1), (0.11, top - 0.13), (0.36, 0.6)]
    handle = ellipse(0.62, top + 0.05, 0.24, 0.26, 190, 390) + ellipse(0.62, top + 0.05, 0.19, 0.21, 390, 190)
    return [
        (shade(colour, 0.8), handle),
        (shade(colour, 0.9), spout),
        (colour, box(0.3, top, 0.78, 0.9, -0.03)),
        (shade(colour, 0.7), ellipse(0.085, top - 0.12, 0.06, 0.04)),
    ]


def pan(rng: Random, colour: Colour) -> Shape:
    """A pan from above."""
    radius, width = rng.uniform(0.27, 0.33), rng.uniform(0.03, 0.05)
    return [
        (shade(colour, 0.6), box(0.5, 0.42 - width, 0.99, 0.42 + width)),
        (shade(colour, 0.75), ellipse(0.36, 0.42, radius, radius)),
        (shade(colour, 0.5), ellipse(0.36, 0.42, radius * 0.85, radius * 0.85)),
        (shade(colour, 0.62), ellipse(0.3, 0.36, radius * 0.3, radius * 0.2)),
    ]


def mug(rng: Random, colour: Colour) -> Shape:
    """A mug from the side, handle to the right."""
    top, right = rng.uniform(0.2, 0.38), rng.uniform(0.58, 0.68)
    middle = (top + 0.88) / 2
    handle = ellipse(right, middle, 0.24, 0.2, -90, 90) + ellipse(right, middle, 0.17, 0.13, 90, -90)
    return [
        (shade(colour, 0.85), handle),
        (colour, box(0.18, top, right, 0.88, rng.uniform(0, 0.05))),
        (shade(colour, 0.6), ellipse((0.18 + right) / 2, top, (right - 0.18) / 2, 0.05)),
        (shade(colour, 1.15), box(0.24, top + 0.1, 0.28, 0.8)),
    ]


def knife(rng: Random, colour: Colour) -> Shape:
    """A knife that lies."""
    high, half = rng.uniform(0.4, 0.5), rng.uniform(0.06, 0.1)
    return [
        ((198, 202, 208), [(0.38, high - half), (0.8, high - half), (0.97, high + half * 0.6), (0.38, high + half)]),
        ((226, 229, 233), [(0.38, high + half * 0.4), (0.93, high + half * 0.4), (0.97, high + half * 0.6), (0.38, high + half)]),
        (shade(colour, 0.6), box(0.03, high - half * 0.8, 0.39, high + half * 0.7)),
        *((shade(colour, 1.2), ellipse(x, high, 0.012, 0.012)) for x in (0.1, 0.2, 0.3)),
    ]


def bowl(rng: Random, colour: Colour) -> Shape:
    """A bowl from the side."""
    top, depth = rng.uniform(0.36, 0.46), rng.uniform(0.3, 0.44)
    return [
        (shade(colour, 0.7), box(0.38, top + depth * 0.9, 0.62, top + depth * 1.12)),
        (colour, ellipse(0.5, top, 0.42, depth, 0, 180)),
        (shade(colour, 0.55), ellipse(0.5, top, 0.42, 0.06)),
        (shade(colour, 1.2), ellipse(0.34, top + depth * 0.4, 0.03, depth * 0.2)),
    ]


def table_lamp(rng: Random, colour: Colour) -> Shape:
    """A lamp that stands: shade, stem, foot; tall ones are floor lamps."""
    tall = rng.random() < 0.4
    bottom, half = (0.3, 0.16) if tall else (rng.uniform(0.42, 0.52), rng.uniform(0.24, 0.33))
    metal = (92, 84, 74)
    return [
        (metal, box(0.485, bottom, 0.515, 0.92)),
        (metal, ellipse(0.5, 0.94, 0.12 if tall else 0.18, 0.035)),
        (colour, box(0.5 - half * 0.55, 0.06, 0.5 + half * 0.55, bottom, -half * 0.45)),
        ((255, 236, 170), ellipse(0.5, bottom, half, 0.025)),
    ]


def pendant_lamp(rng: Random, colour: Colour) -> Shape:
    """A lamp that hangs from the upper edge, glowing below."""
    low, half = rng.uniform(0.62, 0.75), rng.uniform(0.24, 0.36)
    top = low - rng.uniform(0.24, 0.34)
    return [
        ((60, 60, 60), box(0.49, 0, 0.51, top)),
        (colour, ellipse(0.5, low, half, low - top, 180, 360)),
        ((255, 240, 180), ellipse(0.5, low, half, 0.045)),
        ((255, 226, 120), ellipse(0.5, low + 0.02, 0.07, 0.07)),
    ]


def bulb(rng: Random, colour: Colour) -> Shape:
    """A bulb with its thread."""
    radius = rng.uniform(0.24, 0.3)
    thread = [(shade((150, 150, 150), 1 - 0.15 * (step % 2)), box(0.4, 0.68 + step * 0.05, 0.6, 0.73 + step * 0.05)) for step in range(4)]
    warm = (255, 225 + rng.randint(-15, 15), 130 + rng.randint(-30, 60))
    return [
        (warm, ellipse(0.5, 0.36, radius, radius)),
        (shade(warm, 0.93), box(0.38, 0.5, 0.62, 0.69)),
        (shade(colour, 0.8), [(0.44, 0.6), (0.42, 0.34), (0.5, 0.42), (0.58, 0.34), (0.56, 0.6), (0.54, 0.4), (0.5, 0.46), (0.46, 0.4)]),
        *thread,
    ]


def shelf(rng: Random, colour: Colour) -> Shape:
    """A frame with boards and things on them."""
    boards, half = rng.randint(3, 5), rng.uniform(0.25, 0.4)
    parts: Shape = [(shade(colour, 0.75), box(0.5 + side * half - 0.02, 0.04, 0.5 + side * half + 0.02, 0.97)) for side in (-1, 1)]
    for board in range(boards + 1):
        y = 0.06 + board * 0.86 / boards
        parts.append((colour, box(0.5 - half, y, 0.5 + half, y + 0.03)))
        if board:
            for _ in range(rng.randint(0, 4)):
                x, wide, high = rng.uniform(0.5 - half, 0.42 + half), rng.uniform(0.03, 0.1), rng.uniform(0.05, 0.6 / boards)
                hue = (rng.randint(40, 220), rng.randint(40, 220), rng.randint(40, 220))
                parts.append((hue, box(x, y - high, min(x + wide, 0.5 + half - 0.02), y)))
    return parts


def storage_box(rng: Random, colour: Colour) -> Shape:
    """A box with a lid, seen a little from above."""
    top, half = rng.uniform(0.36, 0.5), rng.uniform(0.3, 0.42)
    return [
        (colour, box(0.5 - half, top, 0.5 + half, 0.9)),
        (shade(colour, 1.2), [(0.5 - half, top), (0.5 - half * 0.7, top - 0.14), (0.5 + half * 0.7, top - 0.14), (0.5 + half, top)]),
        (shade(colour, 0.8), box(0.49 - half, top, 0.51 + half, top + 0.09)),
        (shade(colour, 0.5), box(0.44, top + 0.18, 0.56, top + 0.22)),
    ]


def basket(rng: Random, colour: Colour) -> Shape:
    """A woven basket."""
    top, half, rows = rng.uniform(0.32, 0.45), rng.uniform(0.3, 0.4), rng.randint(5, 8)
    parts: Shape = [(shade(colour, 0.9), box(0.5 - half, top, 0.5 + half, 0.92, 0.07))]
    step = (0.92 - top) / rows
    for row in range(rows):
        for column in range(7):
            x = 0.5 - half * 0.8 + (column + 0.5 * (row % 2)) * half * 1.6 / 7.5
            parts.append((shade(colour, 0.6), box(x, top + row * step + 0.01, x + half * 0.12, top + (row + 0.8) * step)))
    return [*parts, (shade(colour, 0.7), box(0.48 - half, top - 0.03, 0.52 + half, top + 0.03))]


def drawers(rng: Random, colour: Colour) -> Shape:
    """A chest of drawers."""
    count, half = rng.randint(2, 5), rng.uniform(0.28, 0.42)
    parts: Shape = [(shade(colour, 0.7), box(0.5 - half, 0.12, 0.5 + half, 0.92))]
    high = 0.8 / count
    for row in range(count):
        y = 0.12 + row * high
        parts.append((colour, box(0.53 - half, y + 0.02, 0.47 + half, y + high - 0.02)))
        parts.append((shade(colour, 0.4), ellipse(0.5, y + high / 2, 0.025, 0.02)))
    return parts


def cushion(rng: Random, colour: Colour) -> Shape:
    """A cushion with dented sides and stripes, checks or a button."""
    half, dent = rng.uniform(0.36, 0.45), rng.uniform(0.04, 0.08)
    corners = [(-1, -1), (1, -1), (1, 1), (-1, 1)]
    outline: list[Point] = []
    for (ax, ay), (bx, by) in zip(corners, corners[1:] + corners[:1], strict=True):
        for step in range(12):
            t = step / 12
            pull = dent * math.sin(math.pi * t)
            x, y = ax + (bx - ax) * t, ay + (by - ay) * t
            outline.append((0.5 + half * x - (pull * x if ax == bx else 0), 0.5 + half * y - (pull * y if ay == by else 0)))
    parts: Shape = [(colour, outline)]
    if rng.random() < 0.6:
        count = rng.randint(3, 6)
        for stripe in range(count):
            x = 0.5 - half * 0.75 + stripe * half * 1.5 / count
            parts.append((shade(colour, 0.75), box(x, 0.56 - half, x + half * 0.5 / count, 0.44 + half)))
    return [*parts, (shade(colour, 0.6), ellipse(0.5, 0.5, 0.03, 0.03))]


def stack(rng: Random, colour: Colour) -> Shape:
    """Folded towels or blankets, one on the other."""
    count = rng.randint(2, 5)
    high = min(0.2, 0.8 / count)
    parts: Shape = []
    for fold in range(count):
        y, tone = 0.92 - (fold + 1) * high, shade(colour, rng.uniform(0.75, 1.2))
        parts.append((tone, [(0.16, y), *ellipse(0.86, y + high / 2, 0.06, high * 0.47, -90, 90), (0.16, y + high * 0.95)]))
        parts.append((shade(tone, 0.75), box(0.16, y + high * 0.45, 0.86, y + high * 0.52)))
    return parts


def rug(rng: Random, colour: Colour) -> Shape:
    """A rug with fringes and a pattern."""
    top = rng.uniform(0.2, 0.32)
    bottom = 1 - top
    parts: Shape = [((225, 215, 195), box(x / 40, top, x / 40 + 0.012, bottom)) for x in (2, 3, 36, 37)]
    parts += [((225, 215, 195), box(0.03, top + y * (bottom - top) / 14, 0.97, top + y * (bottom - top) / 14 + 0.012)) for y in range(15)]
    parts.append((colour, box(0.1, top, 0.9, bottom)))
    parts.append((shade(colour, 0.7), box(0.15, top + 0.05, 0.85, bottom - 0.05)))
    for step in range(rng.randint(2, 4)):
        x, wide = 0.27 + step * 0.15, 0.06
        diamond = [(x, 0.5 - 0.13), (x + wide, 0.5), (x, 0.5 + 0.13), (x - wide, 0.5)]
        parts.append((shade(colour, 1.3), diamond))
    return parts


def curtain(rng: Random, colour: Colour) -> Shape:
    """Cloth that hangs in folds from a rail."""
    folds = rng.randint(6, 10)
    parts: Shape = [((90, 80, 70), box(0.04, 0.05, 0.96, 0.09))]
    for fold in range(folds):
        left, right = 0.1 + fold * 0.8 / folds, 0.1 + (fold + 1) * 0.8 / folds
        parts.append((shade(colour, 0.8 + 0.35 * (fold % 2)), [(left, 0.08), (right, 0.08), (right + 0.02, 0.95), (left - 0.01, 0.93)]))
    return parts


Drawer = Callable[[Random, Colour], Shape]
OBJECTS: dict[str, list[tuple[str, Drawer]]] = {
    "garden": [("watering can|sprinkler|hose", watering_can), ("pot|planter|bowl|barrel|bath|herb|box|frame", plant_pot), ("", tool)],
    "kitchen": [
        ("pan|wok|steel|colander|crêpe", pan),
        ("mug|teapot|kettle|jar|cup|thermos|espresso|filter", mug),
        ("knife|peeler|spoon|board|pin|sharpener|opener|brush", knife),
        ("", bowl),
    ],
    "lighting": [
        ("pendant|ceiling|chandelier|lantern|string|chain|cloud", pendant_lamp),
        ("bulb|candle|torch|halogen|night|cable|dimmer|puck", bulb),
        ("", table_lamp),
    ],
    "storage": [
        ("shelf|rack|bookcase|rail|stand|pegboard|organiser|bracket", shelf),
        ("basket|laundry|bag", basket),
        ("drawer|chest|cabinet|sideboard|trunk|bench", drawers),
        ("", storage_box),
    ],
    "textiles": [
        ("cushion|pillow", cushion),
        ("rug|mat|runner|placemat", rug),
        ("curtain|hammock|apron|robe|shower|sheet|cloth", curtain),
        ("", stack),
    ],
}
"""What stands for a product: the first object one of whose words is in the name."""


def drawer(name: str, category: str) -> Drawer:
    """The object that a product's name asks for."""
    return next(draw for words, draw in OBJECTS[category] if not words or any(word in name.lower() for word in words.split("|")))


def background(rng: Random, width: int, height: int) -> Image.Image:
    """One colour, a gradient, a wall above a floor, or stripes."""
    light: Colour = (rng.randint(190, 252), rng.randint(190, 252), rng.randint(190, 252))
    image = Image.new("RGB", (width, height), light)
    kind = rng.choice(["plain", "plain", "gradient", "floor", "stripes"])
    if kind == "gradient":
        ramp = np.linspace(1, rng.uniform(0.7, 0.9), height)[:, None, None] * np.array(light)[None, None, :]
        return Image.fromarray(np.broadcast_to(ramp, (height, width, 3)).astype(np.uint8))
    draw = ImageDraw.Draw(image)
    if kind == "floor":
        draw.rectangle((0, round(height * rng.uniform(0.7, 0.85)), width, height), fill=shade(light, 0.8))
    if kind == "stripes":
        step = max(8, width // rng.randint(8, 14))
        for x in range(0, width, step * 2):
            draw.rectangle((x, 0, x + step, height), fill=shade(light, 0.95))
    return image


def paint(rng: Random, name: str, category: str, size: tuple[int, int]) -> Image.Image:
    """Paint an object on a background, twice as large as wanted, and reduce it for smooth edges."""
    width, height = size[0] * 2, size[1] * 2
    image = background(rng, width, height)
    colour: Colour = (rng.randint(50, 215), rng.randint(50, 215), rng.randint(50, 215))
    parts = drawer(name, category)(rng, colour)
    scale, turn = min(width, height) * rng.uniform(0.68, 0.92), math.radians(rng.gauss(0, 4))
    middle = (width * rng.uniform(0.46, 0.54), height * rng.uniform(0.47, 0.53))
    draw = ImageDraw.Draw(image)

    def place(point: Point) -> Point:
        x, y = (point[0] - 0.5) * scale, (point[1] - 0.5) * scale
        return middle[0] + x * math.cos(turn) - y * math.sin(turn), middle[1] + x * math.sin(turn) + y * math.cos(turn)

    for fill, outline in parts:
        draw.polygon([place(point) for point in outline], fill=fill)
    return image.resize(size, Image.Resampling.LANCZOS)


def spoil(image: Image.Image, state: str, seed: int) -> Image.Image:
    """Make an image dark, blurred or noisy; ordinary ones get the light and the grain of an ordinary camera."""
    rng = np.random.default_rng(seed)
    light, grain = rng.uniform(0.85, 1.05), rng.uniform(0, 1.5)
    if state == "dark":
        light = rng.uniform(0.12, 0.24)
    if state == "noisy":
        grain = rng.uniform(38, 60)
    if state == "blurred":
        image = image.filter(ImageFilter.GaussianBlur(min(image.size) * rng.uniform(0.025, 0.04)))
    pixels = np.asarray(image).astype(float) * light
    pixels += rng.normal(0, 1, pixels.shape) * grain
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


def encode(image: Image.Image, suffix: str, quality: int) -> bytes:
    """Write JPEG, PNG with 64 colours, or WebP."""
    buffer = io.BytesIO()
    if suffix == ".png":
        image.quantize(64).save(buffer, "PNG", optimize=True)
    else:
        image.save(buffer, FORMATS[suffix], quality=quality)
    return buffer.getvalue()


def broken(data: bytes, kind: int) -> bytes:
    """Cut a file off, empty it, or put a text in its place."""
    if kind == 0:
        return data[: len(data) // 3]
    return b"" if kind == 1 else b"Photograph follows as soon as the sample has arrived.\n"


def main() -> None:
    """Draw all images."""
    with (SEEDS / "raw_products.csv").open(encoding="utf8", newline="") as file:
        products = list(csv.DictReader(file))
    rng = Random(20260530)
    states = [state for state, count in STATES.items() for _ in range(count)]
    states += ["ok"] * (len(products) - len(states))
    rng.shuffle(states)
    truth, spoilt = [], 0
    for product, state in zip(products, states, strict=True):
        path = PROJECT / product["image_path"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        truth.append((product["product_id"], state))
        # PNG and grain do not compress: they stay small.
        largest = 170 if state == "noisy" else 260 if path.suffix == ".png" else 640
        width = rng.randint(96, largest)
        height = max(96, min(640, round(width * rng.choice([0.75, 1, 1, 1, 1.25, 1.33]))))
        image = spoil(paint(rng, product["name"], product["category"], (width, height)), state, int(product["product_id"]))
        data = encode(image, path.suffix, rng.randint(45, 80))
        if state == "broken":
            data, spoilt = broken(data, spoilt % 3), spoilt + 1
        if state != "missing":
            path.write_bytes(data)
    with (SEEDS / "product_image_truth.csv").open("w", encoding="utf8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["product_id", "image_state"])
        writer.writerows(truth)


if __name__ == "__main__":
    main()
