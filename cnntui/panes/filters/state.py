"""The Filters pane's state: the picture, the kernel and what is done with them; every verb.

A verb that cannot be done returns the same state with its ``problem`` set.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np

from cnntui.engine.filtering import MOST_TIMES, Filtering
from cnntui.engine.geometry import Pair
from cnntui.engine.padded import Array
from cnntui.errors import UserError
from cnntui.parts.stepping.state import Edit, following
from cnntui.sources.inputs import Input, load_input
from cnntui.sources.kernels import Kernel, listed_kernels

AUTOMATIC = "automatic"
MAPPINGS = ("clipped", "signed", "magnitude")
SIZES = (16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024)  # of the longer side
BOARD: Pair = (20, 29)  # (rows, columns) of pixels at 80×24
NO_PICTURE = "only pictures are read larger or smaller; i chooses one"
KERNELS = tuple(kernel.name for kernel in listed_kernels() if kernel.key)


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture as it was read: ``natural`` is (H, W) in its file, ``cells`` what was asked for.

    ``fits`` says that the size was chosen for the screen and follows it.
    """

    source: Input
    natural: Pair
    cells: int | None = None
    fits: bool = False
    gray: bool = False


def read_picture(
    name: str,
    *,
    cells: int | None = None,
    board: Callable[[Pair], Pair] | None = None,
    gray: bool = False,
) -> Picture:
    """Read an input at its own size, at ``cells`` of the longer side, or so that it fits a board.

    ``board`` tells the room, (rows, columns) in pixels, for a picture of (H, W); a picture is
    never enlarged to fit. Raises UserError.
    """
    whole = load_input(name, gray=gray)
    natural = whole.values.shape[1], whole.values.shape[2]
    if board is not None:
        cells = fitting(natural, board(natural))
    if cells is None or cells == max(natural):
        return Picture(whole, natural, cells, board is not None, gray)
    source = load_input(name, cells=cells, gray=gray)
    return Picture(source, natural, cells, board is not None, gray)


def fitting(natural: Pair, board: Pair) -> int | None:
    """Return the longer side with which a picture fits a board; None where it does as it is."""
    scale = min(board[0] / natural[0], board[1] / natural[1])
    return None if scale >= 1 else max(1, int(max(natural) * scale + 1e-6))


