"""Puts files into place whole or not at all, and tells a full disk from other errors."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

from cnntui.errors import UserError

TEMPORARY = ".tmp-"  # before a name: written beside and renamed into place
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_LEAST = 1 << 16  # bytes: with less left, an error while writing is the disk's


class DiskFull(OSError):
    """No room is left on the disk; what was written before is whole."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"no room is left on the disk of {folder}; make some, then resume the run")


def write_whole(path: Path, write: Callable[[Path], object]) -> Path:
    """Have ``write`` make a file beside and rename it to ``path`` once it is on the disk.

    Raises DiskFull, or what ``write`` raised; ``path`` is then as it was.
    """
    beside = path.with_name(f"{TEMPORARY}{path.name[:60]}.{token_hex(8)}")
    try:
        beside.touch(exist_ok=False)  # new: no link that was laid there is followed
        write(beside)
        _synced(beside)
        os.replace(beside, path)
        with suppress(OSError):  # some network disks sync no folder; the file is there
            _synced(path.parent)
    except BaseException as error:
        full = is_disk_full(error, path.parent)
        with suppress(OSError):
            beside.unlink()
        if full:
            raise DiskFull(path.parent) from error
        raise
    return path


def is_disk_full(error: BaseException, folder: Path) -> bool:
    """Tell whether a full disk made this error.

    torch and safetensors wrap the system's error, so their text and the room itself are looked at.
    """
    if isinstance(error, OSError):
        return error.errno in _FULL
    if isinstance(error, UserError) or not isinstance(error, Exception):
        return False
    return os.strerror(errno.ENOSPC) in str(error) or _room(folder) < _LEAST


def ensure_folder(folder: Path) -> Path:
    """Make a folder where there is none. Raises UserError, DiskFull."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        if is_disk_full(error, folder):
            raise DiskFull(folder.parent) from error
        raise UserError(f"{folder} can't be made: {error.strerror}; name another") from error
    return folder


def _room(folder: Path) -> int:
    try:
        left = os.statvfs(folder)
    except OSError:
        return _LEAST
    return left.f_bavail * left.f_frsize


def _synced(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
