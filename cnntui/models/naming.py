"""Which networks there are, from what the files of ``nets/`` say, before any is imported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from cnntui import registry
from cnntui.errors import UserError
from cnntui.ground.names import cut, nearest, plain

UNKNOWN = ("top1", "top5", "figures")  # None where an ABOUT doesn't say them


@dataclass(frozen=True)
class Net:
    """A known network, as its file's ABOUT tells it: what its networks share is said once there."""

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


@cache
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
    letters = plain(name)
    named = [net for net in nets if net.name == name]
    named += [net for net in nets if letters and letters in (plain(net.name), plain(net.title))]
    if named:
        return named[0]
    raise UserError(_unknown(name, [net.name for net in nets]))


def is_net(name: str) -> bool:
    """Whether a network has exactly this name."""
    return any(net.name == name for net in known_nets())


def _net(about: Mapping[str, Any], entry: registry.Entry) -> Net:
    shared = {"family": entry.name, **dict.fromkeys(UNKNOWN), **entry.about}
    values = {**shared, **about, "entry": entry}
    values["input"] = tuple(values.get("input", ()))
    absent = [field.name for field in fields(Net) if field.name not in values]
    if absent:
        raise ValueError(f"{entry.module}: a net in ABOUT has no {', '.join(absent)}")
    return Net(**{field.name: values[field.name] for field in fields(Net)})


def _unknown(name: str, known: list[str]) -> str:
    return (
        f"no network is called {cut(name)!r}; {nearest(name, known)}`cnntui nets` lists them; "
        "your own is written package.module:callable or path/file.py:callable"
    )
