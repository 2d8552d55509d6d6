"""Decode images, measure them, and embed them without a neural network."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np

from warehouse_ai.models.methods import Method, Unreadable, versions
from warehouse_ai.runtime.cache import namespace

if TYPE_CHECKING:
    from PIL.Image import Image

FEATURES = Method("image-features", "1", "colour, texture, sharpness and hash of an image", "Apache-2.0")
HOG_COLOUR = Method("hog-colour", "1", "image embedding", "Apache-2.0")
FORMATS = ("JPEG", "PNG", "WEBP")
MAX_PIXELS = 50_000_000
"""Pixels that an image may have: 50 megapixels are 150 MB in memory."""
SIDE = 128
"""Pixels of a side of the square on which images are embedded."""
CELL = 16
ORIENTATIONS = 9
COLOURS = 4
"""Bins of each colour channel."""
DIMENSION = 4 * ORIENTATIONS * (SIDE // CELL - 1) ** 2 + COLOURS**3
"""1,828: 49 blocks of 4 cells with 9 orientations, and 64 colours."""
LONG_SIDE = 1024
"""Texture and sharpness depend on the resolution: larger images are reduced to this before they are measured."""


class ImageEncoder(Protocol):
    """What makes vectors of images."""

    @property
    def model(self) -> str:
        """``name@revision``."""

    @property
    def space(self) -> bytes:
        """Cache namespace: everything but the image that a vector depends on."""

    @property
    def is_neural(self) -> bool:
        """Its images count as texts that reach a model."""

    def prepare(self, image: Image) -> np.ndarray:
        """Bring an RGB image to the small array that is encoded."""

    def encode(self, arrays: Sequence[np.ndarray], wanted: str) -> list[np.ndarray | Exception]:
        """Embed prepared images on the wanted device: float32 vectors of norm 1, or what went wrong, in their order."""


def decode(data: bytes) -> Image:
    """Read an image: upright as its EXIF orientation says, transparency on white, in RGB; of an animation the first frame.

    Raises:
        Unreadable: it is empty, broken, larger than 50 megapixels, or not a JPEG, PNG or WebP.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    if not data:
        raise Unreadable("is empty")
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
        if image.width * image.height > MAX_PIXELS:
            raise Image.DecompressionBombError
        image.load()
    except UnidentifiedImageError as error:
        raise Unreadable("is not a JPEG, PNG or WebP image") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Unreadable(f"has more than {MAX_PIXELS // 10**6} megapixels") from error
    except Exception as error:
        raise Unreadable(f"is broken and could not be decoded ({type(error).__name__}: {error})") from error
    return on_white(ImageOps.exif_transpose(image))


def on_white(image: Image) -> Image:
    """Convert to RGB; what shines through is white."""
    from PIL import Image

    if image.mode.startswith("I"):
        # 16 bits a pixel: Pillow would clip them at 255.
        image = Image.fromarray((np.asarray(image, np.uint32) >> 8).astype(np.uint8))
    if not image.has_transparency_data:
        return image.convert("RGB")
    layered = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", layered.size, "white"), layered).convert("RGB")


def features(image: Image) -> dict[str, int | float | str]:
    """Measure an RGB image.

    Colours are on a scale of 0..1, so that a variance is at most 0.25. ``brightness`` is the mean luma, 0.2125 R + 0.7154 G + 0.0721 B.
    ``texture_variance`` is the mean of the rotation-invariant local variance VAR(8, 1) (Ojala et al. 2002,
    https://doi.org/10.1109/TPAMI.2002.1017623), ``sharpness`` the variance of the Laplacian (Pech-Pacheco et al. 2000,
    https://doi.org/10.1109/ICPR.2000.903548), both of the luma at no more than 1,024 pixels a side. ``perceptual_hash`` is the 64-bit DCT
    hash of ``imagehash.phash``, 16 hexadecimal digits: the number of bits in which two differ tells how different the images are.
    """
    import imagehash
    from PIL import ImageStat
    from skimage.color import rgb2gray
    from skimage.feature import local_binary_pattern
    from skimage.filters import laplace

    statistics = ImageStat.Stat(image)
    means = [mean / 255 for mean in statistics.mean]
    variances = [max(variance, 0.0) / 255**2 for variance in statistics.var]
    small = image.copy()
    small.thumbnail((LONG_SIDE, LONG_SIDE))
    luma = rgb2gray(np.asarray(small))
    local = local_binary_pattern(np.round(luma * 255).astype(np.uint8), 8, 1, "var")
    # The outermost pixels lack neighbours, and where all neighbours are equal the library's variance is NaN.
    inner = np.nan_to_num(local[1:-1, 1:-1]) / 255**2
    return {
        "width": image.width,
        "height": image.height,
        "aspect_ratio": image.width / image.height,
        "brightness": 0.2125 * means[0] + 0.7154 * means[1] + 0.0721 * means[2],
        **{f"mean_{name}": mean for name, mean in zip(("red", "green", "blue"), means, strict=True)},
        **{f"variance_{name}": variance for name, variance in zip(("red", "green", "blue"), variances, strict=True)},
        "texture_variance": float(inner.mean()) if inner.size else 0.0,
        "sharpness": float(laplace(luma).var()),
        "perceptual_hash": str(imagehash.phash(image)),
    }


class HogColour:
    """Image encoder: histograms of oriented gradients (Dalal and Triggs 2005, https://doi.org/10.1109/CVPR.2005.177) and of colours.

    Both halves have the same weight: the gradients of 7 x 7 blocks of the image at 128 x 128 pixels (1,764 numbers), and the square roots
    of a joint histogram of 4 x 4 x 4 colours (64 numbers). Shapes and colours, not meanings.
    """

    model = HOG_COLOUR.model
    is_neural = False

    @property
    def space(self) -> bytes:
        """Cache namespace."""
        return namespace("embed_image", self.model, *versions("Pillow", "scikit-image"))

    def prepare(self, image: Image) -> np.ndarray:
        """Shrink to uint8 ``[128, 128, 3]``, whatever the aspect ratio."""
        from PIL.Image import Resampling

        return np.asarray(image.resize((SIDE, SIDE), Resampling.BILINEAR))

    def encode(self, arrays: Sequence[np.ndarray], wanted: str) -> list[np.ndarray | Exception]:
        """Embed one after the other: float32 ``[1828]``."""
        return [self._vector(array) for array in arrays]

    def _vector(self, array: np.ndarray) -> np.ndarray:
        from skimage.feature import hog

        shape = hog(array, ORIENTATIONS, (CELL, CELL), (2, 2), "L2-Hys", channel_axis=-1)
        norm = np.linalg.norm(shape)
        bins = array.reshape(-1, 3) // (256 // COLOURS)
        counts = np.bincount(bins @ np.array([COLOURS**2, COLOURS, 1]), minlength=COLOURS**3)
        # A square root makes the dot product of two histograms their Bhattacharyya coefficient, and their norm 1.
        vector = np.concatenate([shape / norm if norm else shape, np.sqrt(counts / counts.sum())])
        return (vector / np.linalg.norm(vector)).astype(np.float32)
