"""Which networks there are, from what the files of ``nets/`` say; imports none, nor torch."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from cnntui import registry
from cnntui.errors import UserError, printable


@dataclass(frozen=True)
class Net:
    """A known network, as its file's ABOUT tells it."""

    name: str
    title: str
    family: str
    year: int
    depth: int | None  # layers with weights, as the paper counts them
    input: tuple[int, ...]  # (C, H, W)
    classes: int
    params: int  # with these classes and channels
    top1: float | None  # per cent, ImageNet
    top5: float | None
    figures: str | None  # where top1 and top5 are from
    idea: str
    paper: str
    entry: registry.Entry  # its load() imports the file and gives build(name, classes, channels)

    @property
    def channels(self) -> int:
        """Channels of the input it was published for."""
        return self.input[0]


def known_nets() -> tuple[Net, ...]:
    """Return every network of ``nets/``, by file, then as the file lists them.

    Raises ValueError where an ABOUT lacks a field: that is a defect of the file.
    """
    return tuple(
        _net(about, entry)
        for entry in registry.entries("nets")
        for about in entry.about.get("nets", ())
    )


def find_net(name: str) -> Net:
    """Return the network of that name; case and punctuation don't matter. Raises UserError."""
    nets = known_nets()
    wanted = _plain(name)
    found = [net for net in nets if net.name == name]
    found += [net for net in nets if wanted and wanted in (_plain(net.name), _plain(net.title))]
    if found:
        return found[0]
    raise UserError(_unknown(name, [net.name for net in nets]))


def is_net(name: str) -> bool:
    """Whether a network has exactly this name."""
    return any(net.name == name for net in known_nets())


def nearest(name: str, known: list[str]) -> str:
    """Return ``did you mean 'a' or 'b'? `` for the up to three nearest names; else nothing."""
    plain = {_plain(each): each for each in reversed(known)}
    close = difflib.get_close_matches(_plain(name[:80]), plain, 3, 0.6)
    if not close:
        return ""
    names = [repr(plain[each]) for each in close]
    return f"did you mean {' or '.join(filter(None, [', '.join(names[:-1]), names[-1]]))}? "


def cut(text: str, width: int = 60) -> str:
    """Return ``text`` printable, on one line and at most ``width`` characters, for an error."""
    line = printable(" ".join(text[: 8 * width].split()))
    return line if len(line) <= width else line[: width - 1] + "…"


def _net(about: Mapping[str, Any], entry: registry.Entry) -> Net:
    said = {"family": entry.about.get("family", entry.name), **about, "entry": entry}
    said["input"] = tuple(said.get("input", ()))
    absent = [field.name for field in fields(Net) if field.name not in said]
    if absent:
        raise ValueError(f"{entry.module}: a net in ABOUT has no {', '.join(absent)}")
    return Net(**{field.name: said[field.name] for field in fields(Net)})


def _plain(name: str) -> str:
    return "".join(c for c in name.casefold() if c.isalnum())


def _unknown(name: str, known: list[str]) -> str:
    return (
        f"no network is called {cut(name)!r}; {nearest(name, known)}`cnntui nets` lists them; "
        "your own is written package.module:callable or path/file.py:callable"
    )
