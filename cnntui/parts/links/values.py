"""How the values of a link are written and read, for every pane: numbers, cells, places, words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from cnntui.errors import UserError
from cnntui.ground.names import cut, whole
from cnntui.ground.options import GREATEST, Option, listed

Values = Mapping[str, str]
Floats = npt.NDArray[np.float32]
Place = tuple[int, ...]

MOST_INDEX = 10**9
MOST_CELLS = 64  # numbers that a link holds of one grid
_NOWHERE = 10**9


class NoLink(UserError):
    """A state that no link leads to: what it is made of has no name and too many numbers."""

    def __init__(self, why: str) -> None:
        super().__init__(f"no link leads here: {why}")


@dataclass(frozen=True)
class LinkText:
    """What a link says of a state, and in words what it leaves out."""

    values: dict[str, str] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()


def number_text(value: float) -> str:
    """Write a float32 with as many digits as tell it from every other."""
    text = str(np.float32(value))
    return text.removesuffix(".0")


def place_text(place: tuple[int, int]) -> str:
    """Write a cell: ``row,column``."""
    return f"{place[0]},{place[1]}"


def numbers_text(values: Sequence[float] | Floats) -> str:
    """Write numbers as an option has them: ``0.5,-1``."""
    return ",".join(number_text(value) for value in values)


def array_text(values: Floats) -> str:
    """Write an array with its shape: ``1x2x2:1,2,3,4``."""
    return f"{'x'.join(map(str, values.shape))}:{numbers_text(values.ravel())}"


def array_of(key: str, text: str) -> Floats:
    """Read what ``array_text`` wrote. Raises UserError."""
    sizes, _, rest = text.partition(":")
    shape = tuple(_index(part) for part in sizes.split("x"))
    values = [_float(part) for part in rest.split(",")]
    if 0 in shape or None in values or np.prod(shape) != len(values):
        raise UserError(f"{key}={cut(text)}: write the shape and as many numbers: 1x2x2:1,2,3,4")
    if len(values) > MOST_CELLS:
        raise UserError(f"{key} has {len(values)} numbers; a link holds {MOST_CELLS}")
    return np.array(values, np.float32).reshape(shape)


def edits_of(now: Floats, then: Floats) -> dict[Place, float] | None:
    """Return the cells of ``now`` that differ from ``then``; None where too many do."""
    places = np.argwhere(~((now == then) | (np.isnan(now) & np.isnan(then))))
    if len(places) > MOST_CELLS:
        return None
    return {tuple(map(int, place)): float(now[tuple(place)]) for place in places}


def edits_text(edits: Mapping[Place, float]) -> str:
    """Write edited cells: ``0,1,2:-1;0,1,3:5`` (channel, row, column: value)."""
    return ";".join(f"{','.join(map(str, at))}:{number_text(value)}" for at, value in edits.items())


def edits_in(key: str, text: str, shape: tuple[int, ...]) -> dict[Place, float]:
    """Read edited cells of an array of that shape. Raises UserError."""
    edits: dict[Place, float] = {}
    for part in text.split(";"):
        at, _, value = part.partition(":")
        place, number = tuple(_index(one) for one in at.split(",")), _float(value)
        inside = len(place) == len(shape) and all(
            here < size for here, size in zip(place, shape, strict=True)
        )
        if not inside or number is None:
            example = f"{','.join('0' for _ in shape)}:1"
            raise UserError(
                f"{key}={cut(part)}: no cell of {'x'.join(map(str, shape))} and its number; "
                f"write such as {example}"
            )
        edits[place] = number
    if len(edits) > MOST_CELLS:
        raise UserError(f"{key} has {len(edits)} cells; a link holds {MOST_CELLS}")
    return edits


def whole_in(values: Values, key: str, usual: int, most: int, least: int = 0) -> int:
    """Return a whole number that a link says, else the usual one. Raises UserError."""
    text = values.get(key)
    if text is None:
        return usual
    number = whole(text)
    if number is None or not least <= number <= most:
        raise UserError(f"{key} is {cut(text)!r}; give {least} to {most}")
    return number


def choice_in(values: Values, key: str, usual: str, known: Sequence[str]) -> str:
    """Return one of the known words that a link says, else the usual one. Raises UserError."""
    text = values.get(key, usual)
    if text not in known and text != usual:
        raise UserError(f"{key} is {cut(text)!r}; give one of {', '.join(known)}")
    return text


def place_in(
    values: Values, key: str, usual: tuple[int, int], size: tuple[int, int]
) -> tuple[int, int]:
    """Return a cell ``row,column`` inside (height, width). Raises UserError."""
    text = values.get(key)
    if text is None:
        return usual
    place = [_index(part) for part in text.split(",")]
    if len(place) != 2 or not (place[0] < size[0] and place[1] < size[1]):
        raise UserError(
            f"{key} is {cut(text)!r}; write row,column, 0 to {size[0] - 1} and 0 to {size[1] - 1}"
        )
    return place[0], place[1]


def put(values: dict[str, str], key: str, text: str, usual: str) -> None:
    """Write a value where it isn't the usual one."""
    if text != usual:
        values[key] = text


def described(options: Iterable[Option]) -> dict[str, str]:
    """Return the keys of options that a link has and no command, with what each is."""
    return {option.name: option.help or listed(option.choices) for option in options}


def _index(text: str) -> int:
    """Return a whole number; one that lies outside of everything for any other text."""
    number = whole(text) if text.strip() == text else None
    return _NOWHERE if number is None else number


def _float(text: str) -> float | None:
    if not re.fullmatch(r"[-+]?([0-9]{1,40}\.?[0-9]{0,40}|\.[0-9]{1,40})(e[-+]?[0-9]{1,3})?", text):
        return {"nan": np.nan, "inf": np.inf, "-inf": -np.inf}.get(text)
    value = float(text)
    return value if abs(value) <= GREATEST else None
