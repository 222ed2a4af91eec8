"""The language of networks: shapes against torch on the meta device, faults and their fixes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cnntui.engine.building.parsing import mended, parse, shaped
from cnntui.engine.building.specs import written
from cnntui.errors import UserError
from tests.engine.written import Drawn, Shape, drawn_inputs, drawn_lines, torch_takes

SAMPLES = sorted((Path(__file__).parents[2] / "samples/networks").glob("*.txt"))


def with_input(text: str, shape: Shape = (3, 32, 32)) -> str:
    return f"input {'x'.join(map(str, shape))}\n{text}"


def wrong(text: str) -> tuple[str, str, str | None]:
    """Return the text, fix and replacement of the only error, which is on the last line."""
    (error,) = shaped(parse(text)).errors
    assert error.line == len(text.split("\n"))
    return error.text, error.fix, error.instead


# shapes


@pytest.mark.filterwarnings("ignore:Using padding='same' with even")
@settings(max_examples=250)
@given(drawn_inputs, st.lists(drawn_lines, min_size=1, max_size=7))
def test_each_line_has_torchs_shape_or_torchs_refusal(start: Shape, drawn: list[Drawn]) -> None:
    text = with_input("\n".join(each.line for each in drawn), start)
    found = shaped(parse(text))
    bad = {error.line for error in found.errors}
    shape: Shape = start
    for number, each in enumerate(drawn, 2):
        expected = torch_takes(each, shape)
        assert (expected is None) == (number in bad), (each.line, shape, found.errors)
        if expected is not None:
            assert found.lines[number] == expected
        shape = found.lines[number]


@settings(max_examples=200)
@given(drawn_inputs, st.lists(drawn_lines, min_size=1, max_size=6))
def test_a_fix_fits_where_it_is_put(start: Shape, drawn: list[Drawn]) -> None:
    text = with_input("\n".join(each.line for each in drawn), start)
    before = shaped(parse(text))
    for error in reversed(before.errors):
        assert error.instead is not None
        text = mended(text, error)
    after = shaped(parse(text))
    assert after.errors == ()
    assert after.output == before.output


@pytest.mark.parametrize(
    ("channels", "line", "right"),
    [
        (4, "conv 10 3 depthwise", "conv 8 3 depthwise"),
        (4, "conv 1 3 depthwise", "conv 4 3 depthwise"),
        (1000, "conv 1048576 1 depthwise", "conv 1048000 1 depthwise"),
        (12, "conv 8 3 g6", "conv 8 3 g4"),
    ],
)
def test_groups_get_the_nearest_that_divide(channels: int, line: str, right: str) -> None:
    assert wrong(with_input(line, (channels, 8, 8)))[2] == right
    assert shaped(parse(right), (channels, 8, 8)).errors == ()


@settings(max_examples=200)
@given(drawn_lines)
@example(Drawn("residual 8 s2", lambda s: []))
@example(Drawn("conv 8 3x2 p0 d2x1 depthwise", lambda s: []))
@example(Drawn("separable 8 3 same nobias bn silu", lambda s: []))
@example(Drawn("dense 8 nobias bn tanh", lambda s: []))
@example(Drawn("dropout 0.000000001", lambda s: []))
def test_what_is_written_is_read_back(drawn: Drawn) -> None:
    (spec, *more) = (layer.spec for layer in parse(drawn.line).layers)
    (again,) = parse(written(spec)).layers
    assert again.spec == spec
    assert all(each == spec for each in more)


@pytest.mark.parametrize(
    ("size", "line", "output"),  # the curriculum's figures
    [
        (32, "conv 6 5", 28),
        (28, "conv 6 5", 24),
        (8, "conv 6 3", 6),
        (32, "conv 6 5 p2", 32),
        (32, "conv 6 3 s2 p1", 16),
        (32, "conv 6 5 s2", 14),
        (224, "conv 6 3", 222),
        (32, "conv 6 5 full", 36),
        (8, "maxpool 2", 4),
        (7, "maxpool 2 ceil", 4),
        (8, "residual 16 s2", 4),
    ],
)
def test_curriculum(size: int, line: str, output: int) -> None:
    assert shaped(parse(line), (1, size, size)).output[1:] == (output, output)


def test_global_average_keeps_512_of_25088() -> None:
    assert shaped(parse("gap"), (512, 7, 7)).output == (512,)
    assert shaped(parse("flatten"), (512, 7, 7)).output == (25_088,)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_samples_are_right(path: Path) -> None:
    found = shaped(parse(path.read_text(encoding="utf-8")))
    assert found.errors == ()
    assert found.output == (10,)


# the language


def test_order_case_commas_and_long_names_are_forgiven() -> None:
    one = "conv 32 3x5 p1 s2 bn relu"
    for same in (
        "CONV relu, 32, 3x5, stride=2, pad1, bn",
        "  conv2d s2 32 bn 3×5 padding=1 relu # a comment",
        "Conv stride2 p=1 BatchNorm 32 3X5 ReLU",
    ):
        assert parse(same).layers[0].spec == parse(one).layers[0].spec
        assert parse(same).errors == ()


def test_blank_lines_and_comments_count_as_lines() -> None:
    found = parse("# a net\r\n\r\ninput 1x28x28\r\nconv 8 3 # first\r\n\r\nrelu")
    assert found.input_shape == (1, 28, 28)
    assert [(layer.line, layer.text) for layer in found.layers] == [(4, "conv 8 3"), (6, "relu")]


def test_repeats_unroll_and_nest() -> None:
    found = parse("repeat 2\nconv 8 3 same\nrepeat 3\nrelu\nend\nend\nflatten")
    assert [layer.line for layer in found.layers] == [2, 4, 4, 4, 2, 4, 4, 4, 7]
    assert found.layers[6].rounds == ((1, 2), (3, 2))
    assert found.errors == ()


def test_the_texts_input_goes_before_the_callers() -> None:
    assert shaped(parse("input 1x8x8\nrelu"), (3, 4, 4)).output == (1, 8, 8)
    assert shaped(parse("relu"), (3, 4, 4)).output == (3, 4, 4)
    assert shaped(parse("input 1x8x8\nrelu").fed((3, 4, 4))).output == (3, 4, 4)


def test_without_an_input_that_is_the_error() -> None:
    (error,) = shaped(parse("relu")).errors
    assert "input 3x32x32" in error.fix


def test_classes_replace_the_last_dense_layer() -> None:
    net = parse("gap\ndense 8 relu\ndense 10 bn\nsoftmax").for_classes(3)
    assert [layer.text for layer in net.layers] == ["gap", "dense 8 relu", "dense 3 bn", "softmax"]
    with pytest.raises(UserError, match="dense 3"):
        parse("dense 8\nbn").for_classes(3)


# what is wrong


@pytest.mark.parametrize(
    ("line", "text", "instead"),
    [
        ("cnov 32 3", "no layer `cnov`", "conv 32 3"),
        ("drop out 0.5", "no layer `drop`", "dropout 0.5"),
        ("zzz 5", "no layer `zzz`", None),
        ("conv 32 3 rellu", "knows no `rellu`", "conv 32 3 relu"),
        ("conv 32 3 relu tanh", "more than one activation", "conv 32 3 relu"),
        ("conv 32 3 same p1", "padding is given twice", "conv 32 3 same"),
        ("conv 32 3 p1 same", "more than one padding", "conv 32 3 p1"),
        ("conv 32", "conv needs its kernel", "conv 32 3"),
        ("conv 32 0", "out of range", "conv 32 1"),
        ("conv 32 3 s0", "stride `s0` is out of range", "conv 32 3 s1"),
        ("conv 9999999 3", "out of range", "conv 1048576 3"),
        ("conv 32 " + "9" * 6000, "out of range", "conv 32 1024"),
        ("conv 3x3 32", "filters is one number", "conv 3 32"),
        ("conv 32 3 g2 depthwise", "group for each channel", "conv 32 3 g2"),
        ("conv 32 3 depthwise g2", "group for each channel", "conv 32 3 depthwise"),
        ("maxpool 2 2", "`2` is too many", "maxpool 2"),
        ("dropout 25", "dropout `25`", "dropout 0.25"),
        ("dropout 5", "not a chance", "dropout 0.05"),
        ("relu 3", "relu takes no number", "relu"),
        ("repeat 5000", "out of range", "repeat 1000"),
        ("end", "end without a repeat", ""),
        ("input 3x32x32", "comes before the layers", None),
        ("input 28x28", "three sizes", "input 1x28x28"),
        ("bn bn 4 whatever", "bn knows no `bn`", "bn"),
    ],
)
def test_a_line_that_cant_be_read(line: str, text: str, instead: str | None) -> None:
    if "input" in line and instead is not None:
        (error,) = parse(line).errors
    else:
        error = parse(f"relu\n{line}").errors[0]
        assert error.line == 2
    assert text in error.text
    assert error.instead == instead
    assert (error.instead or "") in error.fix


def test_dropout_takes_a_percentage() -> None:
    assert parse("dropout 25%").layers[0].spec == parse("dropout .25").layers[0].spec


def test_dense_on_maps_names_both_ways_out() -> None:
    text, fix, instead = wrong(with_input("dense 10", (512, 7, 7)))
    assert "(N, 512, 7, 7)" in text
    assert "25,088" in fix
    assert "gap" in fix
    assert "512)" in fix
    assert instead == "flatten\ndense 10"


def test_a_pool_with_nothing_left_to_pool_is_taken_away() -> None:
    text, fix, instead = wrong(with_input("maxpool 2", (8, 1, 1)))
    assert "Output size is too small" in text
    assert ("take the line away" in fix, instead) == (True, "")
    assert wrong(with_input("maxpool 2", (8, 1, 5)))[2] == "maxpool 1x2"


@pytest.mark.parametrize(
    ("size", "kernel", "stride"),
    [(w, k, s) for w in (7, 8, 15, 32) for k in (1, 2, 3, 4, 5) for s in (2, 3)],
)
def test_same_with_a_stride_names_the_padding(size: int, kernel: int, stride: int) -> None:
    bad = with_input(f"conv 8 {kernel} same s{stride}", (1, size, size))
    text, _, instead = wrong(bad)
    assert text == "padding='same' is not supported for strided convolutions"
    assert instead is not None
    wanted = -(-size // stride)
    assert shaped(parse(with_input(instead, (1, size, size)))).output == (8, wanted, wanted)


def test_several_lines_can_be_wrong_at_once() -> None:
    text = with_input("cnov 8 3\nconv 7 3 g2\nmaxpool 99\nconv 4 3\ndense 10 what\nrelu")
    assert [error.line for error in shaped(parse(text)).errors] == [2, 3, 4, 5, 6]


def test_a_repeat_that_shrinks_too_far_says_how_often_would_do() -> None:
    (error,) = shaped(parse(with_input("repeat 9\nmaxpool 2\nend"))).errors
    assert error.line == 3
    assert "in round 6 of the repeat at line 2" in error.text
    assert error.fix.startswith("repeat 5 times at most")
    assert shaped(parse(with_input("repeat 5\nmaxpool 2\nend"))).errors == ()


def test_the_first_fault_of_a_line_is_the_one_that_is_told() -> None:
    (error,) = shaped(parse("repeat 5000\nrelu"), (3, 8, 8)).errors
    assert "out of range" in error.text
    (error,) = shaped(parse("conv 8 3 rellu"), (3, 1, 1)).errors
    assert ("rellu" in error.text, error.instead) == (True, "conv 8 3 same relu")


def test_a_mended_line_keeps_its_comment_and_place() -> None:
    text = "relu\n  cnov 8 3  # first\n  foo # gone\nend # nothing open"
    for error in reversed(parse(text).errors):
        text = mended(text, error)
    assert text == "relu\n  conv 8 3  # first\n  foo # gone\n# nothing open"
