"""Finds the files of a data set in a folder as they lie on disk, and says which are missing.

Opens none of them; nothing is downloaded.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cnntui.datasets.member import Layout, Member
from cnntui.errors import UserError
from cnntui.ground.names import cut

_HASHED = 64 * 2**20  # bytes: larger files are not compared with their checksum


@dataclass(frozen=True)
class Place:
    """Where a data set's files were found."""

    layout: Layout
    folder: Path
    files: Mapping[str, Path]  # by the name that the layout gives them


def located(member: Member, folder: Path) -> Place | None:
    """Return where in ``folder`` all files of one of the member's layouts lie; None if nowhere."""
    for layout in member.files:
        for below in layout.folders:
            files = _files(layout, folder / below)
            if len(files) == len(layout.files):
                return Place(layout, folder / below, files)
    return None


def place_of(member: Member, folder: Path | None) -> Place:
    """Return where the files lie; raises UserError that names the missing ones."""
    place = located(member, folder) if folder is not None else None
    if place is None:
        raise missing(member, () if folder is None else (folder,))
    return place


def missing(member: Member, folders: Sequence[Path]) -> UserError:
    """Return the error that says which files are wanted, where, and with which checksums."""
    for folder in folders:
        for layout in member.files:
            for below in layout.folders:
                there = _files(layout, folder / below)
                if there:
                    return _incomplete(member, layout, folder / below, there)
    first = member.files[0]
    home = folders[0] if folders else Path("data")
    if first.archive is not None:
        put = (
            f"unpack {first.archive} (md5 {first.archive_md5}) in {_short(home)}: that makes "
            f"{first.folders[0]} with {', '.join(first.files)}"
        )
    else:
        put = f"put {_told(first.files)} into {_short(home / first.folders[0])}"
    looked = f" in {' or '.join(map(_short, folders))}" if folders else ""
    return UserError(
        f"{member.name} is not{looked}; {put}; or give their folder by --data-dir; "
        "`cnntui datasets` tells where they are from"
    )


def checked(place: Place) -> tuple[str, ...]:
    """Return a line on the files whose checksum is another than the published one, if any."""
    differing = [
        path.name
        for name, path in place.files.items()
        if (wanted := place.layout.files[name]) and path.name == name and _differs(path, wanted)
    ]
    if not differing:
        return ()
    return (f"not the published file, by its checksum: {', '.join(differing)}",)


def _incomplete(
    member: Member, layout: Layout, folder: Path, there: Mapping[str, Path]
) -> UserError:
    lacking = {name: md5 for name, md5 in layout.files.items() if name not in there}
    return UserError(
        f"{member.name}: {_short(folder)} has {', '.join(path.name for path in there.values())} "
        f"but lacks {_told(lacking)}; put it there"
    )


def _files(layout: Layout, folder: Path) -> dict[str, Path]:
    """Return the files that are there: also unpacked, and as some write them (images.idx3)."""
    files = {}
    for name in layout.files:
        plain = name.removesuffix(".gz")
        spelt = re.sub(r"-(idx\d)", r".\1", plain)
        for candidate in dict.fromkeys((name, plain, f"{spelt}.gz", spelt)):
            if os.path.isfile(folder / candidate):
                files[name] = folder / candidate
                break
    return files


def _told(files: Mapping[str, str | None]) -> str:
    return ", ".join(f"{name} (md5 {md5})" if md5 else name for name, md5 in files.items())


def _short(path: Path) -> str:
    return cut(str(path), 100)


def _differs(path: Path, md5: str) -> bool:
    try:
        if path.stat().st_size > _HASHED:
            return False
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False))
    except OSError:  # told when the file is read
        return False
    return digest.hexdigest() != md5
