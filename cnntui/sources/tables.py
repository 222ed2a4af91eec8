"""Reads numbers written as text, row by row."""

from __future__ import annotations

import io
from array import array
from collections.abc import Iterator

import numpy as np

from cnntui.errors import UserError
from cnntui.ground.names import cut
from cnntui.sources.arrays import Values, as_float32


def decoded(data: bytes) -> str:
    """Return UTF-8 bytes as text, without a byte order mark; raises UserError for binary data."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError("is not text; save it as UTF-8, numbers separated by commas") from error
    if "\0" in text:
        raise UserError("is not text; save it as UTF-8, numbers separated by commas")
    return text


def read_table(text: str) -> Values:
    """Read rows of numbers, separated by semicolons, commas, tabs or spaces, as (H, W).

    Blank lines and lines that start with ``#`` are skipped; raises UserError with the line.
    """
    values = array("d")
    width = 0
    for number, line in _lines(text):
        texts = _split(line)
        width = width or len(texts)
        if len(texts) != width:
            raise UserError(
                f"line {number} has {len(texts)} values and the rows before it have {width}; "
                "every row needs as many"
            )
        values.extend(_row(number, texts))
    if not values:
        raise UserError("holds no numbers; write rows of numbers separated by commas")
    return as_float32(np.array(values).reshape(-1, width))


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines that hold values, with their numbers from 1."""
    for number, line in enumerate(io.StringIO(text, newline=None), start=1):
        stripped = line.strip()
        if stripped and not stripped.startswith("#"):
            yield number, stripped


def _split(line: str) -> list[str]:
    for separator in (";", ","):
        if separator in line:
            return line.split(separator)
    return line.split()


def _row(number: int, texts: list[str]) -> Iterator[float]:
    for column, text in enumerate(texts, start=1):
        try:
            yield plain_number(text)
        except ValueError:
            wrong = cut(text.strip(), 24)
            raise UserError(
                f"line {number}, column {column}: {wrong!r} is not a number; "
                "write rows of numbers separated by commas or spaces"
            ) from None


def plain_number(text: str) -> float:
    """Return the number ``text`` holds: digits, ``nan``, ``inf``; raises ValueError.

    Python's own ``1_000`` is no number here, and neither is one that only overflows to infinity.
    """
    value = float(text)
    if "_" in text or (abs(value) == float("inf") and "n" not in text.lower()):
        raise ValueError(text)
    return value


def typed_number(text: str) -> float:
    """Return one typed number, as float32 holds it. Raises UserError."""
    try:
        value = plain_number(text)
    except ValueError:
        raise UserError(f"{text!r} is not a number; type one such as -1 or 0.25") from None
    return float(as_float32(np.array([value]))[0])
