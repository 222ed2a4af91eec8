"""Turns values into pictures of few colours, to be drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cnntui.sources.arrays import Values
from cnntui.ui.frames.pictures import PictureFrame

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


def _ramp(zero: Color, *ends: Color) -> list[Color]:
    """Return STEPS + 1 colours from ``zero``, each of a few taking an equal share."""
    colors = (zero, *ends)
    return [colors[round(step / STEPS * len(ends))] for step in range(STEPS + 1)]


def _diverging(cool: list[Color], warm: list[Color]) -> tuple[Color, ...]:
    return (*reversed(cool[1:]), *warm, WRONG)


_CUBE = (0, 95, 135, 175, 215, 255)
_BLACK = (0, 0, 0)
# The colours a terminal has: xterm's cube and greys; the sixteen as Rich believes them to be.
TERMINAL = {
    "256": (
        *((r, g, b) for r in _CUBE for g in _CUBE for b in _CUBE),
        *((grey, grey, grey) for grey in range(8, 248, 10)),
    ),
    "16": (
        *(
            (r, g, b)
            for b in (0, 170)
            for g in (0, 170)
            for r in (0, 170)
            if (r, g, b) != (170, 170, 0)
        ),
        (170, 85, 0),
        *((r, g, b) for b in (85, 255) for g in (85, 255) for r in (85, 255)),
    ),
}
DIVERGING_IN = {
    "256": _diverging(
        _ramp(
            _BLACK,
            (0, 0, 95),
            (0, 0, 135),
            (0, 95, 175),
            (0, 95, 215),
            (0, 135, 255),
            (95, 175, 255),
        ),
        _ramp(
            _BLACK,
            (95, 0, 0),
            (135, 0, 0),
            (175, 95, 0),
            (215, 95, 0),
            (255, 135, 0),
            (255, 175, 95),
        ),
    ),
    "16": _diverging(
        _ramp(_BLACK, (0, 0, 170), (85, 85, 255), (85, 255, 255)),
        _ramp(_BLACK, (170, 0, 0), (255, 85, 85), (255, 255, 85)),
    ),
}


def limited(frame: PictureFrame, colors: str) -> PictureFrame:
    """Return a picture in the colours a terminal of ``256`` or ``16`` has; others as it is.

    A signed picture keeps its levels, in ramps of those colours; of the sixteen any other is
    dithered.
    """
    if colors not in TERMINAL:
        return frame
    if frame.palette is DIVERGING:
        return PictureFrame(frame.width, frame.height, frame.indices, DIVERGING_IN[colors])
    from PIL import Image
    from PIL.Image import Dither

    image = Image.frombytes("P", (frame.width, frame.height), frame.indices)
    image.putpalette([part for color in frame.palette for part in color])
    few = Image.new("P", (1, 1))
    few.putpalette([part for color in TERMINAL[colors] for part in color])
    dither = Dither.FLOYDSTEINBERG if colors == "16" else Dither.NONE
    indexed = image.convert("RGB").quantize(palette=few, dither=dither)
    return PictureFrame(frame.width, frame.height, indexed.tobytes(), TERMINAL[colors])


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
