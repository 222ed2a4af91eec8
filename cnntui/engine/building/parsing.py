"""A network as text, one layer a line, read into frozen specs.

    input 3x32x32            # C×H×W; else the caller gives the shape
    conv 32 3 same bn relu
    maxpool 2
    gap
    dense 10

A wrong line is an error with its number, and is read as its fix where that is known, so that what
stands below it is judged too. ``shaped`` follows the shapes; ``built`` and ``exporting`` make the
module and its source.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from cnntui.engine.building.blueprint import (
    Blueprint,
    ImageShape,
    Layer,
    LineError,
    lines_of,
    mended,
    remedy,
)
from cnntui.engine.building.forms import End, Input, Read, Repeat
from cnntui.engine.building.shapes import Shaped, ShapedLayer, shaped
from cnntui.engine.building.words import Wrong, read
from cnntui.numbers import counted

__all__ = [
    "Blueprint",
    "Layer",
    "LineError",
    "Shaped",
    "ShapedLayer",
    "mended",
    "parse",
    "shaped",
]

MOST_LAYERS = 5000
MOST_LINES = 10_000
MOST_NESTED = 8
MOST_MENDS = 9  # of one line, until it is given up


def parse(text: str) -> Blueprint:
    """Read a network; never raises, whatever the text."""
    reading = _Reading()
    lines = lines_of(text)
    for number, line in enumerate(lines[:MOST_LINES], 1):
        reading.take(number, line)
    if len(lines) > MOST_LINES:
        reading.wrong(
            MOST_LINES + 1, f"more than {counted(MOST_LINES)} lines", "the rest is left out"
        )
    return reading.done()


@dataclass
class _Part:
    """The layers of the text itself, or of a ``repeat`` that is still open."""

    line: int = 0
    times: int = 1
    layers: list[Layer] = field(default_factory=list)


class _Reading:
    """Takes line after line."""

    def __init__(self) -> None:
        self.input: ImageShape | None = None
        self.errors: dict[int, LineError] = {}
        self.open: list[_Part] = [_Part()]
        self.begun = False
        self.too_deep = 0  # repeats that are open and not counted

    def take(self, number: int, line: str) -> None:
        """Read one line."""
        tokens = line.split("#")[0].lower().replace(",", " ").split()
        if not tokens:
            return
        read, wrong, right = _read(tokens)
        if wrong:
            self.wrong(number, wrong.text, wrong.hint, right)
        if read is not None:
            self._enter(number, line.split("#")[0].strip(), read)
        self.begun = True

    def done(self) -> Blueprint:
        """Close what is open."""
        for part in self.open[1:]:
            self.wrong(part.line, "repeat is not closed", "put `end` after what is repeated")
        while len(self.open) > 1:
            self._close()
        errors = tuple(self.errors[line] for line in sorted(self.errors))
        return Blueprint(self.input, tuple(self.open[0].layers), errors)

    def wrong(self, line: int, text: str, hint: str, right: str | None = None) -> None:
        """Note what is wrong at a line, unless something is already."""
        self.errors.setdefault(line, LineError(line, text, remedy(hint, right), right))

    def _enter(self, number: int, text: str, read: Read) -> None:
        match read:
            case Input():
                self._take_input(number, read)
            case Repeat() if len(self.open) > MOST_NESTED:
                self.too_deep += 1
                text = f"more than {MOST_NESTED} repeats inside each other"
                self.wrong(number, text, "take it and its `end` away")
            case Repeat():
                self.open.append(_Part(number, read.times))
            case End() if self.too_deep:
                self.too_deep -= 1
            case End() if len(self.open) == 1:
                self.wrong(number, "end without a repeat", "take the line away", "")
            case End():
                self._close()
            case _:
                self._add(number, [Layer(number, text, spec) for spec in read])

    def _take_input(self, number: int, read: Input) -> None:
        if self.input is not None:
            self.wrong(number, "the input is given already", "take the line away", "")
        elif self.begun:
            self.wrong(number, "input comes before the layers", "move it to the first line")
        self.input = self.input or read.shape

    def _close(self) -> None:
        part = self.open.pop()
        room = MOST_LAYERS - sum(len(each.layers) for each in self.open)
        times = min(part.times, max(1, room // max(1, len(part.layers))))
        if times < part.times:
            text = f"repeat {part.times} makes more than {counted(MOST_LAYERS)} layers"
            self.wrong(part.line, text, "fewer times", f"repeat {times}")
        rounds = range(1, times + 1) if part.layers else ()
        self.open[-1].layers += [
            replace(layer, rounds=((part.line, turn), *layer.rounds))
            for turn in rounds
            for layer in part.layers
        ]

    def _add(self, number: int, layers: list[Layer]) -> None:
        room = MOST_LAYERS - sum(len(part.layers) for part in self.open)
        if len(layers) > room:
            text = f"more than {counted(MOST_LAYERS)} layers"
            self.wrong(number, text, "the rest is left out; take the line away", "")
        self.open[-1].layers += layers[:room]


def _read(tokens: list[str]) -> tuple[Read | None, Wrong | None, str | None]:
    """Return what the words say, what is wrong with them, and the words that would be right.

    The fix of one fault may show the next; the first is the one that is told.
    """
    first: Wrong | None = None
    for _ in range(MOST_MENDS):
        try:
            return read(tokens), first, " ".join(tokens)
        except Wrong as wrong:
            first = first or wrong
            if wrong.instead is None:
                break
            tokens = wrong.instead
    return None, first, None
