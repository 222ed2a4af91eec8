"""Letters from the fonts of this machine, as Pillow draws them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cnntui.errors import UserError

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

SUFFIXES = (".ttf", ".otf", ".ttc")
OWN = "Pillow's own"
MOST = 96  # fonts; of more, every n-th is taken
_SIGNS = ("symbol", "dingbat", "emoji", "icon", "awesome", "music", "math", "d050000", "braille")
_CAPITAL = 0.6  # height of an H, of the picture's side
_ABSENT = "\U0010fffd"  # which no font has: it is drawn as what stands for an absent letter


@dataclass(frozen=True)
class Atlas:
    """Each letter of each font, drawn upright on a field of its own."""

    letters: str
    fonts: tuple[str, ...]
    fields: NDArray[np.uint8]  # (fonts, letters, side, side): 255 is ink


def atlas(letters: str, size: int) -> Atlas:
    """Draw ``letters`` of every font that has them all, capitals 0.6·``size`` high."""
    names, fields = [], []
    for name, draw in _openers():
        drawn = _drawn(draw, letters, size)
        if drawn is not None and name not in names:
            names.append(name)
            fields.append(drawn)
    if not fields:
        raise UserError("glyphs: this Pillow draws no letters (it was built without FreeType)")
    return Atlas(letters, tuple(names), np.stack(fields))


def font_files() -> tuple[Path, ...]:
    """Return the font files of this machine, by name: at most MOST, evenly chosen."""
    by_name: dict[str, Path] = {}
    for folder in _folders():
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            if path.suffix.lower() in SUFFIXES and not _is_signs(path.stem):
                by_name.setdefault(path.name, path)
    paths = [by_name[name] for name in sorted(by_name)]
    return (
        tuple(paths[i * len(paths) // MOST] for i in range(MOST))
        if len(paths) > MOST
        else (tuple(paths))
    )


def _folders() -> list[Path]:
    """Return where fonts lie, as Pillow looks for them."""
    home = Path.home()
    if sys.platform == "win32":
        return [Path(os.environ.get("WINDIR", r"C:\Windows")) / "fonts"]
    if sys.platform == "darwin":
        return [Path("/Library/Fonts"), Path("/System/Library/Fonts"), home / "Library/Fonts"]
    shared = os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    own = os.environ.get("XDG_DATA_HOME") or str(home / ".local/share")
    return [Path(folder) / "fonts" for folder in (own, *shared.split(":")) if folder]


class _Opener:
    """Opens one font in any size; None as the path for Pillow's own."""

    def __init__(self, path: Path | None) -> None:
        self.path = path

    def __call__(self, size: float) -> FreeTypeFont:
        from PIL import ImageFont

        if self.path is not None:
            return ImageFont.truetype(str(self.path), size)
        font = ImageFont.load_default(size)
        if not isinstance(font, ImageFont.FreeTypeFont):
            raise OSError("no FreeType")
        return font


def _openers() -> Iterator[tuple[str, _Opener]]:
    """Yield (name, opener) of Pillow's own font, then of the machine's that can be opened."""
    yield OWN, _Opener(None)
    for path in font_files():
        opener = _Opener(path)
        try:
            family, style = opener(16).getname()
        except OSError:  # damaged, or without outlines
            continue
        name = f"{family or path.stem} {style or ''}".strip()
        if not _is_signs(name):
            yield name, opener


def _is_signs(name: str) -> bool:
    return any(sign in name.casefold() for sign in _SIGNS)


def _drawn(opener: _Opener, letters: str, size: int) -> NDArray[np.uint8] | None:
    """Return (letters, side, side); None where the font lacks one, or two look the same."""
    try:
        top, bottom = opener(100).getbbox("H")[1::2]
        if bottom <= top:
            return None
        font = opener(100 * _CAPITAL * size / (bottom - top))
        absent = _field(font, _ABSENT, size)
        fields = np.stack([_field(font, letter, size) for letter in letters])
    except (OSError, ImportError, ValueError):
        return None
    different = {field.tobytes() for field in (absent, *fields) if field.any()}
    return fields if len(different) >= len(letters) + bool(absent.any()) else None


def _field(font: FreeTypeFont, letter: str, size: int) -> NDArray[np.uint8]:
    """Draw a letter in the middle of ``size`` by ``size``; its H would stand in the middle too."""
    from PIL import Image, ImageDraw

    field = Image.new("L", (size, size))
    left, _, right, _ = font.getbbox(letter)
    _, top, _, bottom = font.getbbox("H")
    at = ((size - left - right) / 2, (size - top - bottom) / 2)
    ImageDraw.Draw(field).text(at, letter, fill=255, font=font)
    return np.asarray(field)