@dataclass(frozen=True, eq=False, kw_only=True)
class FiltersState:
    """One kernel over one picture.

    ``chosen`` is the kernel that a reset goes back to. ``mapping`` is how values become colours,
    one of MAPPINGS or AUTOMATIC. ``tap`` is the kernel cell under the keys while ``editing``.
    """

    filtering: Filtering
    picture: Picture
    chosen: Kernel
    mapping: str = AUTOMATIC
    tap: Pair = (0, 0)
    editing: bool = False
    edits: tuple[Edit, ...] = ()
    board: Pair = BOARD
    device: str = "auto"
    problem: str = ""

    @classmethod
    def of(
        cls, picture: Picture, kernel: Kernel, stride: int = 1, times: int = 1, device: str = "auto"
    ) -> Self:
        """Open a picture with a kernel. Raises UserError."""
        filtering = Filtering(picture.source.values, plane_of(kernel), stride, times)
        return cls(filtering=filtering, picture=picture, chosen=kernel, device=device)

    @property
    def kernel_name(self) -> str:
        """The kernel's name; an edited one says so."""
        return self.chosen.name + (" edited" if self.edits else "")

    @property
    def listed_name(self) -> str:
        """The name under which the kernel is listed; one with a seed is ``random``."""
        return self.chosen.name.partition(":")[0]

    @cached_property
    def automatic(self) -> str:
        """The mapping that suits the kernel: by the sum of its weights, applied as often.

        Sums near 0 give results around 0, near 1 results as bright as the picture.
        """
        total, size = float(self.filtering.kernel.sum()), float(np.abs(self.filtering.kernel).sum())
        if not abs(total) > 1e-3 * size:
            return "signed"
        return "clipped" if 0.5 <= total**self.filtering.times <= 2 else "magnitude"

    @property
    def shown_as(self) -> str:
        """The mapping in force."""
        return self.automatic if self.mapping == AUTOMATIC else self.mapping

    @property
    def seen(self) -> tuple[object, ...]:
        """What the two pictures on the screen depend on."""
        return self.filtering, self.shown_as, self.board

    def refused(self, problem: UserError | str) -> Self:
        """Return the same state, saying why nothing was changed."""
        return replace(self, problem=str(problem))

    def sized(self, board: Pair) -> Self:
        """Return the state for another room on the screen: (rows, columns) of pixels."""
        return self if board == self.board else replace(self, board=board)

    @property
    def misfits(self) -> bool:
        """Whether the picture should be read anew, because it follows the screen's size."""
        picture = self.picture
        return picture.fits and fitting(picture.natural, self.board) != picture.cells

    # changes of the operation

    def _changed(self, **changes: object) -> Self:
        try:
            filtering = replace(self.filtering, **changes)  # type: ignore[arg-type]
        except UserError as problem:
            return self.refused(problem)
        return replace(self, filtering=filtering, problem="")

    def strided(self, by: int) -> Self:
        """Change the stride, up to the picture's shorter side."""
        stride = self.filtering.stride + by
        most = min(self.filtering.sizes[0])
        if stride > max(1, most):
            return self.refused(f"the picture has {most} cells on its shorter side; S strides less")
        return self._changed(stride=stride)

    def applied(self, by: int) -> Self:
        """Apply the filter so many times more, or fewer."""
        times = self.filtering.times + by
        if times > MOST_TIMES:
            return self.refused(f"{MOST_TIMES} times are the most; backspace applies once less")
        if times < 1:
            return self.refused("applied once is the least; n is the kernel that changes nothing")
        return self._changed(times=times)

    def mapped(self) -> Self:
        """Show the values in the next mapping: those that differ, then automatic again."""
        others = [name for name in MAPPINGS if name != self.automatic]
        now = self.mapping if self.mapping in others else AUTOMATIC
        return replace(self, mapping=following((AUTOMATIC, *others), now), problem="")

    def with_kernel(self, kernel: Kernel) -> Self:
        """Apply another kernel."""
        try:
            values = plane_of(kernel)
        except UserError as problem:
            return self.refused(problem)
        return replace(self._changed(kernel=values), chosen=kernel, edits=(), tap=(0, 0))

    def neighbour(self, by: int) -> str:
        """Return the name of the kernel listed before or after this one, around the end."""
        if self.listed_name not in KERNELS:
            return KERNELS[0 if by > 0 else -1]
        return KERNELS[(KERNELS.index(self.listed_name) + by) % len(KERNELS)]

    def named(self, name: str) -> str:
        """Return the kernel that a listed name stands for: ``random`` has a new seed each time."""
        if name != "random" or self.listed_name != "random":
            return name
        seed = self.chosen.name.split(":")[1:2]
        return f"random:{int(seed[0]) + 1 if seed else 1}"

    def with_picture(self, picture: Picture) -> Self:
        """Filter another picture with the same kernel; refuse what could not be resized."""
        longer = max(picture.source.values.shape[1:])
        if not picture.fits and picture.cells not in (None, longer):
            return self.refused(NO_PICTURE)
        stride = min(self.filtering.stride, *picture.source.values.shape[1:])
        changed = self._changed(input=picture.source.values, stride=stride)
        return replace(changed, picture=picture)

    def other_gray(self) -> bool:
        """Return whether the picture is to be read in grey when it is read the other way.

        Raises UserError where it has one channel in any case.
        """
        if not self.picture.gray and self.filtering.channels == 1:
            raise UserError("this picture has one channel: it is grey already")
        return not self.picture.gray

    def size_after(self, by: int) -> int | None:
        """Return the next size of the longer side; None is the whole picture. Raises UserError."""
        longer, whole = max(self.filtering.sizes[0]), max(self.picture.natural)
        if self.picture.source.kind not in ("picture", "file"):
            raise UserError(NO_PICTURE)
        if by > 0:
            if longer >= whole:
                raise UserError(f"these are all its {whole} pixels; [ reads it smaller")
            return next((size for size in SIZES if longer < size < whole), None)
        smaller = [size for size in SIZES if size < longer]
        if not smaller:
            raise UserError(f"it is {longer} wide or high, the fewest there are; ] reads it larger")
        return smaller[-1]

    def reset(self) -> Self:
        """Undo every edit; stride 1, applied once, the automatic mapping."""
        fresh = self._changed(kernel=plane_of(self.chosen), stride=1, times=1)
        return replace(fresh, edits=(), mapping=AUTOMATIC)

    # the kernel's cursor, and edits

    def editable(self, editing: bool = True) -> Self:
        """Show, or hide, the cursor on the kernel."""
        return replace(self, editing=editing, problem="")

    def moved(self, rows: int, columns: int) -> Self:
        """Move the cursor on the kernel, to the nearest cell there is."""
        return self.pointed(self.tap[0] + rows, self.tap[1] + columns)

    def pointed(self, row: int, column: int) -> Self:
        """Put the cursor on the nearest cell of the kernel."""
        height, width = self.filtering.kernel.shape
        tap = max(0, min(row, height - 1)), max(0, min(column, width - 1))
        return replace(self, tap=tap, problem="")

    @property
    def value(self) -> float:
        """The number under the cursor."""
        return float(self.filtering.kernel[self.tap])

    @property
    def cell(self) -> tuple[str, float]:
        """What the cell under the cursor is called, and its number."""
        return f"kernel[{self.tap[0]}, {self.tap[1]}]", self.value

    def with_cell(self, value: float) -> Self:
        """Write a number under the cursor."""
        edit = Edit("kernel", self.tap, self.value)
        return replace(self._written(self.tap, value), edits=(*self.edits, edit))

    def undone(self) -> Self:
        """Take back the last edit, and go to its cell."""
        if not self.edits:
            return self.refused("nothing to undo; e edits the kernel")
        edit = self.edits[-1]
        row, column = edit.place
        written = self._written((row, column), edit.value)
        return replace(written, edits=self.edits[:-1], tap=(row, column))

    def _written(self, place: Pair, value: float) -> Self:
        kernel = self.filtering.kernel.copy()
        kernel[place] = np.float32(value)
        return self._changed(kernel=kernel)


def plane_of(kernel: Kernel) -> Array:
    """Return a kernel as (kh, kw). Raises UserError for a bank."""
    values = kernel.values
    if values.ndim > 2 and values.shape[:-2] != (1,) * (values.ndim - 2):
        size = "×".join(map(str, values.shape))
        raise UserError(
            f"{kernel.name} is a bank of filters ({size}); one plane (height, width) is applied "
            "here, the Convolution pane shows banks"
        )
    return values.reshape(values.shape[-2:])
