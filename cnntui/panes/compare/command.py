"""``cnntui compare``: a comparison as it prints it, and the state it opens."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from cnntui.ground.options import fill
from cnntui.panes.compare.options import NETS, OPTIONS
from cnntui.parts.printing.output import PRINTED, add_forms

if TYPE_CHECKING:
    from cnntui.panes.compare.state import ComparingState
    from cnntui.parts.printing.output import Output


def prepare(command: argparse.ArgumentParser) -> None:
    """Give the command its options."""
    what = "one network or two: a name (cnntui nets), package.module:callable, file.py:callable"
    command.add_argument("nets", nargs="*", metavar="NET", help=what)
    fill(command, OPTIONS)
    size = "of dense and separable: channels=3, height, width, units, filters, kernel; inputs, "
    what = f"{size}outputs, kernel, picture"
    command.add_argument("--set", action="append", default=[], metavar="N=V", help=what)
    add_forms(command, "print the view as text", tables=True)


def run(options: argparse.Namespace, output: Output) -> int:
    """Print a comparison, or open the pane on it."""
    from cnntui.panes.compare.link import state_with

    state = state_with(options)
    if not output.prints(options):
        return output.open(state)
    form = next((form for form in ("json", "csv", "markdown") if getattr(options, form)), "")
    return output.say(text(state, form, output.width or PRINTED))


def still(state: ComparingState, width: int) -> list[str]:
    """Return the state as a lesson on paper shows it."""
    return text(state, "", width).splitlines()


def text(state: ComparingState, form: str, width: int) -> str:
    """Return what is printed: csv, json, markdown, else the pane's lines. Raises UserError."""
    from cnntui.panes.compare import report
    from cnntui.panes.compare.state import read_totals

    if state.view == NETS:
        for side, name in enumerate(state.names):
            state = state.with_totals(side, read_totals(name, _shapes(state, name)))
    return report.text(state, form, width)


def _shapes(state: ComparingState, name: str) -> tuple[tuple[int, ...], ...] | None:
    from cnntui.models.naming import is_net

    return None if is_net(name) else state.shapes
