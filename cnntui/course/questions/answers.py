"""Reads typed answers: numbers with a tolerance, shapes as 3x3 or 3,3, words."""

from __future__ import annotations

import math
import re
import unicodedata

LONGEST = 80  # characters of an answer
_NUMBER = re.compile(r"([+-]?)(\d[\d, _']*(?:\.\d+)?|\.\d+)(?:[eE]([+-]?\d{1,2}))?\s*([kKMG%]?)")
_GROUPED = re.compile(r"\d{1,3}(?:([, _'])\d{3})(?:\1\d{3})*(?:\.\d+)?")
_PLAIN = re.compile(r"\d*\.?\d+|\d+,\d{1,2}")
_SCALES = {"": 1.0, "%": 1.0, "k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9}
_SIZE = re.compile(r"-?\d{1,9}")
_SHAPE = re.compile(r"[(\[]?\s*-?\d{1,9}(?:\s*(?:[x×*,;]|\s)\s*-?\d{1,9})*\s*,?\s*[)\]]?")
_FILLERS = {"a", "an", "the"}


def number_of(text: str) -> float | None:
    """Return a typed number: ``1,792``, ``-30``, ``.5``, ``1.8k``, ``68.7M``; None for none."""
    number = _NUMBER.fullmatch(text.strip().replace("−", "-"))
    if number is None or len(text) > LONGEST:
        return None
    sign, digits, exponent, unit = number.groups()
    digits = digits.strip()
    if _GROUPED.fullmatch(digits):
        digits = re.sub(r"[, _']", "", digits)
    elif not _PLAIN.fullmatch(digits):
        return None
    value = float(digits.replace(",", ".")) * 10.0 ** int(exponent or 0) * _SCALES[unit]
    return -value if sign == "-" else value


def shape_of(text: str) -> tuple[int, ...] | None:
    """Return a typed shape: ``3x3``, ``3×3``, ``3,3``, ``3 3``, ``(3, 3)``; None for none."""
    text = text.strip().replace("−", "-").replace("X", "x")
    if len(text) > LONGEST or not _SHAPE.fullmatch(text):
        return None
    return tuple(map(int, _SIZE.findall(text)))


def word_of(text: str) -> str:
    """Return a typed answer as it is compared: small letters, no accents, no punctuation."""
    bare = unicodedata.normalize("NFKD", text[:LONGEST].casefold())
    kept = "".join(c if c.isalnum() else " " for c in bare if not unicodedata.combining(c))
    return " ".join(word for word in kept.split() if word not in _FILLERS)


def same_number(given: float, right: float, tolerance: float = 0.0) -> bool:
    """Tell whether a typed number is right: within ``tolerance``, or within rounding of it."""
    return math.isclose(given, right, rel_tol=1e-9, abs_tol=max(tolerance, 1e-9))
