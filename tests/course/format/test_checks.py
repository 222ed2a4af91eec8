"""Checks against Python itself, and everything that must be refused."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnntui.course.format.checks import DEEPEST, LONGEST, parse_check
from cnntui.errors import UserError

FACTS = {
    "output_shape": (3, 3), "kernel_size": 3, "stride": 2, "value": 0.1 + 0.2, "bias": False,
    "kernel": "sobel-x", "names": ("conv1", "relu"), "infinite": math.inf,
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("output_shape == (3, 3) and kernel_size == 3", True),
        ("output_shape == [3, 3]", True),
        ("output_shape[0] * stride + 1 == 7", True),
        ("7 // stride == 3 and 7 - stride != 4", True),
        ("1 < stride <= 2", True),
        ("1 < stride < 2", False),
        ("kernel in ('sobel-x', 'sobel-y')", True),
        ("'sobel' in kernel", True),
        ("'conv1' in names and 'pool' not in names", True),
        ("not bias", True),
        ("bias or stride == 1", False),
        ("value == 0.3", True),
        ("value == 0.3001", False),
        ("-stride == -2", True),
        ("stride == '2'", False),
        ("output_shape == (3, 3, 3)", False),
        ("infinite > 1 and infinite == infinite", True),
    ],
)
def test_a_check_holds_or_not(text, holds):
    assert parse_check(text, FACTS).holds(FACTS) is holds


numbers = st.integers(-50, 50).map(lambda n: f"({n})") | st.sampled_from(["a", "b"])
sums = st.recursive(
    numbers,
    lambda inner: st.tuples(inner, st.sampled_from(["+", "-", "*", "//"]), inner).map(
        lambda parts: f"({parts[0]} {parts[1]} {parts[2]})"
    ),
    max_leaves=5,
)
comparisons = st.tuples(sums, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), sums).map(
    " ".join
)
truths = st.recursive(
    comparisons,
    lambda inner: (
        inner.map(lambda text: f"not ({text})")
        | st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(
            lambda parts: f"({parts[0]}) {parts[1]} ({parts[2]})"
        )
    ),
    max_leaves=4,
)


@given(truths, st.integers(-9, 9), st.integers(-9, 9))
def test_it_is_what_python_says(text, a, b):
    facts = {"a": a, "b": b}
    try:
        check = parse_check(text, facts)
    except UserError:
        assert len(text) > LONGEST or "nested" in str(parse_error(text))
        return
    try:
        wanted = eval(text, {}, facts)
    except ZeroDivisionError:
        with pytest.raises(UserError):
            check.holds(facts)
        return
    assert check.holds(facts) == wanted


def parse_error(text):
    with pytest.raises(UserError) as found:
        parse_check(text)
    return found.value


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')",
        "kernel.upper() == 'X'",
        "().__class__",
        "kernel.__class__ == 1",
        "[x for x in (1, 2)] == 1",
        "(lambda: 1)() == 1",
        "stride ** 99 == 1",
        "stride % 2 == 0",
        "f'{kernel}' == 'x'",
        "(stride := 3) == 3",
        "stride if bias else kernel == 1",
        "{1: 2} == 1",
        "kernel[0:1] == 's'",
        "names[stride] == 'x'",
        "b'x' == kernel",
        "1j == stride",
        "1e999 == stride",
        "9" * 300 + " == stride",
        "stride is 2",
        "",
        "stride ==",
        "stride = 2",
        "3",
        "'a'",
        "(1, 2)",
        "stride + 1",
        "~" * 350 + "1 == 1",
        "-" * 350 + "1 == 1",
        "not " * 90 + "bias",
        "stride == 1 and " * 30 + "bias",
        "a" * 500,
        "\x00",
        "stride == '\\ud800' == \\d",
    ],
)
def test_what_is_not_listed_is_refused(text):
    with pytest.raises(UserError) as found:
        parse_check(text, FACTS)
    assert str(found.value).isprintable()
    assert len(str(found.value)) < 400


def test_depth_is_limited_where_python_would_go_on():
    deep = "(" * DEEPEST + "1" + " + 1)" * DEEPEST + " == 1"
    assert "nested" in str(parse_error(deep))


def test_an_unknown_fact_is_told_with_the_known_ones():
    with pytest.raises(UserError, match=r"did you mean 'stride'.*known are .*output_shape"):
        parse_check("strid == 2", FACTS)
    check = parse_check("strid == 2")
    with pytest.raises(UserError, match="no fact 'strid'"):
        check.holds(FACTS)
    assert parse_check("stride == 2 or bias").names == ("stride", "bias")


@pytest.mark.parametrize(
    "text",
    ["kernel < 3", "kernel * 99 == 'x'", "stride in 3", "output_shape[7] == 1", "stride // 0 == 1",
     "bias + 1 == 1", "-kernel == 1", "kernel[0] == 's'", "1 in kernel"],
)  # fmt: skip
def test_what_cannot_be_compared_is_told(text):
    with pytest.raises(UserError):
        parse_check(text, FACTS).holds(FACTS)
