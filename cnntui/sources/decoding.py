"""Turns a stranger's picture file into values.

Only formats that Pillow decodes by itself are opened: EPS, for one, would start Ghostscript.
"""

from __future__ import annotations

import logging
import re
import warnings
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from cnntui.errors import UserError
from cnntui.ground.names import cut
from cnntui.sources.arrays import Values

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFile import ImageFile

SUFFIXES = (
    *(".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".gif", ".bmp", ".tif", ".tiff", ".webp"),
    *(".ppm", ".pgm", ".pbm", ".pnm", ".pfm"),
)
FORMATS = ("PNG", "JPEG", "GIF", "BMP", "PPM", "TIFF", "WEBP")
_WIDE = ("I", "F")  # one channel that holds more than 0..255
_GREY = ("1", "L", "LA", "La")
_SILENT = logging.NullHandler()  # else Pillow's log would land on the screen


def decode(file: BinaryIO, *, cells: int | None = None, gray: bool = False) -> Values:
    """Return the picture in ``file`` as (1, H, W) when grey, else (3, H, W), mostly in 0..255.

    ``cells`` resizes it so that its longer side has as many; ``gray`` makes one channel of RGB
    (ITU-R 601). 16- and 32-bit greys keep their values; transparency is laid on white; EXIF
    rotation is applied; of an animation the first frame is taken. Raises UserError.
    """
    from PIL import Image, UnidentifiedImageError

    logging.getLogger("PIL").addHandler(_SILENT)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(file, formats=FORMATS) as image:
                _check_decoder(image)
                return _values(_resized(_plain(image, gray), cells))
    except UserError:
        raise
    except UnidentifiedImageError as error:
        raise UserError(f"is none of the pictures that are read: {', '.join(FORMATS)}") from error
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise _too_large(str(error)) from error
    # Pillow's decoders let through nearly every type of error on a damaged file
    except Exception as error:
        why = cut(str(error), 60)
        raise UserError(
            f"is a damaged picture ({why}); save it again, as PNG for example"
        ) from error


def picture_size(file: BinaryIO) -> tuple[int, int, int]:
    """Return (channels, height, width) of a sound picture from its header alone."""
    from PIL import Image

    with Image.open(file, formats=FORMATS) as image:
        return (1 if image.mode in _GREY else 3, image.height, image.width)


def _check_decoder(image: ImageFile) -> None:
    """Refuse what libtiff would decode: on a damaged file it prints to the terminal itself."""
    if any(tile[0] == "libtiff" for tile in image.tile):
        raise UserError("is a compressed TIFF, which is not read; save it as PNG")


def _too_large(text: str) -> UserError:
    from PIL.Image import MAX_IMAGE_PIXELS

    pixels = re.search(r"\d+", text)
    count = f"{int(pixels[0]):,}" if pixels else "too many"
    return UserError(f"has {count} pixels; at most {MAX_IMAGE_PIXELS or 0:,} are read: resize it")


def _plain(image: Image, gray: bool) -> Image:
    """Return ``image`` upright, as L, RGB, I or F."""
    from PIL import ImageOps

    image.load()
    image = ImageOps.exif_transpose(image)
    if image.mode in _WIDE:
        return image
    if image.mode.startswith("I;"):
        return image.convert("I")
    grey = gray or image.mode in _GREY
    if image.has_transparency_data:
        image = _on_white(image)
    elif image.mode not in _GREY:
        image = image.convert("RGB")
    return image.convert("L" if grey else "RGB")


def _on_white(image: Image) -> Image:
    from PIL import Image as pillow

    image = image.convert("RGBA")
    white = pillow.new("RGBA", image.size, "white")
    return pillow.alpha_composite(white, image).convert("RGB")


def _resized(image: Image, cells: int | None) -> Image:
    """Return ``image`` with ``cells`` pixels on its longer side, its aspect kept.

    Enlarging repeats pixels. Only 0..255 is reduced by Lanczos: elsewhere nothing would clip its
    overshoot.
    """
    from PIL.Image import Resampling

    longer = max(image.size)
    if cells is None or cells == longer:
        return image
    width, height = (max(1, round(side * cells / longer)) for side in image.size)
    if cells > longer:
        return image.resize((width, height), Resampling.NEAREST)
    reducing = Resampling.BOX if image.mode in _WIDE else Resampling.LANCZOS
    return image.resize((width, height), reducing)


def _values(image: Image) -> Values:
    pixels = np.asarray(image)  # (H, W) or (H, W, 3)
    channels = pixels[None] if pixels.ndim == 2 else pixels.transpose(2, 0, 1)
    return channels.astype(np.float32, order="C")
