"""A setting said once: its name, type, range, words and default, for command line, link and form.

``fill`` gives an argparse parser the options, ``given`` reads them from a link's values, and
``differing`` writes those that aren't the default.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, TypeVar

from cnntui.errors import UserError

if TYPE_CHECKING:
    import argparse

T = TypeVar("T")

LARGEST = 4096  # of a stride, padding, dilation, window or output size
GREATEST = 3.4028235e38  # of float32, as it is written
SWITCHES = {"on": True, "off": False}


@dataclass(frozen=True)
class Option:
    """One setting. ``read`` turns a text into its value and raises ValueError, with what is wrong.

    ``write`` turns the value back into the text; "" stands for none. A ``switch`` is off or on,
    and ``choices`` are all the texts there are.
    """

    name: str  # "output-size": --output-size, output-size=2 in a link, output_size of a state
    read: Callable[[str], Any] = str
    default: Any = None
    help: str | None = None
    metavar: str | None = None
    choices: tuple[str, ...] = ()
    switch: bool = False
    write: Callable[[Any], str] = str
    aliases: tuple[str, ...] = ()  # further flags: --grey
    field: str = ""  # of the state, where it has another name

    @property
    def dest(self) -> str:
        """The name of its value among those that were read."""
        return self.field or self.name.replace("-", "_")


def fill(parser: argparse.ArgumentParser, options: Iterable[Option]) -> None:
    """Give a parser the options."""
    for option in options:
        flags = [f"--{name}" for name in (option.name, *option.aliases)]
        if option.switch:
            parser.add_argument(
                *flags,
                dest=option.dest,
                action="store_true",
                default=option.default,
                help=option.help,
            )
            continue
        parser.add_argument(
            *flags,
            dest=option.dest,
            type=_complaining(option.read),
            choices=option.choices or None,
            default=option.default,
            metavar=option.metavar,
            help=option.help or (listed(option.choices) if option.choices else None),
        )


def _complaining(read: Callable[[str], T]) -> Callable[[str], T]:
    """Return ``read`` with complaints that argparse passes on."""
    from argparse import ArgumentTypeError

    def reading(text: str) -> T:
        try:
            return read(text)
        except ValueError as problem:
            raise ArgumentTypeError(str(problem)) from None

    return reading


def given(options: Iterable[Option], values: Mapping[str, str]) -> Any:
    """Return the options that a link's values say, as argparse would. Raises UserError."""
    return SimpleNamespace(**{option.dest: _given(option, values) for option in options})


def _given(option: Option, values: Mapping[str, str]) -> Any:
    text = values.get(option.name)
    if text is None:
        return option.default
    if option.switch:
        return switched(option.name, text)
    if option.choices and text not in option.choices:
        raise UserError(f"{option.name}: {not_among(text, option.choices)}")
    try:
        return option.read(text)
    except ValueError as problem:
        raise UserError(f"{option.name}: {problem}") from None


def switched(name: str, text: str) -> bool:
    """Read ``on`` or ``off``. Raises UserError."""
    if text not in SWITCHES:
        raise UserError(f"{name} is {text[:40]!r}; give on or off")
    return SWITCHES[text]


def differing(options: Iterable[Option], state: Any, base: Any = None) -> dict[str, str]:
    """Write the settings of a state that are not those of a ``base``, else not the default."""
    texts = {}
    for option in options:
        now = getattr(state, option.dest)
        if now != (option.default if base is None else getattr(base, option.dest)):
            texts[option.name] = option.write(now)
    return texts


def switch(
    name: str, help: str, default: bool | None = False, aliases: tuple[str, ...] = ()
) -> Option:
    """Return an option that is off or on; None stands for neither said."""
    write = ("off", "on").__getitem__
    return Option(name, default=default, help=help, switch=True, write=write, aliases=aliases)


def not_among(text: str, choices: Sequence[str]) -> str:
    """Say it as argparse does."""
    return f"invalid choice: {text!r} (choose from {', '.join(map(repr, choices))})"


def listed(choices: Iterable[str]) -> str:
    """Write the choices as the help has them."""
    return ", ".join(choices)


# what texts are read as


def checked(convert: Callable[[str], T], says: str) -> Callable[[str], T]:
    """Return a reader that complains in our words."""

    def reading(text: str) -> T:
        try:
            return convert(text)
        except ValueError:
            raise ValueError(f"{text!r} {says}") from None

    return reading


def plain_int(text: str) -> int:
    """Read a whole number, without Python's own ``1_000``. Raises ValueError."""
    if "_" in text:
        raise ValueError(text)
    return int(text)


def whole(name: str) -> Callable[[str], int]:
    """Return the reader of a whole number."""
    return checked(plain_int, f"is no {name}; give a whole number")


def between(name: str, least: int, most: int) -> Callable[[str], int]:
    """Return the reader of a whole number within limits."""

    def reading(text: str) -> int:
        number = plain_int(text)
        if not least <= number <= most:
            raise ValueError(text)
        return number

    return checked(reading, f"is no {name}; give {least} to {most}")


def two(text: str) -> tuple[int, int]:
    """Read ``2`` as (2, 2) and ``2,1`` as (2, 1). Raises ValueError."""
    parts = [plain_int(part) for part in text.split(",")]
    if len(parts) not in (1, 2) or max(parts) > LARGEST:
        raise ValueError(text)
    return parts[0], parts[-1]


def pair(name: str) -> Callable[[str], tuple[int, int]]:
    """Return the reader of (height, width)."""
    says = f"is no {name}; give a number such as 2, or height,width such as 2,1, up to {LARGEST}"
    return checked(two, says)


def pair_text(sizes: tuple[int, int]) -> str:
    """Write (height, width) as an option has it: ``3`` or ``3,5``."""
    return str(sizes[0]) if sizes[0] == sizes[1] else f"{sizes[0]},{sizes[1]}"


number = checked(float, "is no number")


def float32s(text: str) -> tuple[float, ...]:
    """Read numbers of float32, apart by commas or spaces. Raises ValueError."""
    numbers = tuple(float(part) for part in text.replace(",", " ").split())
    if not numbers or "_" in text or any(GREATEST < abs(n) < math.inf for n in numbers):
        raise ValueError(text)
    return numbers
