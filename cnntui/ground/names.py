"""How a sample's name is written, ``name:argument``, and what is said of a wrong one."""

from __future__ import annotations

import difflib
import math
import os
import re
from collections.abc import Sequence
from pathlib import Path

from cnntui.errors import UserError, printable

LARGEST = 4096  # rows or columns of anything generated
MOST = LARGEST**2  # values of anything generated


def cut(text: str, width: int = 60) -> str:
    """Return ``text`` printable, on one line and at most ``width`` characters, for an error."""
    line = printable(" ".join(text[: 8 * width].split()))
    return line if len(line) <= width else line[: width - 1] + "…"


def whole(text: str) -> int | None:
    """Return the whole number ``text`` holds, of at most 18 digits; None for anything else."""
    return int(text) if re.fullmatch(r" *[0-9]{1,18} *", text, re.ASCII) else None


def sizes(text: str, most: int, example: str) -> tuple[int, ...]:
    """Read ``12`` as (12, 12) and ``9,13`` as (9, 13), up to ``most`` numbers.

    Raises UserError, with ``example``, where a size is not 1 to 4096 or they make too many values.
    """
    numbers = [whole(part) for part in text.split(",")]
    checked = [size for size in numbers if size is not None and 1 <= size <= LARGEST]
    if len(checked) != len(numbers) or len(numbers) > most:
        raise UserError(
            f"{cut(text)!r} is no size; write whole numbers from 1 to {LARGEST}: {example}"
        )
    if math.prod(checked) > MOST:
        raise UserError(f"{text} makes {math.prod(checked):,} values; at most {MOST:,} are made")
    return tuple(checked) if len(checked) > 1 else (checked[0], checked[0])


def seeded(argument: str, usual: tuple[int, ...], most: int) -> tuple[int, tuple[int, ...]]:
    """Read what follows ``random:``, ``SEED`` or ``SEED:SIZES``, as (seed, sizes)."""
    text, colon, rest = argument.partition(":")
    seed = whole(text)
    if seed is None:
        raise UserError(f"{cut(text)!r} is no seed; write a whole number: random:7 or random:7:5,5")
    return seed, sizes(rest, most, "random:7:5,5") if colon else usual


def is_path(text: str) -> bool:
    """Whether ``text`` is meant as a file: it has a separator or a suffix, or the file exists."""
    return "/" in text or os.sep in text or bool(Path(text).suffix) or os.path.exists(text)


def unknown(what: str, text: str, known: Sequence[str]) -> UserError:
    """Return the error for a name that no sample has, with the nearest one that exists."""
    head = text.partition(":")[0]
    close = difflib.get_close_matches(head[:80], known, 1, 0.5)
    meant = f"did you mean {close[0]!r}? " if close else ""
    return UserError(f"no {what} is called {cut(text)!r}; {meant}`cnntui samples` lists them")


def nearest(name: str, known: list[str]) -> str:
    """Return ``did you mean 'a' or 'b'? `` for the up to three nearest names; else nothing."""
    named = {plain(each): each for each in reversed(known)}
    close = difflib.get_close_matches(plain(name[:80]), named, 3, 0.6)
    if not close:
        return ""
    names = [repr(named[each]) for each in close]
    return f"did you mean {' or '.join(filter(None, [', '.join(names[:-1]), names[-1]]))}? "


def plain(name: str) -> str:
    """Return the letters and digits of a name, in small ones."""
    return "".join(c for c in name.casefold() if c.isalnum())
