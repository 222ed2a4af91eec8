"""Finds what the rooms of plug-ins hold, without importing it.

A file takes part by a module-level ``ABOUT`` that is a literal: it is read from the source, so
that the first screen can list every pane before any of them, or torch, is loaded.
"""

from __future__ import annotations

import ast
import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True)
class Entry:
    """One plug-in file: its name, the module to import, and what it says of itself."""

    name: str
    module: str
    about: Mapping[str, Any]

    def load(self) -> Any:
        """Import the module and return the object that ABOUT names as its ``entry``."""
        return getattr(importlib.import_module(self.module), self.about["entry"])


@cache
def entries(room: str) -> tuple[Entry, ...]:
    """Return the entries of a room (``panes``), by their ``order``, then name.

    Raises ValueError where an ABOUT is not a literal: that is a defect of the file.
    """
    found = []
    for file in files(f"cnntui.{room}").iterdir():
        if file.name.endswith(".py") and not file.name.startswith("_"):
            about = about_in(file.read_text(encoding="utf-8"))
            if about is not None:
                name = file.name.removesuffix(".py")
                found.append(Entry(name, f"cnntui.{room}.{name}", about))
    return tuple(sorted(found, key=lambda entry: (entry.about.get("order", 99), entry.name)))


def about_in(source: str) -> Mapping[str, Any] | None:
    """Return the literal assigned to ABOUT in a module's source; None where there is none."""
    start = source.find("\nABOUT = {")
    if start < 0:
        return None
    end = source.index("\n}", start) + 2
    about = ast.literal_eval(source[start:end].strip().removeprefix("ABOUT = "))
    assert isinstance(about, dict)
    return about
