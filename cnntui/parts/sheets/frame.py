"""What a sheet of pictures shows: tiles, captions, one picture's numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cnntui.ground.lines import Line, cropped, line
from cnntui.ground.widths import cells, shortened_to
from cnntui.numbers import short
from cnntui.parts.boards.grids import Board, Scale, framed, no_marks
from cnntui.parts.boards.viewport import Viewport
from cnntui.parts.sheets.pixels import Array, Pictures, drawn
from cnntui.parts.sheets.state import Sheet
from cnntui.ui.frames.boards import GridFrame
from cnntui.ui.frames.sheets import SheetFrame, Tile

Captions = Callable[[int, int], tuple[Line, ...]]  # of a position, in a width

CHANNELS = {1: ("grey",), 3: ("red", "green", "blue")}
INITIALS = "RGB"


def sheet_frame(
    sheet: Sheet, page: Pictures, captions: Captions, colors: str = "truecolor", message: str = ""
) -> SheetFrame:
    """Return the page of a sheet; ``page`` holds the pictures at the positions that are shown.

    ``captions(position, width)`` gives what stands below each; ``message`` what is said where there
    is no picture.
    """
    plan = sheet.plan
    room = min(plan.tile_width - 1, plan.size[1] + 1)  # a column parts it from the next one
    tiles = tuple(
        Tile(picture, tuple(cropped(each, room) for each in captions(at, room)))
        for at, picture in zip(sheet.shown, drawn(page, plan.size, colors), strict=True)
    )
    cursor = sheet.cursor if tiles else -1
    return SheetFrame(
        plan.columns,
        plan.tile_width,
        plan.tile_height,
        tiles,
        sheet.shown.start,
        sheet.total,
        cursor,
        "" if tiles else message,
    )


def caption(left: str, right: str, width: int, role: str = "") -> Line:
    """Put a text, and a dim one at the end of the line where there is room for both."""
    left = shortened_to(left, width)
    gap = width - cells(left) - cells(right) - 1
    more = ((" " * gap + right, "dim"),) if right and gap > 0 else ()
    return ((left, role), *more)


def judged(
    true: str, guess: str, share: float, width: int, unicode: bool = True
) -> tuple[Line, ...]:
    """Say a guess with its probability, and what would have been right: two lines.

    ``✓ cat 98 %`` is right, ``✗ dog 77 %`` above ``is cat`` is wrong.
    """
    right = true == guess
    sign = ("✓" if right else "✗") if unicode else ("ok" if right else "NO")
    percent = f" {100 * share:.0f} %"
    name = shortened_to(guess, width - cells(f"{sign} {percent}"))
    judgement = line(f"{sign} {name}{percent}", "good" if right else "bad")
    return judgement, () if right else caption(f"is {true}", "", width, "dim")


def kernel_captions(weight: Array) -> Captions:
    """Return the captions of kernels (out, in, h, w): filter, input, and the largest weight."""
    channels = int(weight.shape[1])
    names = INITIALS if channels == len(INITIALS) else tuple(map(str, range(channels)))

    def captions(position: int, width: int) -> tuple[Line, ...]:
        filter_, channel = divmod(position, channels)
        name = f"{filter_}" if channels == 1 else f"{filter_} {names[channel]}"
        largest = float(abs(weight[filter_, channel]).max())
        return (caption(name, f"±{short(largest)}", width),)

    return captions


def numbers_frame(values: Array, title: str, width: int, height: int) -> GridFrame:
    """Return one plane (H, W) as numbers on colours; of a larger one than there is room its middle.

    ``width`` × ``height`` are characters, the title's line among them.
    """
    rows, columns = values.shape
    scale = Scale.of(values)
    port = Viewport(width, height)
    port = Viewport(
        width,
        height,
        max(0, (rows - port.rows) // 2),
        max(0, (columns - port.columns(scale.cell)) // 2),
    )
    board = Board(
        "input",
        title,
        range(rows),
        range(columns),
        lambda r, c: values[r.start : r.stop, c.start : c.stop],
        no_marks,
        scale,
    )
    return framed(board, port, "heat+numbers", False)


def described(name: str, values: Sequence[float]) -> str:
    """Write one number a channel, those of three by their names: ``mean 77.2``."""
    if len(values) != 3:
        return f"{name} {', '.join(map(short, values))}"
    parts = (f"{n} {short(v)}" for n, v in zip(CHANNELS[3], values, strict=True))
    return f"{name} {', '.join(parts)}"
