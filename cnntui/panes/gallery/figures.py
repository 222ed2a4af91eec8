"""The figures of a data set as lines: histograms of its pixels and bars of its classes."""

from __future__ import annotations

from collections.abc import Sequence

from cnntui.datasets.dataset import SPLITS
from cnntui.datasets.figures import BINS, Figures
from cnntui.ground.bars import growing, rising
from cnntui.ground.lines import Line, Run, cropped, line, width_of
from cnntui.ground.widths import cells, cropped_text, fitted_text, padded
from cnntui.numbers import counted, fitted
from cnntui.panes.gallery.state import GalleryState
from cnntui.parts.sheets.frame import CHANNELS, caption

GAP = 2
WIDEST_BAR = 24
LEAST = 9  # columns of a channel's histogram
ROLES = {"train": "input", "validation": "kernel", "test": "output"}
SHORT = {"train": "train", "validation": "val", "test": "test"}


def figures_lines(state: GalleryState, width: int, height: int) -> tuple[Line, ...]:
    """Return what there is room for: the pixels, then the classes from the first one on view."""
    figures = state.figures
    if figures is None:
        return (line("counting …", "dim"),)
    tall = 6 if height >= 28 else 3 if height >= 16 else 1
    pixels = pixel_lines(figures, width, tall)
    notes = [caption(f"note: {note}", "", width, "dim") for note in figures.notes[:2]]
    room = max(1, height - len(pixels) - len(notes) - 1)
    top = max(0, min(state.top, len(figures.classes) - room))
    return (*pixels, *notes, *class_lines(figures, width, room, top))


# the pixels


def pixel_lines(figures: Figures, width: int, tall: int) -> tuple[Line, ...]:
    """Return a histogram a channel, side by side, with the channel's mean and deviation."""
    channels = len(figures.histogram)
    across = max(1, min(channels, (width + GAP) // (LEAST + GAP)))
    each = (width + GAP) // across - GAP
    names = CHANNELS.get(channels) or tuple(f"channel {n}" for n in range(channels))
    blocks = [_channel(names[at], figures, at, each, tall) for at in range(channels) if at < across]
    rows = [_joined(row, each) for row in zip(*blocks, strict=True)]
    if across < channels:
        rows.append(line(f"and {channels - across} more channels", "dim"))
    title = "pixels of the training pictures, 0 to 1"
    return (line(title if cells(title) <= width else "training pixels, 0 to 1", "strong"), *rows)


def _channel(name: str, figures: Figures, at: int, width: int, tall: int) -> list[Line]:
    """Return the lines of a channel: its figures, the bars, their axis."""
    mean, deviation = (fitted(each[at], 6) for each in (figures.mean, figures.deviation))
    brief = "±".join(fitted(each[at], 4) for each in (figures.mean, figures.deviation))
    counts = rebinned(figures.histogram[at], width)
    spread = max(1, min(2, width // len(counts)))
    bars = rising([count for count in counts for _ in range(spread)], tall)
    axis = _axis(counts, spread * len(counts))
    texts = (f"{name} mean {mean} deviation {deviation}", f"{mean} ± {deviation}", brief)
    text = next((text for text in texts if cells(text) <= width), texts[-1])
    return [line(cropped_text(text, width)), *(line(bar) for bar in bars), line(axis, "dim")]


def _axis(counts: Sequence[int], width: int) -> str:
    """Write the ends of a histogram and, where there is room, which share its highest bar is."""
    share = f"highest bar {100 * max(counts) / (sum(counts) or 1):.0f} %"
    middle = share if len(share) + 4 <= width else ""
    return "0" + middle.center(max(0, width - 2)) + "1"


def rebinned(counts: Sequence[int], width: int) -> tuple[int, ...]:
    """Add neighbouring bins up until they fit, a power of two of them."""
    together = 1
    while BINS // together > max(1, width):
        together *= 2
    return tuple(sum(counts[i : i + together]) for i in range(0, len(counts), together))


def _joined(blocks: Sequence[Line], width: int) -> Line:
    runs: list[Run] = []
    for block in blocks:
        runs += [*block, (" " * (width - width_of(block) + GAP), "")]
    return tuple(runs)


# the classes


def class_lines(figures: Figures, width: int, room: int, top: int) -> tuple[Line, ...]:
    """Return a head and ``room`` classes: a bar and a count a split, by the split's largest."""
    classes = len(figures.classes)
    shown = range(top, min(top + room, classes))
    title = "class" if len(shown) == classes else f"{shown.start + 1}–{shown.stop} of {classes}"
    longest = max(map(cells, figures.classes))
    name_width = max(cells(title), min(longest, width // 5))
    splits = _fitting(figures, width - name_width)
    each = (width - name_width) // max(1, len(splits)) - GAP
    head = _head(figures, splits, padded(title, name_width), each)
    rows = [_class(figures, label, splits, name_width, each) for label in shown]
    return tuple(cropped(row, width) for row in (head, *rows))


def _head(figures: Figures, splits: Sequence[str], title: str, each: int) -> Line:
    runs: list[Run] = [(title, "strong")]
    for split in splits:
        text = f"{SHORT[split]} {counted(figures.examples(split))}"
        text = text if cells(text) <= each else cropped_text(SHORT[split], each)
        runs.append((" " * GAP + padded(text, each), ROLES[split]))
    return tuple(runs)


def _class(figures: Figures, label: int, splits: Sequence[str], name_width: int, each: int) -> Line:
    runs: list[Run] = [(fitted_text(figures.classes[label], name_width), "")]
    for split in splits:
        counts = figures.counts[split]
        digits = _digits(figures, split)
        room = min(WIDEST_BAR, each - digits - 1)
        bar = growing(counts[label], max(counts), room) + " " if room > 0 else ""
        number = padded(counted(counts[label]), digits, right=True)
        runs += [(" " * GAP + bar, ROLES[split]), (padded(number, each - cells(bar)), "")]
    return tuple(runs)


def _fitting(figures: Figures, width: int) -> list[str]:
    """Return the splits that have pictures, as many as there is room for the counts of."""
    splits = [split for split in SPLITS if figures.examples(split)]
    while len(splits) > 1 and any(
        _digits(figures, split) > width // len(splits) - GAP for split in splits
    ):
        splits.pop()
    return splits


def _digits(figures: Figures, split: str) -> int:
    return len(counted(max(figures.counts[split])))
