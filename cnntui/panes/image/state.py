"""What the Pictures pane shows of a picture, and where its cursor is."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Self

import numpy as np

from cnntui.engine.colours import NAMES, Space, gray_bytes, space_called
from cnntui.engine.preprocessing import Recipe, recipe_called, recipes
from cnntui.errors import UserError
from cnntui.numbers import pair
from cnntui.panes.image.augment import COMBINED, Augmenting
from cnntui.panes.image.reading import Floats, Pair, Photo, read_photo
from cnntui.panes.image.resize import METHODS, targets

MODES = ("numbers", "channels", "histogram", "resize", "preprocess", "augment")
FIRST = "chelsea"
ROOM = (78, 19)  # characters and lines, until the screen has told its own
FACTORS = (0.25, 1.0, 4.0)  # drawn pixels a pixel, between the whole picture and the cells
WORDS = 34  # columns of the words beside a picture
LOW = 14  # lines below which the words begin with what the cursor changes
BESIDE = 64  # columns from which there is room for them
AS_IT_IS = ("rgb", "bgr", "gray", "gray3")  # spaces whose numbers are in the picture's own units


@dataclass(frozen=True, eq=False, kw_only=True)
class PicturesState:
    """One picture, in one of MODES; ``cursor`` is (row, column) of a pixel.

    ``zoom`` counts steps from the whole picture on. ``recipe`` is the preprocessing on view, and
    ``method`` and ``target`` say how, and to which of the sizes, the picture is resized.
    """

    photo: Photo
    mode: str = "numbers"
    cursor: Pair
    zoom: int = 0
    space: str = "rgb"
    method: int = 0
    target: int = 0
    recipe: Recipe
    augmenting: Augmenting = field(default_factory=Augmenting)
    width: int = ROOM[0]
    height: int = ROOM[1]
    problem: str = ""

    @classmethod
    def of(
        cls,
        photo: Photo,
        mode: str = "numbers",
        space: str = "rgb",
        recipe: Recipe | None = None,
        augmenting: Augmenting | None = None,
    ) -> Self:
        """Show a picture, its middle under the cursor. Raises UserError."""
        middle = photo.size[0] // 2, photo.size[1] // 2
        return cls(
            photo=photo,
            mode=mode,
            cursor=middle,
            space=space_called(space).name,
            recipe=recipe or recipe_called("imagenet", photo.white),
            augmenting=augmenting or Augmenting(),
        )

    @classmethod
    def open(cls, name: str = FIRST, mode: str = "numbers", space: str = "rgb") -> Self:
        """Read a picture by its name and show it. Raises UserError."""
        return cls.of(read_photo(name), mode, space)

    # what is there to be known

    @property
    def pixels(self) -> int:
        """How many pixels the picture has."""
        return self.photo.pixels

    @property
    def values(self) -> int:
        """How many values: pixels times channels."""
        return self.photo.pixels * self.photo.channels

    @property
    def pixel(self) -> tuple[float, ...]:
        """The values under the cursor: red, green, blue, or one grey."""
        row, column = self.cursor
        return tuple(float(value) for value in self.photo.values[:, row, column])

    @property
    def converted(self) -> tuple[float, ...]:
        """The pixel under the cursor in the chosen colour space."""
        row, column = self.cursor
        pixel = self.part(slice(row, row + 1), slice(column, column + 1))
        return tuple(float(value) for value in pixel[:, 0, 0])

    @property
    def spaced(self) -> Space:
        """The chosen colour space."""
        return space_called(self.space)

    def part(self, rows: slice, columns: slice) -> Floats:
        """Return a part of the picture in the chosen space, in the units its numbers are shown in.

        RGB and grey are in the picture's own units, grey bytes rounded as Pillow rounds them.
        """
        photo = self.photo
        if self.space.startswith("gray") and photo.dtype == "uint8":
            part = photo.values[:, rows, columns].astype(np.uint8)
            grey = gray_bytes(part) if photo.channels == 3 else part
            return grey.astype(np.float64).repeat(len(self.spaced.channels), axis=0)
        values = self.spaced.convert(photo.rgb(rows, columns))
        if self.space not in AS_IT_IS:
            return values
        scaled = values * photo.white
        return (
            np.rint(scaled) if photo.dtype != "float32" and self.space in ("rgb", "bgr") else scaled
        )

    @property
    def ranges(self) -> tuple[tuple[float, float], ...]:
        """The least and the largest value each channel of the space can have."""
        scale = self.photo.white if self.space in AS_IT_IS else 1.0
        return tuple((low * scale, high * scale) for low, high in self.spaced.ranges)

    @property
    def beside(self) -> bool:
        """Whether words stand beside a picture, else below."""
        return self.width >= BESIDE

    @property
    def low(self) -> bool:
        """Whether there is room for a few lines alone, as beside a lesson."""
        return self.height < LOW

    @property
    def picture_room(self) -> Pair:
        """(lines, columns) for a picture with words beside it or below."""
        if self.beside:
            return self.height, self.width - WORDS - 2
        return max(2, self.height // 2), self.width

    @cached_property
    def factors(self) -> tuple[float, ...]:
        """Drawn pixels a pixel of each zoom between the whole picture and the cells."""
        lines, columns = self.picture_room
        whole = min(2 * lines / self.photo.size[0], columns / self.photo.size[1])
        return tuple(factor for factor in FACTORS if factor > whole)

    @property
    def most_zoom(self) -> int:
        """The zoom at which the cells stand with their values."""
        return len(self.factors) + 1

    @property
    def in_cells(self) -> bool:
        """Whether the numbers themselves are shown."""
        return self.mode == "numbers" and self.zoom >= self.most_zoom

    @property
    def sizes(self) -> tuple[Pair, ...]:
        """The sizes the picture can be resized to."""
        return targets(self.photo.size)

    @property
    def resized_to(self) -> Pair:
        """The size it is resized to."""
        return self.sizes[min(self.target, len(self.sizes) - 1)]

    # verbs

    def refused(self, problem: UserError | str) -> Self:
        """Return the same state, saying why nothing was changed."""
        return replace(self, problem=str(problem))

    def sized(self, width: int, height: int) -> Self:
        """Lay out for another room, in characters and lines."""
        return replace(self, width=max(1, width), height=max(1, height))

    def shown(self, mode: str) -> Self:
        """Go to one of MODES."""
        return replace(self, mode=mode, problem="")

    def turned(self, by: int) -> Self:
        """Go to the next mode, or the one before, round the end."""
        return self.shown(MODES[(MODES.index(self.mode) + by) % len(MODES)])

    def moved(self, rows: int, columns: int) -> Self:
        """Move the cursor; in resize choose a method or size, in augment a line or its strength."""
        if self.mode == "resize":
            return self.resized_by(rows).compared(columns)
        if self.mode == "augment":
            return self._augmented(self.augmenting.moved(rows).stronger(columns))
        return self.pointed(self.cursor[0] + rows, self.cursor[1] + columns)

    def jumped(self, rows: int, columns: int) -> Self:
        """Move the cursor by tenths of the picture."""
        step = max(2, max(self.photo.size) // 10)
        return self.pointed(self.cursor[0] + rows * step, self.cursor[1] + columns * step)

    def pointed(self, row: int, column: int) -> Self:
        """Put the cursor on the nearest pixel."""
        height, width = self.photo.size
        place = max(0, min(row, height - 1)), max(0, min(column, width - 1))
        return replace(self, cursor=place, problem="")

    def typed(self, text: str) -> Self:
        """Put the cursor on ``row, column`` as typed. Raises UserError."""
        parts = text.replace(",", " ").split()
        height, width = self.photo.size
        if len(parts) != 2 or not all(part.isascii() and part.isdigit() for part in parts):
            raise UserError("type a row and a column: 150, 225")
        row, column = (int(part[:9]) for part in parts)
        if row >= height or column >= width:
            raise UserError(f"rows are 0 to {height - 1}, columns 0 to {width - 1}")
        return self.pointed(row, column)

    def cornered(self, last: bool) -> Self:
        """Put the cursor on the first pixel, or the last."""
        height, width = self.photo.size
        return self.pointed(height - 1, width - 1) if last else self.pointed(0, 0)

    def zoomed(self, by: int) -> Self:
        """Zoom towards the cells, or back; in augment change a strength."""
        if self.mode == "augment":
            return self._augmented(self.augmenting.stronger(by))
        if self.mode not in ("numbers", "resize"):
            return self.shown("numbers").zoomed(by)
        most = self.most_zoom if self.mode == "numbers" else 1
        zoom = max(0, min(min(self.zoom, most) + by, most))
        return replace(self, zoom=zoom, problem="")

    def in_space(self, name: str) -> Self:
        """Show another colour space. Raises UserError."""
        return replace(self, space=space_called(name).name, problem="")

    def spaced_by(self, by: int) -> Self:
        """Show the colour space listed next, or before."""
        return self.in_space(NAMES[(NAMES.index(self.space) + by) % len(NAMES)])

    def again(self, by: int = 1) -> Self:
        """Go on: the next colour space, size or preprocessing; in augment another seed."""
        if self.mode == "resize":
            return self.resized_by(by)
        if self.mode == "preprocess":
            return self.prepared_by(by)
        if self.mode == "augment":
            return self._augmented(self.augmenting.reseeded(by))
        return self.spaced_by(by)

    def compared(self, by: int) -> Self:
        """Choose the way of resizing listed next, or before."""
        return replace(self, method=max(0, min(self.method + by, len(METHODS) - 1)), problem="")

    def resized_by(self, by: int) -> Self:
        """Resize to the next of the sizes, round the end."""
        return replace(self, target=(self.target + by) % len(self.sizes), problem="")

    def resized(self, size: Pair) -> Self:
        """Resize to one of the sizes. Raises UserError."""
        if size not in self.sizes:
            listed = ", ".join(pair(each) for each in self.sizes)
            raise UserError(f"no size {pair(size)}; give one of {listed}")
        return replace(self, target=self.sizes.index(size), problem="")

    def prepared(self, recipe: Recipe) -> Self:
        """Preprocess by another chain, and show that."""
        return replace(self, recipe=recipe, mode="preprocess", problem="")

    def prepared_by(self, by: int) -> Self:
        """Preprocess by the chain listed next, or before."""
        known = recipes(self.photo.white)
        names = [recipe.name for recipe in known]
        at = names.index(self.recipe.name) if self.recipe.name in names else -1 if by > 0 else 0
        return self.prepared(known[(at + by) % len(known)])

    def _augmented(self, augmenting: Augmenting) -> Self:
        return replace(self, augmenting=augmenting, problem="")

    def combined(self) -> Self:
        """Take the augmentation under the cursor into the combination, or out of it."""
        return self._augmented(self.augmenting.toggled()) if self.mode == "augment" else self

    def filled(self) -> Self:
        """Let another thing come in from outside the augmented picture."""
        return self._augmented(self.augmenting.refilled()).shown("augment")

    def augmented(self, text: str) -> Self:
        """Combine what a list says: ``flip,shift=0.1``. Raises UserError."""
        return self._augmented(self.augmenting.listed(text)).shown("augment")

    def with_photo(self, photo: Photo) -> Self:
        """Show another picture the same way; a data set's preprocessing is asked for anew."""
        fresh = type(self).of(photo, self.mode, self.space, augmenting=self.augmenting)
        known = {recipe.name: recipe for recipe in recipes(photo.white)}
        kept = known.get(self.recipe.name, fresh.recipe)
        return replace(
            fresh,
            recipe=kept,
            method=self.method,
            width=self.width,
            height=self.height,
        )

    def reset(self) -> Self:
        """Go back to how this mode began; the picture stays."""
        fresh = type(self).of(self.photo, self.mode).sized(self.width, self.height)
        if self.mode == "augment":
            row = self.augmenting.row
            return self._augmented(replace(Augmenting(), row=row if row else COMBINED))
        if self.mode == "resize":
            return replace(self, method=0, target=0, zoom=0, problem="")
        if self.mode == "preprocess":
            return replace(self, recipe=fresh.recipe, cursor=fresh.cursor, problem="")
        return replace(self, cursor=fresh.cursor, zoom=0, space="rgb", problem="")
