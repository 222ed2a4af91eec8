"""Finds what the rooms of plug-ins hold, without importing it.

A file or a folder takes part by a module-level ``ABOUT`` that is a literal: it is read from the
source, so that the first screen can list every pane before any of them, or torch, is loaded.
"""

from __future__ import annotations

import ast
import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from types import ModuleType
from typing import Any

PANE = "pane"  # the file of a folder that holds its entry


@dataclass(frozen=True)
class Entry:
    """One plug-in: its name, the module or package it is, and what it says of itself."""

    name: str
    module: str
    about: Mapping[str, Any]
    is_folder: bool = False

    def load(self) -> Any:
        """Import the module and return the object that ABOUT names as its ``entry``."""
        module = f"{self.module}.{PANE}" if self.is_folder else self.module
        return getattr(importlib.import_module(module), self.about["entry"])

    def part(self, name: str) -> ModuleType | None:
        """Import a file of a folder, such as ``link``; None where the folder has none."""
        module = f"{self.module}.{name}"
        return importlib.import_module(module) if find_spec(module) is not None else None


@cache
def entries(room: str) -> tuple[Entry, ...]:
    """Return the entries of a room (``panes``, ``nets``), by their ``order``, then name.

    Raises ValueError where an ABOUT is not a literal: that is a defect of the file.
    """
    plugins = []
    for item in files(f"cnntui.{room}").iterdir():
        name = item.name.removesuffix(".py")
        source = item / "__init__.py" if item.is_dir() else item
        if name.startswith(("_", ".")) or not (source.name.endswith(".py") and source.is_file()):
            continue
        about = about_in(source.read_text(encoding="utf-8"))
        if about is not None:
            plugins.append(Entry(name, f"cnntui.{room}.{name}", about, item.is_dir()))
    return tuple(sorted(plugins, key=lambda entry: (entry.about.get("order", 99), entry.name)))


@cache
def pane_names() -> Mapping[str, Entry]:
    """Return the pane of each command that opens one, and of each other name of it."""
    return {name: entry for entry in entries("panes") for name in entry.about["commands"]}


def about_in(source: str) -> Mapping[str, Any] | None:
    """Return the literal assigned to ABOUT in a module's source; None where there is none."""
    start = source.find("\nABOUT = {")
    if start < 0:
        return None
    end = source.index("\n}", start) + 2
    about = ast.literal_eval(source[start:end].strip().removeprefix("ABOUT = "))
    assert isinstance(about, dict)
    return about
