"""The numbers in the prose: against torch, SciPy and the curriculum's published figures."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import softmax as scipy_softmax
from torch import nn

from cnntui.course.format import formulas
from cnntui.course.format.figures import filled, value_of
from cnntui.errors import UserError

CURRICULUM = {
    "640 * 480 * 3": "921,600", "product(640, 480)": "307,200", "product((224, 224, 3))": "150,528",
    "150528 * 1000": "150,528,000", "conv_params(3, 3, 64)": "1,792", "3 * 3 * 3": "27",
    "12288 * 32": "393,216", "conv_params(3, 3, 32)": "896", "out(32, 5)": "28",
    "out(28, 5)": "24", "out(8, 3)": "6", "out(32, 5, 1, 2)": "32", "out(32, 3, 2, 1)": "16",
    "out(32, 5, 2, 0)": "14", "out(224, 3)": "222", "out(32, 3, padding='full')": "34",
    "conv_params(1, 64, 32)": "2,080", "conv_params(3, 32, 64)": "18,496",
    "conv_params(3, 64, 128)": "73,856", "separable_params(3, 64, 128)": "8,896",
    "field('3 3')": "5", "field('3 3 3')": "7", "stack_weights('3 3')": "18",
    "stack_weights('3 3 3')": "27", "stack_weights('7')": "49", "product(7, 7, 512)": "25,088",
    "million(params('alexnet'), 0)": "61 million", "million(params('vgg16'), 0)": "138 million",
    "params('resnet18')": "11,689,512", "year('resnet18')": "2015", "depth('resnet18')": "18",
    "rounded(0.30 * 11 + 0.59 * 11, 1)": "9.8", "percent(1, 8)": "12.5",
    "megabytes(params('resnet18'))": "46.8 MB", "root(2)": "1.41421", "(3, 224, 224)": "3×224×224",
    "1 / 64 + 1 / 9": "0.12674", "keras_out(7, 2)": "4", "extent(3, 2)": "5",
    "1.2 * 1.1 ** 2 * 1.15 ** 2": "1.92027", "f1(8, 2, 2)": "0.8", "jump('3/2 2/2')": "4",
}  # fmt: skip


@pytest.mark.parametrize(("text", "written"), CURRICULUM.items())
def test_the_curriculums_figures_come_out(text, written):
    assert filled(f"so {{{{ {text} }}}}.") == f"so {written}."


sizes = st.integers(1, 40), st.integers(1, 7), st.integers(1, 4), st.integers(0, 3)


@settings(max_examples=60)
@given(*sizes, st.integers(1, 3))
def test_sizes_are_torchs(size, kernel, stride, padding, dilation):
    found = formulas.out(size, kernel, stride, padding, dilation)
    try:
        layer = nn.functional.max_pool1d if padding * 2 <= kernel else None
        data = torch.zeros(1, 1, size)
        weight = torch.zeros(1, 1, kernel)
        wanted = nn.functional.conv1d(data, weight, None, stride, padding, dilation).shape[-1]
    except RuntimeError:
        assert found <= 0
        return
    assert found == wanted
    if layer is not None and dilation == 1:
        pooled = layer(data, kernel, stride, padding, ceil_mode=True).shape[-1]
        assert formulas.out(size, kernel, stride, padding, ceil=True) == pooled


@settings(max_examples=20)
@given(st.integers(1, 5), st.integers(1, 6), st.integers(1, 6), st.booleans())
def test_parameters_are_torchs(kernel, cin, cout, bias):
    def count(layer):
        return sum(p.numel() for p in layer.parameters())

    assert formulas.conv_params(kernel, cin, cout, bias) == count(
        nn.Conv2d(cin, cout, kernel, bias=bias)
    )
    assert formulas.dense_params(cin, cout, bias) == count(nn.Linear(cin, cout, bias=bias))
    depthwise = nn.Conv2d(cin, cin, kernel, groups=cin, bias=False)
    assert formulas.separable_params(kernel, cin, cout, bias) == count(depthwise) + count(
        nn.Conv2d(cin, cout, 1, bias=bias)
    )


@given(st.lists(st.integers(-8, 8), min_size=1, max_size=6))
def test_softmax_is_scipys(logits):
    assert formulas.softmaxed(logits) == pytest.approx(scipy_softmax(logits).tolist())


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 2)), min_size=1, max_size=3))
def test_a_field_is_where_the_gradient_reaches(layers):
    stack = " ".join(f"{kernel}/{stride}" for kernel, stride in layers)
    field = formulas.field(stack)
    data = torch.zeros(1, 1, field, requires_grad=True)
    made = data
    for kernel, stride in layers:
        made = nn.functional.conv1d(made, torch.ones(1, 1, kernel), None, stride)
    assert made.shape[-1] == 1
    made.sum().backward()
    assert data.grad is not None
    assert data.grad[0, 0, 0] != 0 != data.grad[0, 0, -1]


@pytest.mark.parametrize(
    "text",
    ["open('x')", "__import__('os')", "out.__class__", "out(32, 5)[0]", "lambda: 1", "10 ** 65",
     "9 ** 9 ** 9", "1 / 0", "'a' * 10 ** 15", "dense_params('a', 10 ** 12)", "field('3/0 x')",
     "dense_params((1, 2), 10 ** 15)", "field('9999/9999 ' * 9)", "out(1)", "out(0, 3)",
     "params('nothing')", "unknown(3)", "", "1 +", "out(", "a" * 300, "~" * 190, "-" * 190 + "1",
     "root(0 - 1)", "out(32, 5, padding='none')", "million('a')", "'\\d' + 1", "(-8) ** 0.5",
     "field('" + "9999/9999 " * 15 + "')", "jump('" + "9999/9999 " * 15 + "')"],
)  # fmt: skip
def test_what_is_no_figure_is_refused(text):
    with pytest.raises(UserError) as found:
        value_of(text)
    assert str(found.value).isprintable()


@pytest.mark.parametrize("text", ["{{ out(32, 5)", "}}", "{{ {{ 1 }} }}", "{{" * 50_000])
def test_braces_must_match(text):
    with pytest.raises(UserError):
        filled(text)


def test_million_has_few_places():
    assert len(value_of("million(1, 10 ** 9)")) < 20
