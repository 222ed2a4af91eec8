"""Strangers' picture files, cut to squares of one size.

Only formats that Pillow decodes by itself are opened, and nothing larger than it thinks sane.
"""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cnntui.errors import UserError
from cnntui.ground.names import cut
from cnntui.sources.decoding import FORMATS

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFile import ImageFile

SUFFIXES = (".jpg", ".jpeg", ".png", ".ppm", ".bmp", ".pgm", ".tif", ".tiff", ".webp")
_GREY = ("1", "L", "LA", "La", "I", "F")
_SILENT = logging.NullHandler()  # else Pillow's log would land on the screen

Square = NDArray[np.uint8]  # (1, size, size) where the file is grey, else (3, size, size)


def squares(paths: Sequence[Path], size: int) -> list[Square | UserError]:
    """Read each file as a square, or as what is wrong with it, in the order given."""
    # Pillow decodes without the interpreter's lock; a photo can take 300 MB while it does
    with _quiet(), ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
        return list(pool.map(partial(_square_or_error, size=size), paths))


def square(path: Path, size: int) -> Square:
    """Read one picture: upright, the shorter side ``size``, its middle. Raises UserError.

    Transparency is laid on white; 16-bit greys lose their lower half; of an animation the first
    frame is taken.
    """
    with _quiet():
        square = _square_or_error(path, size)
    if isinstance(square, UserError):
        raise square
    return square


def _square_or_error(path: Path, size: int) -> Square | UserError:
    from PIL import Image, UnidentifiedImageError

    try:
        with path.open("rb") as file, Image.open(file, formats=FORMATS) as image:
            _check(image)
            image.draft(None, (2 * size, 2 * size))  # JPEG alone: decodes an eighth of a photo
            values = np.asarray(_cropped(_plain(image), size))
        return values[None] if values.ndim == 2 else values.transpose(2, 0, 1)
    except UserError as error:
        return error
    except UnidentifiedImageError:
        return UserError("is no picture")
    # Pillow's decoders let through nearly every type of error on a damaged file
    except Exception as error:
        return UserError(f"is damaged: {cut(str(error) or type(error).__name__, 60)}")


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Pillow's remarks off the screen, and make an error of its warning of bombs."""
    from PIL import Image

    logging.getLogger("PIL").addHandler(_SILENT)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        yield


def _check(image: ImageFile) -> None:
    """Refuse what libtiff would decode: on a damaged file it prints to the terminal itself."""
    if any(tile[0] == "libtiff" for tile in image.tile):
        raise UserError("is a compressed TIFF, which is not read")


def _plain(image: ImageFile) -> Image:
    """Return the picture upright, as L or RGB."""
    from PIL import ImageOps

    upright = ImageOps.exif_transpose(image)
    if upright.mode.startswith("I;16"):
        wide: NDArray[Any] = np.asarray(upright)
        return _from_levels(wide >> 8)
    if upright.mode in ("I", "F"):
        return _from_levels(np.asarray(upright))
    grey = upright.mode in _GREY
    if upright.has_transparency_data:
        upright = _on_white(upright)
    return upright.convert("L" if grey else "RGB")


def _from_levels(values: NDArray[Any]) -> Image:
    """Return 0..255 as they are; wider values, whose range nothing tells, are refused."""
    from PIL import Image

    if not (values.min() >= 0 and values.max() <= 255):
        raise UserError("has 32-bit values beyond 0..255")
    return Image.fromarray(values.astype(np.uint8))


def _on_white(image: Image) -> Image:
    from PIL import Image as pillow

    image = image.convert("RGBA")
    white = pillow.new("RGBA", image.size, "white")
    return pillow.alpha_composite(white, image).convert("RGB")


def _cropped(image: Image, size: int) -> Image:
    """Return the middle, ``size`` by ``size``, of the picture with its shorter side ``size``."""
    from PIL.Image import Resampling

    width, height = image.size
    side = min(width, height)
    left, top = (width - side) // 2, (height - side) // 2
    middle = image.crop((left, top, left + side, top + side))
    return middle.resize((size, size), Resampling.BILINEAR)  # Pillow's averages when it reduces
