"""Turns values into pictures of few colours, to be drawn; knows no file and no screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cnntui.frames import PictureFrame
from cnntui.sources.arrays import Values

if TYPE_CHECKING:
    from PIL.Image import Image

Color = tuple[int, int, int]

STEPS = 32  # of each sign
COOL, NEUTRAL, WARM, WRONG = (64, 156, 255), (18, 18, 20), (255, 146, 48), (255, 0, 255)
_SAMPLE = 48  # cells a side that the palette of a colour picture is chosen from


def palette_frame(values: Values, colors: int = 64) -> PictureFrame:
    """Return a grey (1, H, W) or RGB (3, H, W) picture of 0..255 in at most ``colors`` colours.

    Values outside are clipped, NaN is drawn as 0. ``colors`` is 2 to 256. Grey levels are evenly
    spaced; RGB colours are chosen by Pillow's median cut.
    """
    clipped = np.nan_to_num(values, nan=0.0, posinf=255.0, neginf=0.0).clip(0, 255)
    if len(clipped) == 1:
        return _grey_frame(clipped[0], colors)
    return _color_frame(np.ascontiguousarray(clipped.astype(np.uint8).transpose(1, 2, 0)), colors)


def diverging_frame(values: Values, limit: float) -> PictureFrame:
    """Return (H, W) in 65 colours: blue at ``-limit``, nearly black at 0, orange at ``limit``.

    Values beyond the limit take its colour; NaN is magenta.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        shares = values.astype(np.float64) / (limit if limit > 0 else 1.0)
    shares = np.where(np.isinf(values), np.sign(values), shares)
    levels = np.rint(shares.clip(-1, 1) * STEPS) + STEPS
    levels = np.where(np.isnan(values), 2 * STEPS + 1, levels)
    return _frame(levels.astype(np.uint8), DIVERGING)


def fitted(values: Values, height: int, width: int) -> Values:
    """Return (C, H, W) resized by area to fit ``height`` by ``width``, its aspect kept.

    For drawing only: the cells are averages.
    """
    from PIL import Image

    rows, columns = values.shape[1:]
    scale = min(height / rows, width / columns)
    size = (max(1, int(columns * scale + 1e-6)), max(1, int(rows * scale + 1e-6)))
    channels = (Image.fromarray(np.ascontiguousarray(channel)) for channel in values)
    return np.stack([np.asarray(c.resize(size, Image.Resampling.BOX)) for c in channels])


def _mixed(start: Color, end: Color, share: float) -> Color:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(start, end, strict=True))
    return red, green, blue


DIVERGING = (
    *(_mixed(NEUTRAL, COOL, step / STEPS) for step in range(STEPS, 0, -1)),
    *(_mixed(NEUTRAL, WARM, step / STEPS) for step in range(STEPS + 1)),
    WRONG,
)


def _grey_frame(values: Values, colors: int) -> PictureFrame:
    levels = (values * (colors / 256)).astype(np.uint8)
    greys = (round(255 * step / (colors - 1)) for step in range(colors))
    return _frame(levels, tuple((grey, grey, grey) for grey in greys))


def _frame(indices: NDArray[np.uint8], palette: tuple[Color, ...]) -> PictureFrame:
    height, width = indices.shape
    return PictureFrame(width, height, indices.tobytes(), palette)


def _color_frame(pixels: NDArray[np.uint8], colors: int) -> PictureFrame:
    """Quantise (H, W, 3) bytes.

    The palette is chosen from a sample of the pixels: median cut over all of them takes ten times
    as long as a frame may.
    """
    from PIL import Image
    from PIL.Image import Dither, Quantize

    image = Image.fromarray(pixels)
    chosen = _sampled(image, colors).quantize(colors, Quantize.MEDIANCUT)
    indexed = image.quantize(palette=chosen, dither=Dither.NONE)
    flat = indexed.getpalette() or []
    palette = tuple(zip(flat[0::3], flat[1::3], flat[2::3], strict=True))
    return PictureFrame(image.width, image.height, indexed.tobytes(), palette)


def _sampled(image: Image, colors: int) -> Image:
    """Return all colours of a picture that has few, else some of its pixels."""
    from PIL import Image as pillow

    few = image.getcolors(colors)
    if few is not None:
        return pillow.fromarray(np.array([[color for _, color in few]], dtype=np.uint8))
    width, height = (min(side, _SAMPLE) for side in image.size)
    return image.resize((width, height), pillow.Resampling.NEAREST)
