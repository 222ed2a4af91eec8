"""The shift test in words: how an output changed when the input moved; knows no screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnntui.engine.convolution import whole_output
from cnntui.engine.geometry import Pair
from cnntui.engine.shift import ShiftReport, shift_report
from cnntui.frames import Line
from cnntui.numbers import counted, short
from cnntui.states.stepper import SHIFTS
from cnntui.states.words import line

if TYPE_CHECKING:
    from cnntui.states.convolution import ConvolutionState


def shift_lines(state: ConvolutionState) -> tuple[Line, ...]:
    """Measure, over the whole output, what the shift changed; nothing where none is on."""
    if state.base is None:
        return ()
    name, by = SHIFTS[state.shift]
    before, after = whole_output(state.base), whole_output(state.conv)
    report = shift_report(before, after, by, state.conv.stride)
    return (changed_line("output", name, report), followed_line(report, state.conv.stride))


def changed_line(what: str, way: str, report: ShiftReport) -> Line:
    """Say how many cells changed, and by how much."""
    return (
        (f"input moved 1 {way}: ", "strong"),
        (
            f"{counted(report.changed)} of {counted(report.total)} {what} cells changed, "
            f"by {short(report.largest)} at most, {short(report.mean)} on average",
            "",
        ),
    )


def followed_line(report: ShiftReport, stride: Pair) -> Line:
    """Say whether the output moved along: equivariance."""
    if report.moved is None:
        return line(
            f"  stride {max(stride)}: one input cell is no whole output cell, so the output "
            "cannot move along",
            "bad",
        )
    all_of = report.followed == report.compared
    says = "the output moved along" if all_of else "the output moved along but for the border"
    counts = f"{counted(report.followed)} of {counted(report.compared)} cells hold the value moved"
    return ((f"  equivariance: {says}: ", ""), (counts, "good" if all_of else ""))
