"""The shift test in words: how an output changed when the input moved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from cnntui.engine.geometry import Pair
from cnntui.engine.padded import Wide
from cnntui.engine.shift import ShiftReport, shift_report, shifted
from cnntui.ground.lines import Line, line
from cnntui.numbers import counted, short
from cnntui.parts.stepping.state import SHIFTS, Operation


def moved_line(shift: int) -> Line:
    """Say how the input was moved."""
    return line(f"input moved by 1 {SHIFTS[shift][0]}", "strong")


def changed_line(what: str, report: ShiftReport) -> Line:
    """Say how many cells changed, and by how much."""
    counts = f"{counted(report.changed)} of {counted(report.total)} cells changed"
    size = f", by {short(report.largest)} at most, {short(report.mean)} on average"
    return ((f"{what:<8} ", "dim"), (counts + (size if report.changed else ""), ""))


def followed_line(
    before: Operation, shift: int, stride: Pair, output: Callable[[Operation], Wide]
) -> Line:
    """Say whether the output moves along when the input moves by one stride: equivariance."""
    way = SHIFTS[shift][1]
    by = way[0] * stride[0], way[1] * stride[1]
    moved = replace(before, input=shifted(before.input, by))
    report = shift_report(output(before), output(moved), by, stride)
    cells = abs(by[0] + by[1])
    kept = f"{counted(report.followed)} of {counted(report.compared)}"
    whole = report.followed == report.compared
    says = f"input by {cells}, output by 1: {kept} cells agree"
    return (("equivariance  ", "dim"), (says, "good" if whole else ""))
