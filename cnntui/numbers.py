"""The one place that turns numbers into text.

Every number is shortened the same way everywhere: as many digits as the cell can hold, integers
without a point, ``nan``, ``inf`` and ``-inf`` by name.
"""

from __future__ import annotations

import math
from typing import TypeVar

T = TypeVar("T")

UNITS = ("", "k", "M", "G", "T")


def fitted(value: float, width: int) -> str:
    """Write ``value`` in at most ``width`` characters, as precisely as they allow.

    Falls back to an exponent, then to ``~0`` for what is too small and ``#`` for what is too
    large: a number is never shown as another one.
    """
    if not math.isfinite(value):
        name = "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
        return name if len(name) <= width else "#" * width
    if value == int(value) and abs(value) < 1e15 and len(str(int(value))) <= width:
        return str(int(value))
    fixed = _fixed(value, width)
    if fixed and abs(value) >= 1e-3:  # here an exponent never holds more digits
        return fixed
    written = [text for text in (fixed, _exponent(value, width)) if text]
    if not written:
        return "~0" if abs(value) < 1 else "#" * width
    return min(written, key=lambda text: abs(float(text) - value))


def _fixed(value: float, width: int) -> str | None:
    """Write ``value`` with a decimal point; None where its size or all its digits would be lost."""
    for places in range(max(0, width - 1), -1, -1):
        text = _trimmed(f"{value:.{places}f}")
        if len(text) > width and width < 4 + (value < 0):
            text = text.replace("0.", ".", 1) if abs(value) < 1 else text
        if len(text) <= width:
            return text if float(text) != 0 or value == 0 else None
    return None


def _trimmed(text: str) -> str:
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _exponent(value: float, width: int) -> str | None:
    """Write ``value`` as ``1.2e-5``; None where not even one digit fits."""
    for places in range(max(0, width - 4), -1, -1):
        mantissa, exponent = f"{value:.{places}e}".split("e")
        text = f"{_trimmed(mantissa)}e{int(exponent)}"
        if len(text) <= width:
            return text
    return None


def short(value: float) -> str:
    """Write ``value`` as it stands in running text: at most seven characters."""
    return fitted(value, 7)


def tiny(difference: float) -> str:
    """Write a difference with one digit: ``0``, ``3e-07``."""
    return f"{difference:.0e}" if difference else "0"


def counted(value: int) -> str:
    """Write a count with separators: ``150,528,000``."""
    return f"{value:,}"


def pair(sizes: tuple[int, int]) -> str:
    """Write (height, width) as ``3`` when both agree, else ``3×5``."""
    return str(sizes[0]) if sizes[0] == sizes[1] else f"{sizes[0]}×{sizes[1]}"


def number_or_sizes(sizes: tuple[T, ...]) -> T | tuple[T, ...]:
    """Return a number where all sizes agree."""
    return sizes[0] if len(set(sizes)) == 1 else sizes


def shape(sizes: tuple[int, ...]) -> str:
    """Write a shape as ``3×224×224``."""
    return "×".join(str(size) for size in sizes)


def short_count(value: float) -> str:
    """Write a count in at most five characters: ``9,408`` below ten thousand, then ``118 M``."""
    if value < 10_000:
        return f"{int(value):,}"
    power = 0
    while value >= 999.5 and power < len(UNITS) - 1:
        value, power = value / 1000, power + 1
    return f"{fitted(value, 4)} {UNITS[power]}"


def size_text(size: float) -> str:
    """Write bytes: ``3.2 MiB``."""
    for unit in ("B", "KiB", "MiB", "GiB"):
        if size < 1024 or unit == "GiB":
            return f"{fitted(size, 5)} {unit}"
        size /= 1024
    return ""


def pair_text(sizes: tuple[float, ...]) -> str:
    """Write (height, width), once where both agree."""
    texts = [fitted(size, 5) for size in sizes]
    return texts[0] if len(set(texts)) == 1 else "×".join(texts)


def in_json(value: object) -> object:
    """Return ``value`` with NaN and infinities as strings, at any depth of lists and mappings."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, dict):
        return {key: in_json(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [in_json(item) for item in value]
    return value


def as_json(value: object) -> str:
    """Write plain data as one line of JSON in ASCII; NaN and infinities become strings."""
    import json

    return json.dumps(in_json(value), allow_nan=False)
