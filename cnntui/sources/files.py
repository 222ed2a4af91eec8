"""Reads a stranger's file as an array: ``.npy``, text or a picture; runs nothing it holds."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import BinaryIO

from cnntui.errors import UserError
from cnntui.ground.names import cut
from cnntui.sources import arrays, decoding, tables
from cnntui.sources.arrays import Values

_TEXT_LIMIT = 16 * 2**20  # bytes
_TEXTS = (".csv", ".txt")
_ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06")


def read_grid(path: Path, *, cells: int | None = None, gray: bool = False) -> Values:
    """Read ``path`` as (C, H, W); (H, W) becomes one channel. Raises UserError.

    ``cells`` and ``gray`` are for pictures, as in `decoding.decode`.
    """
    with _opened(path) as file:
        try:
            values = _read(path, file, cells, gray)
            if values.ndim not in (2, 3) or not values.size:
                raise _misshapen(values, "(H, W) or (C, H, W)")
        except UserError as error:
            raise UserError(f"{path}: {error}") from error
    return values if values.ndim == 3 else values[None]


def read_array(path: Path) -> Values:
    """Read a kernel's values from a ``.npy`` or text file: 2 to 4 dimensions. Raises UserError."""
    with _opened(path) as file:
        try:
            values = _read_numbers(path, file)
            if values.ndim not in (2, 3, 4) or not values.size:
                raise _misshapen(values, "(kh, kw), (C, kh, kw) or (F, C, kh, kw)")
        except UserError as error:
            raise UserError(f"{path}: {error}") from error
    return values


def _opened(path: Path) -> BinaryIO:
    """Open a regular, non-empty file; a pipe or device would block or be disturbed."""
    try:
        status = path.stat()
        problem = _problem(status.st_mode, status.st_size)
        if problem is None:
            return path.open("rb")
    except FileNotFoundError:
        raise UserError(
            f"{path}: there is no such file; `cnntui samples` lists what is there by name"
        ) from None
    except OSError as error:
        raise UserError(f"{cut(str(path), 80)}: {error.strerror or error}") from error
    except ValueError as error:
        raise UserError(f"{path}: not a file name ({error})") from error
    raise UserError(f"{path}: {problem}")


def _problem(mode: int, size: int) -> str | None:
    if stat.S_ISDIR(mode):
        return "is a folder; name a file in it"
    if not stat.S_ISREG(mode):
        return "is a pipe or a device; name a regular file"
    return None if size else "is empty; a .npy, .csv, .txt or picture file is wanted"


def _read(path: Path, file: BinaryIO, cells: int | None, gray: bool) -> Values:
    if _is_picture(path.suffix.lower(), _head(file)):
        return decoding.decode(file, cells=cells, gray=gray)
    return _read_numbers(path, file)


def _read_numbers(path: Path, file: BinaryIO) -> Values:
    head = _head(file)
    suffix = path.suffix.lower()
    if head.startswith(arrays.MAGIC) or suffix == ".npy":
        return arrays.read_npy(file)
    if head.startswith(_ARCHIVES):
        raise UserError("is an archive (.npz, .pt); save one array with numpy.save")
    if suffix in decoding.SUFFIXES:
        raise UserError("is a picture; numbers are wanted: .npy, .csv or .txt")
    data = file.read(_TEXT_LIMIT + 1)
    if len(data) > _TEXT_LIMIT:
        raise UserError(f"has more than {_TEXT_LIMIT:,} bytes of text; save it with numpy.save")
    return tables.read_table(tables.decoded(data))


def _head(file: BinaryIO) -> bytes:
    head = file.read(16)
    file.seek(0)
    return head


def _is_picture(suffix: str, head: bytes) -> bool:
    """Whether to hand the file to Pillow: by its suffix, or binary under an unknown one."""
    if head.startswith((arrays.MAGIC, *_ARCHIVES)) or suffix in (".npy", *_TEXTS):
        return False
    binary = any(byte < 9 or byte > 126 for byte in head) and not head.startswith(b"\xef\xbb\xbf")
    return suffix in decoding.SUFFIXES or binary or head.startswith(b"GIF8")


def _misshapen(values: Values, accepted: str) -> UserError:
    return UserError(f"has the shape {values.shape}; {accepted} is wanted, none of them 0")
