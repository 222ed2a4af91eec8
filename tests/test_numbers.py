"""Numbers as text, read back exactly by ``decimal``."""

from __future__ import annotations

import json
import math
import re
from decimal import Decimal

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from cnntui.numbers import counted, fitted, in_json, pair, shape, short

WIDTHS = st.integers(3, 12)
# any bit pattern, and the magnitudes that stand on screens
NUMBERS = st.one_of(
    st.floats(),
    st.floats(-1e7, 1e7),
    st.floats(-1, 1),
    st.builds(lambda m, e: m * 10.0**e, st.floats(-10, 10), st.integers(-9, 9)),
    st.integers(-(10**13), 10**13).map(float),
)
NOT_WRITTEN = re.compile(r"~0|#+|nan|-?inf")


def unit(text: str) -> Decimal:
    """The unit of the last place written: 0.01 of ``1.25``, 100 of ``1.2e3``."""
    return Decimal(1).scaleb(int(Decimal(text).as_tuple().exponent))


def error(text: str, value: float) -> Decimal:
    """How far the text is from the number; ``~0`` says nothing but that it is small."""
    if text == "~0":
        return abs(Decimal(value))
    return Decimal("Infinity") if "#" in text else abs(Decimal(text) - Decimal(value))


@settings(max_examples=3000)
@given(NUMBERS, WIDTHS)
@example(-0.0, 3)
@example(-0.4, 3)
@example(999.96, 4)
@example(0.9996, 5)
@example(-9.99e-5, 6)
@example(1.7976931348623157e308, 12)
@example(5e-324, 12)
@example(-math.inf, 3)
def test_a_number_keeps_its_width_and_its_value(value: float, width: int) -> None:
    text = fitted(value, width)
    assert len(text) <= width
    if math.isnan(value):
        assert text == "nan"
    elif math.isinf(value):
        assert text in (("inf", "inf") if value > 0 else ("-inf", "###"))
    elif not NOT_WRITTEN.fullmatch(text):
        assert error(text, value) <= unit(text) / 2
        assert (Decimal(text) == 0) == (value == 0)
        assert text != "-0"


@settings(max_examples=3000)
@given(NUMBERS, st.integers(3, 11))
@example(1.23e-5, 6)
@example(9.87654321e-7, 8)
def test_more_room_never_makes_a_number_worse(value: float, width: int) -> None:
    assume(math.isfinite(value))
    assert error(fitted(value, width + 1), value) <= error(fitted(value, width), value)


@given(NUMBERS, WIDTHS)
def test_what_is_not_written_is_too_small_or_too_large(value: float, width: int) -> None:
    assume(math.isfinite(value))
    text = fitted(value, width)
    if text == "~0":
        # the least the width can hold: .01 in three columns, -.1 for a negative number
        assert 0 < abs(value) < 0.1
    if "#" in text:
        assert text == "#" * width
        assert len(f"{value:.0f}") > width
        assert len(f"{value:.0e}".replace("e+0", "e").replace("e+", "e")) > width


@given(st.integers(-(10**13), 10**13), WIDTHS)
def test_whole_numbers_that_fit_are_exact(value: int, width: int) -> None:
    if len(str(value)) <= width:
        assert fitted(float(value), width) == str(value)
    else:
        assert fitted(float(value), width) != str(value)


@given(st.integers(-999_999, 999_999), st.integers(1, 4))
def test_decimals_that_fit_are_exact(mantissa: int, places: int) -> None:
    exact = Decimal(mantissa).scaleb(-places)
    assume(len(f"{exact:f}") <= 9)
    assert Decimal(fitted(float(exact), 9)) == exact


@pytest.mark.parametrize(
    ("value", "width", "expected"),
    [
        (3.14159, 3, "3.1"),
        (3.14159, 6, "3.1416"),
        (0.125, 3, (".12", ".13")),
        (-0.5, 3, "-.5"),
        (0.5, 4, "0.5"),
        (2.0, 5, "2"),
        (1_234_567.0, 5, "1.2e6"),
        (150_528_000.0, 7, "1.505e8"),
        (0.000123, 7, "1.23e-4"),
        (123_456.0, 3, "1e5"),
        (-123_456.0, 3, "###"),
        (1e-9, 3, "~0"),
        (-0.0, 3, "0"),
        (math.nan, 3, "nan"),
        (math.inf, 3, "inf"),
        (-math.inf, 4, "-inf"),
        (-math.inf, 3, "###"),
    ],
)
def test_numbers_by_hand(value: float, width: int, expected: str | tuple[str, ...]) -> None:
    assert fitted(value, width) in ([expected] if isinstance(expected, str) else expected)


@given(NUMBERS)
def test_running_text_has_seven_columns(value: float) -> None:
    assert short(value) == fitted(value, 7)
    assert len(short(value)) <= 7


def test_counts_pairs_and_shapes() -> None:
    assert counted(150_528_000) == "150,528,000"
    assert counted(-1_000) == "-1,000"
    assert counted(28) == "28"
    assert pair((3, 3)) == "3"
    assert pair((3, 5)) == "3×5"
    assert shape((3, 224, 224)) == "3×224×224"
    assert shape((10,)) == "10"


TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(TREES)
def test_json_is_strict_and_loses_nothing(tree: object) -> None:
    written = json.loads(json.dumps(in_json(tree), allow_nan=False))
    assert repr(restored(written, tree)) == repr(tree)


def restored(written: object, tree: object) -> object:
    """Read the three names as floats again where the tree has a float."""
    if isinstance(tree, dict):
        assert isinstance(written, dict)
        return {key: restored(written[key], item) for key, item in tree.items()}
    if isinstance(tree, list):
        assert isinstance(written, list)
        return [restored(w, t) for w, t in zip(written, tree, strict=True)]
    return float(written) if isinstance(tree, float) else written  # type: ignore[arg-type]


def test_json_by_hand() -> None:
    tree = {"a": (math.nan, [math.inf, {"b": -math.inf}]), "c": 1.5, "d": "NaN", "e": True}
    assert in_json(tree) == {
        "a": ["NaN", ["Infinity", {"b": "-Infinity"}]],
        "c": 1.5,
        "d": "NaN",
        "e": True,
    }
