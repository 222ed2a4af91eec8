"""What the Filters pane shows, as numbers and words, and how it is laid out.

What takes the whole picture comes from ``develop``; nothing here does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnntui.engine.filtering import Statistics
from cnntui.engine.geometry import Pair, formula
from cnntui.engine.padded import Array
from cnntui.ground.bars import bars
from cnntui.ground.lines import Line, cropped, line
from cnntui.ground.widths import padded
from cnntui.numbers import shape, short
from cnntui.panes.filters.develop import TAIL, Developed
from cnntui.panes.filters.state import FiltersState
from cnntui.parts.boards.grids import Board, Marks, Scale, framed, no_marks, put
from cnntui.parts.boards.viewport import Viewport
from cnntui.sources.kernels import listed_kernels
from cnntui.ui.frames.boards import CURSOR, GridFrame
from cnntui.ui.frames.pictures import PictureFrame

LEGEND = tuple(kernel for kernel in listed_kernels() if kernel.key)
LEGEND_WIDTH = 19
MOST_SHARED = 121  # weights of a kernel for which a common fraction is looked for
SIZE_LINES = 2  # of the words
HINTS = "s/S stride  bksp once less  ←→ kernels  o grey  w display  [/] size  f fit"


@dataclass(frozen=True)
class Layout:
    """Sizes in lines and characters: two pictures with their figures, the kernel in between."""

    picture: int  # width of a picture, in characters and pixels
    middle: int
    picture_lines: int
    bars: int  # lines of a histogram
    beside: bool  # the keys of the kernels stand below the kernel; else below everything
    body: int  # lines

    @property
    def board(self) -> Pair:
        """(rows, columns) of pixels for a picture: two rows a line."""
        return 2 * self.picture_lines, self.picture

    def kernel_lines(self, rows: int) -> int:
        """Return the lines of a kernel of so many rows, its title and a blank line."""
        room = self.body - len(LEGEND) if self.beside else self.body
        return max(2, min(room, max(5, rows) + 2))


def layout(width: int, height: int, natural: Pair) -> Layout:
    """Share out ``width`` × ``height`` characters for a picture of (H, W).

    A picture is as large as the room allows; the histograms take what lines are left, 1 to 8.
    """
    beside = width >= 100 and height >= len(LEGEND) + 14
    middle = 21 if beside else 16
    picture = max(8, (width - middle - 4) // 2)
    below = 0 if beside else len(legend_rows(width))
    body = max(6, height - 2 - below - SIZE_LINES)  # heading and status
    wanted = -(-round(picture * natural[0] / natural[1]) // 2)
    lines = max(2, min(wanted, body - 4))  # title, axis, figures, and a bar
    bars = max(1, min(8, body - lines - 3))
    tall = 1 + lines + bars + 2
    return Layout(
        picture, middle, lines, bars, beside, max(tall, 9 + len(LEGEND)) if beside else tall
    )


def legend_rows(width: int) -> range:
    """Return the rows of the keys of the kernels in lines of ``width``."""
    return range(-(-len(LEGEND) // max(1, width // LEGEND_WIDTH)))


@dataclass(frozen=True)
class FiltersFrame:
    """One screenful. Pictures are None, and figures empty, until the first has been developed."""

    subtitle: str
    counter: str
    kernel: GridFrame
    source_title: str
    result_title: str
    source: PictureFrame | None
    result: PictureFrame | None
    source_figures: tuple[Line, ...]
    result_figures: tuple[Line, ...]
    legend: tuple[Line, ...]
    words: tuple[Line, ...]


def frame_of(
    state: FiltersState,
    developed: Developed | None,
    width: int,
    plan: Layout,
    unicode: bool = True,
) -> FiltersFrame:
    """Return the frame of a state; ``developed`` may be of an earlier one."""
    return FiltersFrame(
        subtitle=subtitle(state),
        counter=counter(state),
        kernel=kernel_frame(state, plan),
        source_title=f"source {shape(state.filtering.sizes[0])}",
        result_title=_result_title(state, developed),
        source=developed.source_picture if developed else None,
        result=developed.result_picture if developed else None,
        source_figures=figures(developed.source, plan, unicode) if developed else (),
        result_figures=figures(developed.output, plan, unicode) if developed else (),
        legend=legend(state, plan.middle if plan.beside else width, unicode),
        words=words_of(state, width, developed),
    )


def subtitle(state: FiltersState) -> str:
    """Return what is filtered and how."""
    filtering = state.filtering
    channels = {1: "grey", 3: "RGB, each channel by itself"}
    return " · ".join(
        [
            state.picture.source.name,
            state.kernel_name,
            f"stride {filtering.stride}",
            channels.get(filtering.channels, f"{filtering.channels} channels, each by itself"),
        ]
    )


def counter(state: FiltersState) -> str:
    """Return how often the filter is applied, and how the result is shown."""
    times = state.filtering.times
    often = "applied once" if times == 1 else f"applied {times} times"
    how = {
        "clipped": "shown as the picture is",
        "signed": "shown with its sign",
        "magnitude": "shown without sign",
    }[state.shown_as]
    channels = state.filtering.channels
    mean = f", mean of {channels} channels" if state.shown_as == "signed" and channels > 1 else ""
    return f"{often} · {how}{mean}"


def _result_title(state: FiltersState, developed: Developed | None) -> str:
    size = shape(state.filtering.output_shape[1:])
    return f"result {size}" + (f" · {developed.mapping}" if developed else "")


# the kernel


def kernel_frame(state: FiltersState, plan: Layout) -> GridFrame:
    """Return the kernel's board, in whole numbers of a common fraction where there is one."""
    kernel = state.filtering.kernel
    height, width = kernel.shape
    share = denominator(kernel)
    shown = np.rint(kernel * share) if share > 1 else kernel
    measured = Scale.of(shown)
    cell = max(2, min(measured.cell, (plan.middle - 1) // width)) if width < plan.middle else 2
    row, column = state.tap
    port = Viewport(plan.middle, plan.kernel_lines(height)).following(
        range(row, row + 1), range(column, column + 1), (range(height), range(width)), cell
    )

    def values(rows: range, columns: range) -> Array:
        return shown[rows.start : rows.stop, columns.start : columns.stop]

    def marks(rows: range, columns: range) -> Marks:
        flags = no_marks(rows, columns)
        if state.editing:
            put(flags, CURSOR, rows, columns, state.tap)
        return flags

    size = f"{height}×{width}"
    title = f"{size} in 1/{share}" if share > 1 else f"kernel {size}"
    board = Board(
        "kernel", title, range(height), range(width), values, marks, Scale(cell, measured.limit)
    )
    return framed(board, port, "numbers", state.editing)


def denominator(kernel: Array) -> int:
    """Return the n, 2 to 1024, in 1/n of which all weights are whole; 1 where there is none."""
    if kernel.size > MOST_SHARED or not np.isfinite(kernel).all():
        return 1
    scaled = np.arange(1.0, 1025)[:, None] * kernel.ravel()
    whole = np.abs(scaled - np.rint(scaled)).max(axis=1) < 1e-5
    return int(whole.argmax()) + 1 if whole.any() else 1


# the figures


def figures(of: Statistics, plan: Layout, unicode: bool) -> tuple[Line, ...]:
    """Return the histogram, its range, and the mean and share of negative values."""
    spread = max(1, plan.picture // len(of.counts))  # columns of a bin
    counts = tuple(count for count in of.counts for _ in range(spread))
    return (
        *(line(row, "dim") for row in bars(counts, plan.bars, unicode)),
        line(_axis(of, min(len(counts), plan.picture)), "dim"),
        cropped(line(_figures(of)), plan.picture),
    )


def _axis(of: Statistics, width: int) -> str:
    """Return the range below a histogram, and where 0 lies in it."""
    first, last = short(of.min), short(of.max)
    text = first + last.rjust(width - len(first))
    low, high = of.edges[0], of.edges[-1]
    zero = int(-low / (high - low) * width) if low < 0 < high else -1
    if len(first) + 1 <= zero < width - len(last) - 1:
        text = text[:zero] + "0" + text[zero + 1 :]
    return text


def _figures(of: Statistics) -> str:
    parts = [f"mean {short(of.mean)}"]
    if of.negative:
        percent = 100 * of.negative
        parts.append(f"negative {percent:.0f} %" if percent >= 0.5 else "negative <1 %")
    if of.strange:
        parts.append(f"{of.strange} not finite")
    return " · ".join(parts)


# the words


def legend(state: FiltersState, width: int, unicode: bool) -> tuple[Line, ...]:
    """Return the keys of the kernels, down the columns; the present one is marked."""
    rows = legend_rows(width)
    cells = [_legend_cell(kernel.key, kernel.name, state, unicode) for kernel in LEGEND]
    return tuple(tuple(run for cell in cells[row :: len(rows)] for run in cell) for row in rows)


def _legend_cell(key: str, name: str, state: FiltersState, unicode: bool) -> Line:
    here = name == state.listed_name
    sign = ("▸" if unicode else ">") if here else " "
    role = "kernel" if here else ""
    return ((sign, role), (key, "key"), (padded(f" {name}", LEGEND_WIDTH - 2), role))


def words_of(state: FiltersState, width: int, developed: Developed | None) -> tuple[Line, ...]:
    """Return the sizes, the kernel's meaning and, last, more keys; what fits."""
    return tuple(
        cropped(each, width)
        for each in (
            line(_size_words(state, width)),
            line(HINTS, "dim"),
            *_kernel_words(state, developed),
        )
    )


def _size_words(state: FiltersState, width: int) -> str:
    filtering = state.filtering
    if filtering.stride == 1:
        (top, bottom), (left, right) = filtering.pads
        padding = str(top) if top == bottom == left == right else f"{top}+{bottom}, {left}+{right}"
        return (
            f"padding same ({padding}), edge cells repeated: the size stays, however often applied"
        )
    sizes = " → ".join(shape(size) for size in filtering.sizes)
    rows, _ = filtering.axes(filtering.sizes[0])
    text = f"height {formula(rows)} · {sizes}"
    edges = ", edge cells repeated"
    return text + (edges if len(text) + len(edges) <= width else "")


def _kernel_words(state: FiltersState, developed: Developed | None) -> list[Line]:
    summary = {kernel.name: kernel.summary for kernel in LEGEND}.get(state.listed_name, "")
    total = short(float(state.filtering.kernel.sum()))
    weights = f"the weights sum to {total}"
    lines = [line(f"{state.kernel_name}: {summary + '; ' if summary else ''}{weights}")]
    if developed and state.shown_as != "clipped":
        beyond = f"{100 - TAIL:.0f} % of the pixels may lie beyond them"
        lines.append(line(f"the colours end at the limits in the title; {beyond}", "dim"))
    if developed and developed.source_picture.width < state.filtering.sizes[0][1]:
        drawn = developed.source_picture.height, developed.source_picture.width
        lines.append(line(f"drawn {shape(drawn)}: each pixel is the mean of several", "dim"))
    return lines
