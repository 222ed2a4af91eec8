"""Puts the shell and the panes together and runs the app, opened on a pane in a state."""

from __future__ import annotations

import gc
import os
import sys
from dataclasses import replace
from typing import Any

from cnntui import __version__
from cnntui.registry import entries
from cnntui.settings import Settings
from cnntui.ui.terminal import Terminal

COLOR_SYSTEMS = {"truecolor": "truecolor", "256": "256", "16": "standard", "none": "truecolor"}


def warm_up() -> None:
    """Do what can wait until the first screen is painted. Runs in a thread."""
    gc.freeze()  # what was loaded so far stays
    gc.enable()
    from cnntui.engine.warm import warm_torch

    warm_torch()


def run(terminal: Terminal, settings: Settings, pane: str = "home", state: Any = None) -> int:
    """Open the app on a pane, in a state, and return the exit code.

    Raises UserError where the pane couldn't show what it was opened for.
    """
    if os.environ.get("TEXTUAL_COLOR_SYSTEM") not in COLOR_SYSTEMS.values():
        os.environ["TEXTUAL_COLOR_SYSTEM"] = COLOR_SYSTEMS[terminal.colors]
    gc.disable()  # until the first screen is painted: warm_up turns it on again
    from cnntui.ui.shell.laboratory import Laboratory

    app = laboratory(Laboratory, terminal, settings, pane, state)
    problem = app.run()
    if problem is not None:
        raise problem
    code = app.return_code or 0
    if code:
        sys.stderr.flush()
    return code


def laboratory(
    kind: type[Any], terminal: Terminal, settings: Settings, pane: str = "home", state: Any = None
) -> Any:
    """Return the app with every pane the registry finds."""
    from cnntui.ui.shell.pane import PaneEntry

    panes = {entry.name: entry for entry in entries("panes")}
    glyphs = settings.glyphs if settings.glyphs != "auto" else ""
    if glyphs:
        terminal = replace(terminal, unicode=glyphs == "unicode")
    about = {name: entry.about for name, entry in panes.items()}
    return kind(
        [
            PaneEntry(name, a["title"], a["key"], a["summary"], a.get("advice", ""))
            for name, a in about.items()
        ],
        lambda name: panes[name].load(),
        terminal,
        version=__version__,
        start=pane,
        opening={pane: state} if state is not None else {},
        after_first_frame=warm_up,
        theme=settings.theme,
        device=settings.device,
        linked=_linked,
        explained=_explained,
    )


def _explained(pane: str) -> Any:
    """Return which lesson explains a pane, and how it is opened; None where none does."""
    for entry in entries("panes"):
        teacher = entry.part("explaining") if entry.about.get("explains") else None
        if teacher is not None:
            return teacher.explained(pane, entry.about["key"])
    return None


def _linked(pane: str, state: Any) -> tuple[str, str]:
    """Write a pane's state as a link, and in words what it leaves out. Raises UserError."""
    from cnntui.parts.links.link import written

    link, left_out = written(pane, state)
    return str(link), ", ".join(left_out)
