"""A widget that is lines of text, of which only the cells that changed are sent to the terminal.

What every widget that draws lines is built on: its styles, its lines, its size.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from cnntui.ui.drawing import ansi_difference as wire  # noqa: F401  (fewer bytes a change)

Line = TypeVar("Line", bound=Hashable)
Run = tuple[str, Style | None]
GAP = 8  # a cursor movement costs about as many bytes as cells in between


class Board(Widget):
    """Lines of text, refreshed cell by cell.

    Assign ``strips`` (or call ``show``) with all lines: those cells that differ from what was shown
    are repainted, and nothing else. A segment without a style, or with a style that lacks a colour,
    takes what is missing from the widget's CSS. Lines are cropped or padded to the widget's width.
    With ``width: auto`` and ``height: auto`` the board is as large as its lines.

    A widget built on it says in ``redraw`` what is shown, by ``show_lines``. A look is the name of
    a component class without its ``PREFIX``.
    """

    ALLOW_SELECT = False
    PREFIX: ClassVar[str] = ""  # of its component classes: "grid--"

    DEFAULT_CSS = """
    Board { width: auto; height: auto; }
    """

    strips: reactive[tuple[Strip, ...]] = reactive((), repaint=False, init=False)

    @dataclass
    class Resized(Message):
        """The board has another room on the screen, in characters and lines."""

        view: Board
        width: int
        height: int

        @property
        def control(self) -> Board:
            """The widget that was given the room."""
            return self.view

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._styles: dict[str, Style | None] = {}
        self._shown: dict[Any, Strip] = {}

    def redraw(self) -> None:
        """Show what there is to be shown."""

    def notify_style_update(self) -> None:
        """Draw anew in the theme's colours, once Textual has set those of the components."""
        super().notify_style_update()
        if self.is_mounted and self._styles:
            self.call_next(self.restyle)

    def restyle(self) -> None:
        """Forget the styles and the lines drawn in them, and draw anew."""
        self._styles, self._shown = {}, {}
        self.redraw()

    def style_of(self, look: str) -> Style | None:
        """Return the style of a look, None for that of "", which has none."""
        if look not in self._styles:
            self._styles[look] = self.made_style(look) if look else None
        return self._styles[look]

    def made_style(self, look: str) -> Style:
        """Return the style of a look that was not met before."""
        return self.get_component_styles(f"{self.PREFIX}{look}").rich_style

    def show_lines(self, lines: Iterable[Line], draw: Callable[[Line], Strip]) -> None:
        """Show lines; those that were shown before stay the same strips."""
        lines = tuple(lines)
        self._shown = {line: self._shown.get(line) or draw(line) for line in lines}
        self.show(self._shown[line] for line in lines)

    def on_resize(self, event: events.Resize) -> None:
        """Tell how much room there is."""
        self.post_message(self.Resized(self, event.size.width, event.size.height))

    def show(self, strips: Iterable[Strip]) -> None:
        """Show these lines instead of the present ones."""
        self.strips = tuple(strips)

    def watch_strips(self, old: tuple[Strip, ...], new: tuple[Strip, ...]) -> None:
        """Repaint what differs; lay out anew where the natural size is another one."""
        if self.styles.auto_dimensions and _extent(old) != _extent(new):
            self.refresh(layout=True)
        elif len(old) != len(new):
            self.refresh()
        elif regions := changed_regions(old, new):
            self.refresh(*regions)

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """Return the width of the longest line."""
        return _extent(self.strips)[0]

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the number of lines."""
        return len(self.strips)

    def render_line(self, y: int) -> Strip:
        """Return line ``y`` on the widget's background, as wide as the widget."""
        base, width = self.visual_style.rich_style, self.size.width
        if y >= len(self.strips):
            return Strip.blank(width, base)
        return Strip(_over(base, self.strips[y].adjust_cell_length(width)), width)


def _extent(strips: tuple[Strip, ...]) -> tuple[int, int]:
    """Return (width, height) of these lines in cells."""
    return max((strip.cell_length for strip in strips), default=0), len(strips)


def _over(base: Style, strip: Strip) -> list[Segment]:
    """Put what each segment's style lacks from ``base`` below it.

    A style with both colours is left as it is: adding styles costs 3 µs where a picture has more
    colour pairs than Rich's cache of sums holds.
    """
    return [
        segment
        if (style := segment.style) is not None and style.color and style.bgcolor
        else Segment(segment.text, base if style is None else base + style)
        for segment in strip
    ]


def changed_regions(old: tuple[Strip, ...], new: tuple[Strip, ...]) -> list[Region]:
    """Return one region a line that covers the cells in which the lines differ."""
    regions: list[Region] = []
    for y, (before, after) in enumerate(zip(old, new, strict=True)):
        if before is not after and (span := changed_span(before, after)):
            regions += (Region(x, y, end - x, 1) for x, end in split(before, after, *span))
    return regions


def split(old: Strip, new: Strip, start: int, end: int) -> list[tuple[int, int]]:
    """Cut a changed span where GAP or more of its cells in a row are the same."""
    if end - start <= 2 * GAP:
        return [(start, end)]
    ours, theirs = _cells(old, start, end), _cells(new, start, end)
    if not len(ours) == len(theirs) == end - start:  # a character is not one cell wide
        return [(start, end)]
    same = [a == b for a, b in zip(ours, theirs, strict=True)]
    spans, first, alike = [], 0, 0
    for at, equal in enumerate(same):
        if not equal and alike >= GAP:
            spans.append((start + first, start + at - alike))
            first = at
        alike = alike + 1 if equal else 0
    return [*spans, (start + first, end)]


def _cells(strip: Strip, start: int, end: int) -> list[Run]:
    """Return the cells of a line from ``start`` to ``end``, one run each."""
    return [(c, segment.style) for segment in strip.crop(start, end) for c in segment.text]


def changed_span(old: Strip, new: Strip) -> tuple[int, int] | None:
    """Return the first differing cell and the one after the last; None where all are equal.

    Cells differ in character or style, however the segments are cut. A line with characters that
    are not one cell wide counts as changed from end to end.
    """
    ours, theirs = list(_runs(old)), list(_runs(new))
    if ours == theirs:
        return None
    width = max(old.cell_length, new.cell_length)
    if old.cell_count != old.cell_length or new.cell_count != new.cell_length:
        return 0, width
    start = _common(ours, theirs)
    if old.cell_length != new.cell_length:
        return start, width
    if start == width:
        return None
    end = width - _common(_backwards(ours), _backwards(theirs))
    return start, end


def _runs(strip: Strip) -> Iterable[Run]:
    return ((segment.text, segment.style) for segment in strip if segment.text)


def _backwards(runs: list[Run]) -> list[Run]:
    return [(text[::-1], style) for text, style in reversed(runs)]


def _common(ours: list[Run], theirs: list[Run]) -> int:
    """Count the characters that both begin with, in equal styles."""
    count = 0
    left, right = iter(ours), iter(theirs)
    a, style_a = next(left, ("", None))
    b, style_b = next(right, ("", None))
    while a and b and style_a == style_b:
        size = min(len(a), len(b))
        if a[:size] != b[:size]:
            return count + next(i for i in range(size) if a[i] != b[i])
        count += size
        a, b = a[size:], b[size:]
        if not a:
            a, style_a = next(left, ("", None))
        if not b:
            b, style_b = next(right, ("", None))
    return count
