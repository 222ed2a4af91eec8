"""Written networks by name or file, read and written."""

from __future__ import annotations

import os
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

from cnntui.errors import UserError
from cnntui.ground import names
from cnntui.ground.atomic_write import write_whole
from cnntui.sources import samples

_LIMIT = 1 << 20  # bytes


@dataclass(frozen=True)
class NetworkText:
    """A network as text; ``path`` is empty for a sample."""

    name: str
    text: str
    path: str = ""


@dataclass(frozen=True)
class ListedNetwork:
    """A sample as it is listed."""

    name: str
    lines: int
    summary: str


def listed_networks() -> tuple[ListedNetwork, ...]:
    """Return the samples, each with the comment it begins with."""
    networks = []
    for file in sorted((samples.folder() / "networks").glob("*.txt")):
        lines = file.read_text(encoding="utf-8").splitlines()
        written = [line for line in lines if line.split("#")[0].strip()]
        networks.append(ListedNetwork(file.stem, len(written), lines[0].lstrip("# ")))
    return tuple(networks)


def read_network(name: str) -> NetworkText:
    """Read a network by a sample's name or from a file. Raises UserError."""
    known = [each.name for each in listed_networks()]
    if name in known:
        text = (samples.folder() / "networks" / f"{name}.txt").read_text(encoding="utf-8")
        return NetworkText(name, text)
    if not names.is_path(os.path.expanduser(name)):
        raise UserError(
            f"no network is called {names.cut(name)!r}; there are {', '.join(known)}, or "
            "name a file"
        )
    path = Path(name).expanduser()
    try:
        text = _decoded(_read(path))
    except UserError as problem:
        raise UserError(f"{names.cut(str(path), 80)}: {problem}") from problem
    return NetworkText(path.stem, "".join(f"{line}\n" for line in text.splitlines()), str(path))


def _read(path: Path) -> bytes:
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise UserError("is a folder; name a file in it")
        if not stat.S_ISREG(mode):
            raise UserError("is a pipe or a device; name a regular file")
        with path.open("rb") as file:
            data = file.read(_LIMIT + 1)
    except FileNotFoundError:
        raise UserError("there is no such file") from None
    except (OSError, ValueError) as problem:
        raise UserError(str(getattr(problem, "strerror", None) or problem)) from problem
    if len(data) > _LIMIT:
        raise UserError(f"has more than {_LIMIT:,} bytes; a network is written one layer a line")
    return data


def _decoded(data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise UserError("is not text; a network is written one layer a line, in UTF-8")
    return text


def exists(path: str) -> bool:
    """Whether there is something at a path. Raises UserError for what is no path."""
    try:
        return bool(path) and os.path.lexists(os.path.expanduser(path))
    except ValueError as problem:
        raise UserError(f"{names.cut(path, 80)}: {problem}") from problem


def write_text(path: str, text: str) -> str:
    """Write a file beside its place and put it there whole; returns its path. Raises UserError."""
    if not path.strip():
        raise UserError("type the file's name, or escape")
    try:
        target = Path(os.path.realpath(os.path.expanduser(path)))  # a link stays a link
        if target.exists() and not target.is_file():
            raise UserError(f"{path} is no regular file; type another name")

        def write(beside: Path) -> None:
            beside.write_text(text, encoding="utf-8", newline="\n")
            if target.exists():
                shutil.copymode(target, beside)

        write_whole(target, write)
    except (OSError, ValueError) as problem:
        if isinstance(problem, UserError):
            raise
        why = getattr(problem.__cause__ or problem, "strerror", None) or problem
        raise UserError(f"{names.cut(path, 80)}: {why}; nothing was written") from problem
    return str(target)
