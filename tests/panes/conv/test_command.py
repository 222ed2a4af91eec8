"""``cnntui conv``: every field of its JSON against torch, SciPy, numpy and the curriculum."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
import torch
from scipy.signal import correlate2d
from torch.nn import functional as F

TORCH_PAD = {"zeros": "constant", "reflect": "reflect", "replicate": "replicate"}
TORCH_PAD |= {"circular": "circular"}
ACTIVATIONS = {
    "none": lambda x: x,
    "relu": F.relu,
    "leaky-relu": F.leaky_relu,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
}
FIELDS = [
    *("input_shape", "weight_shape", "output_shape", "output", "params", "macs"),
    *("receptive_field", "never_read", "device", "torch_max_abs_diff"),
]
STEP = {
    *("index", "filter", "row", "column", "patch", "kernel", "products"),
    *("channel_sums", "bias", "sum", "activation"),
}


@dataclass(frozen=True)
class Spec:
    """A convolution as it is typed: shapes of the two files, and options."""

    data: tuple[int, int, int]
    weight: tuple[int, ...]  # as it is saved; torch gets 4 dimensions
    groups: int = 1
    stride: tuple[int, int] = (1, 1)
    padding: tuple[int, int] | str = (0, 0)
    mode: str = "zeros"
    dilation: tuple[int, int] = (1, 1)
    bias: tuple[float, ...] = ()
    activation: str = "none"
    arrays: dict[str, Any] = field(default_factory=dict)

    def options(self) -> list[str]:
        options: list[str] = ["--groups", str(self.groups), "--padding-mode", self.mode]
        options += ["--activation", self.activation]
        for name in ("stride", "padding", "dilation"):
            value = getattr(self, name)
            options += [f"--{name}", value if isinstance(value, str) else f"{value[0]},{value[1]}"]
        return options + (["--bias", ",".join(map(str, self.bias))] if self.bias else [])

    def pads(self) -> list[tuple[int, int]]:
        """Return (before, after) of height and width by the documented rules."""
        pairs = []
        for axis in (0, 1):
            reach = self.dilation[axis] * (self.weight[-2 + axis] - 1)
            if self.padding == "same":  # torch: the odd cell goes after
                pairs.append((reach // 2, reach - reach // 2))
            elif self.padding == "full":
                pairs.append((reach, reach))
            else:
                amount = 0 if self.padding == "valid" else self.padding[axis]
                pairs.append((amount, amount))
        return pairs


SPECS = {
    "grey": Spec((1, 6, 7), (3, 3)),
    "rectangular": Spec((1, 6, 9), (2, 3), stride=(2, 1), padding=(1, 2), dilation=(1, 2)),
    "one kernel for all channels": Spec((3, 7, 7), (3, 3), padding=(1, 1)),
    "one filter of all channels": Spec((3, 7, 6), (3, 3, 2), bias=(0.5,)),
    "bank": Spec((3, 6, 6), (4, 3, 3, 3), bias=(1.0, -2.0, 0.25, 3.5), activation="relu"),
    "one bias for the bank": Spec((2, 5, 5), (3, 2, 2, 2), bias=(-1.5,)),
    "groups": Spec((4, 6, 6), (6, 2, 3, 3), groups=2, activation="leaky-relu"),
    "depthwise": Spec((3, 6, 5), (3, 1, 3, 3), groups=3, bias=(1.0, 2.0, 3.0)),
    "depthwise, two a channel": Spec((2, 5, 5), (4, 1, 2, 2), groups=2),
    "depthwise from one kernel": Spec((3, 6, 5), (3, 3), groups=3),
    "valid": Spec((1, 6, 6), (3, 3), padding="valid"),
    "same": Spec((2, 6, 6), (2, 2, 3, 3), padding="same", activation="sigmoid"),
    "same, even kernel": Spec((1, 6, 6), (4, 2), padding="same"),
    "full": Spec((1, 5, 6), (3, 2), padding="full", activation="tanh"),
    "full, dilated": Spec((1, 5, 6), (3, 2), padding="full", dilation=(2, 3)),
    "dilated": Spec((1, 9, 9), (3, 3), dilation=(2, 3), stride=(1, 2)),
    "stride leaves cells out": Spec((2, 8, 9), (2, 2), stride=(3, 4)),
    "reflect": Spec((2, 5, 6), (3, 3), padding=(2, 1), mode="reflect"),
    "replicate": Spec((1, 4, 5), (3, 3), padding=(3, 2), mode="replicate", stride=(2, 2)),
    "circular": Spec((1, 4, 5), (3, 3), padding="same", mode="circular"),
    "pointwise": Spec((3, 4, 4), (5, 3, 1, 1), bias=(0.1, 0.2, 0.3, 0.4, 0.5)),
}


@pytest.fixture(params=SPECS, ids=list(SPECS))
def case(request, tmp_path, found):
    """A spec, its arrays, and a function that runs it."""
    spec = SPECS[request.param]
    random = np.random.default_rng(len(request.param))
    data = random.normal(size=spec.data).astype(np.float32)
    kernel = random.normal(size=spec.weight).astype(np.float32)
    np.save(tmp_path / "x.npy", data)
    np.save(tmp_path / "k.npy", kernel)
    files = ["--input", str(tmp_path / "x.npy"), "--kernel", str(tmp_path / "k.npy")]

    def run(*more: object) -> dict[str, Any]:
        return found("conv", *files, *spec.options(), *more)

    return spec, data, _as_torch_wants(spec, kernel), run


def _as_torch_wants(spec: Spec, kernel: np.ndarray) -> np.ndarray:
    """Return (F, C/groups, kh, kw): the issue's words on kernels of 2 and 3 dimensions."""
    if kernel.ndim == 2:
        channels = spec.data[0] // spec.groups
        return np.stack([np.stack([kernel] * channels)] * spec.groups)
    return kernel[None] if kernel.ndim == 3 else kernel


def _torch_output(spec: Spec, data: Any, weight: Any, bias: Any) -> torch.Tensor:
    (top, bottom), (left, right) = spec.pads()
    data = F.pad(data[None], (left, right, top, bottom), TORCH_PAD[spec.mode])
    return F.conv2d(data, weight, bias, spec.stride, 0, spec.dilation, spec.groups)[0]


def _biases(spec: Spec, filters: int) -> np.ndarray:
    bias = spec.bias or (0.0,)
    return np.array(bias * filters if len(bias) == 1 else bias, np.float32)


def test_output(case):
    spec, data, weight, run = case
    result = run()
    assert list(result) == FIELDS
    tensors = [torch.tensor(a.astype(np.float64)) for a in (data, weight)]
    bias = torch.tensor(_biases(spec, len(weight)).astype(np.float64))
    expected = ACTIVATIONS[spec.activation](_torch_output(spec, *tensors, bias))
    assert result["output_shape"] == list(expected.shape)
    assert np.array(result["output"]) == pytest.approx(expected.numpy(), rel=1e-5, abs=1e-5)
    assert result["torch_max_abs_diff"] < 1e-5
    assert result["device"] == "cpu"


def test_shapes_and_counts(case):
    spec, data, weight, run = case
    result = run()
    filters, height, width = result["output_shape"]
    assert result["input_shape"] == list(data.shape)
    assert result["weight_shape"] == list(weight.shape)
    assert result["params"] == weight.size + (filters if spec.bias else 0)
    assert result["macs"] == filters * height * width * weight[0].size
    reach = [d * (k - 1) + 1 for d, k in zip(spec.dilation, weight.shape[2:], strict=True)]
    assert result["receptive_field"] == reach


def test_never_read_cells_have_no_gradient(case):
    spec, data, weight, run = case
    cells = torch.ones(data.shape, requires_grad=True)
    output = _torch_output(spec, cells, torch.ones(weight.shape), None)
    (gradient,) = torch.autograd.grad(output.sum(), cells)
    assert run()["never_read"] == int((gradient == 0).sum())


def test_steps_by_hand(case):
    spec, data, weight, run = case
    filters, height, width = run()["output_shape"]
    pad = {"zeros": "constant", "replicate": "edge", "circular": "wrap"}.get(spec.mode, spec.mode)
    padded = np.pad(data, [(0, 0), *spec.pads()], mode=pad).astype(np.float64)
    (kh, kw), per_group = weight.shape[2:], weight.shape[1]
    for index in {0, 1, width, height * width, filters * height * width - 1}:
        if index >= filters * height * width:
            continue
        result = run("--step", index)
        step, output = result["step"], result["output"]
        assert set(step) == STEP
        row, column = index // width % height, index % width
        plane = index // (width * height)
        assert [step[name] for name in ("index", "filter", "row", "column")] == [
            index,
            plane,
            row,
            column,
        ]
        first = plane // (filters // spec.groups) * per_group
        top, left = row * spec.stride[0], column * spec.stride[1]
        patch = padded[first : first + per_group, top:, left:][
            :,
            : kh * spec.dilation[0] : spec.dilation[0],
            : kw * spec.dilation[1] : spec.dilation[1],
        ]
        products = patch * weight[plane].astype(np.float64)
        assert np.array_equal(step["patch"], patch)
        assert np.array_equal(step["kernel"], weight[plane])
        assert np.array_equal(step["products"], products)
        assert step["channel_sums"] == pytest.approx(products.sum(axis=(1, 2)))
        assert step["bias"] == _biases(spec, filters)[plane]
        assert step["sum"] == pytest.approx(products.sum() + step["bias"])
        activate = ACTIVATIONS[spec.activation]
        expected = activate(torch.tensor(step["sum"], dtype=torch.float64))
        assert step["activation"] == pytest.approx(float(expected))
        assert step["activation"] == pytest.approx(output[plane][row][column], rel=1e-5, abs=1e-5)


@pytest.mark.parametrize("mode", ["valid", "same", "full"])
def test_one_plane_is_scipys_correlation(found, tmp_path, mode):
    random = np.random.default_rng(5)
    data, kernel = random.integers(-9, 9, (7, 9)), random.integers(-9, 9, (3, 5))
    np.save(tmp_path / "x.npy", data)
    np.savetxt(tmp_path / "k.csv", kernel, fmt="%d", delimiter=",")
    files = ("--input", tmp_path / "x.npy", "--kernel", tmp_path / "k.csv")
    result = found("conv", *files, "--padding", mode)
    assert np.array_equal(result["output"][0], correlate2d(data, kernel, mode=mode))


# the curriculum


@pytest.mark.parametrize(
    ("side", "kernel", "stride", "padding", "expected"),
    [
        (32, 5, 1, "0", 28),
        (32, 5, 1, "2", 32),
        (32, 5, 1, "same", 32),
        (32, 3, 2, "1", 16),
        (28, 5, 1, "0", 24),
        (32, 5, 2, "valid", 14),
        (224, 3, 1, "valid", 222),
        (8, 3, 1, "0", 6),
        (32, 5, 1, "full", 36),
    ],
)
def test_sizes_of_the_curriculum(found, side, kernel, stride, padding, expected):
    result = found(
        "conv", "--input", f"gradient:{side}", "--kernel", f"random:1:{kernel},{kernel}",
        "--stride", stride, "--padding", padding,
    )  # fmt: skip
    assert result["output_shape"] == [1, expected, expected]


EDGE = "-1 0 1; -1 0 1; -1 0 1"


def test_the_edge_of_five_columns(found):
    output = found("conv", "--input", "edge-5x5", "--kernel", EDGE)["output"]
    assert output == [[[0, -30, -30]] * 3]  # 3 × (0 − 10) where the window ends in the dark


def test_the_edge_of_six_columns(found):
    output = found("conv", "--input", "edge-6x6", "--kernel", EDGE)["output"]
    assert output == [[[0, 765, 765, 0]] * 4]  # 3 × 255


def test_the_rows_of_the_lesson(found):
    output = found("conv", "--input", "rows-5x5", "--kernel=-1 -1 -1; 0 0 0; 1 1 1")["output"]
    cells = [[1, 2, 3, 0, 1], [0, 1, 2, 3, 0], [1, 0, 1, 2, 3], [2, 1, 0, 1, 2], [3, 2, 1, 0, 1]]
    sums = [[sum(row[c : c + 3]) for c in range(3)] for row in cells]
    assert output[0] == [[sums[r + 2][c] - sums[r][c] for c in range(3)] for r in range(3)]
    assert output[0][0] == [-4, -2, 2]


@pytest.mark.parametrize(
    ("channels", "filters", "side", "params"),
    [(3, 32, 3, 896), (64, 32, 1, 2_080), (32, 64, 3, 18_496), (64, 128, 3, 73_856)],
)
def test_parameters_of_the_curriculum(found, channels, filters, side, params):
    kernel = f"random:0:{filters},{channels},{side},{side}"
    data = f"random:0:{channels},4,4"
    result = found("conv", "--input", data, "--kernel", kernel, "--bias", "0")
    assert result["params"] == params


def test_64_filters_on_rgb(found):
    result = found(
        "conv", "--input", "chelsea", "--cells", "8", "--kernel", "random:0:64,3,3,3", "--bias", "0"
    )
    assert result["params"] == 64 * (27 + 1) == 1_792


def test_a_stride_of_2_leaves_9_cells_unread(found):
    result = found("conv", "--input", "random:1:5,5", "--kernel", "1 1; 1 1", "--stride", "2")
    assert (result["output_shape"], result["never_read"]) == ([1, 2, 2], 9)


# numbers


def test_numbers_are_plain_and_of_full_precision(ran, found, tmp_path):
    values = np.array([[0.1, 1 / 3], [1e-30, 16777217.0]], np.float32)
    np.save(tmp_path / "x.npy", values)
    result = found("conv", "--input", tmp_path / "x.npy", "--kernel", "1", "--step", "1")
    assert result["output"] == [values.astype(float).tolist()]  # bit by bit
    assert result["step"]["patch"] == [[[float(np.float32(1 / 3))]]]
    assert type(result["params"]) is int


def test_not_finite_numbers_are_strings(found, tmp_path):
    np.save(tmp_path / "x.npy", np.array([[np.nan, np.inf, -np.inf, 2.0]]))
    result = found("conv", "--input", tmp_path / "x.npy", "--kernel", "1", "--step", "2")
    assert result["output"] == [[["NaN", "Infinity", "-Infinity", 2.0]]]
    assert result["step"]["sum"] == "-Infinity"
    assert result["torch_max_abs_diff"] == 0


@pytest.mark.parametrize("text", ["inf", "-inf", "nan"])
def test_a_bias_that_is_not_finite(found, text):
    result = found("conv", "--input", "pool-4x4", "--kernel", "1", f"--bias={text}")
    name = {"inf": "Infinity", "-inf": "-Infinity", "nan": "NaN"}[text]
    assert result["output"][0][0][0] == name


@pytest.mark.parametrize("bias", ["0.5", "0.5,-1,2,0", "0.5 -1 2 0"])
def test_bias_of_a_bank(found, bias):
    result = found("conv", "--kernel", "edges-bank", "--bias", bias, "--step", "36")
    numbers = [float(number) for number in bias.replace(",", " ").split()]
    assert result["step"]["bias"] == (numbers * 4)[1]
    assert result["params"] == 4 * 9 + 4


@pytest.mark.parametrize("words", [["--bias", "-1"], ["--bias=-1"], ["--bias", "-1,-1,-1,-1"]])
def test_negative_numbers_are_no_options(found, words):
    result = found("conv", "--kernel", "edges-bank", *words, "--step", "0")
    assert result["step"]["bias"] == -1


def test_a_negative_kernel_is_no_option(found):
    written = found("conv", "--kernel", "-1 0 1; -2 0 2; -1 0 1")
    assert written == found("conv", "--kernel", "sobel-x")


def test_a_picture_file_in_colour_and_in_grey(found, tmp_path):
    from PIL import Image

    pixels = np.random.default_rng(0).integers(0, 256, (5, 6, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / "p.png")
    result = found("conv", "--input", tmp_path / "p.png", "--kernel", "1")
    assert np.array_equal(result["output"][0], pixels.astype(float).sum(axis=2))
    assert found("conv", "--input", tmp_path / "p.png", "--gray")["input_shape"] == [1, 5, 6]


def test_a_table_file(found, tmp_path):
    (tmp_path / "t.txt").write_text("1 2 3\n4 5 6\n")
    result = found("conv", "--input", tmp_path / "t.txt", "--kernel", "1 1; 1 1")
    assert result["output"] == [[[12, 16]]]


# printed


def test_print_shows_the_arithmetic(ran):
    done = ran("conv", "--input", "rows-5x5", "--kernel=-1 -1 -1; 0 0 0; 1 1 1",
               "--bias", "2", "--step", "0", "--device", "cpu", "--print")  # fmt: skip
    assert done.code == 0
    assert "✓ torch cpu" in done.out
    assert "(1×-1) + (2×-1) + (3×-1) + (0×0)" in done.out
    assert "-4 + bias 2 = -2" in done.out
    assert "step 0 of 0–8" in done.out
    assert "\x1b" not in done.out


def test_what_is_not_a_terminal_gets_the_print(ran):
    options = ("conv", "--step", "7", "--device", "cpu")
    assert ran(*options).out == ran(*options, "--print").out != ""


def test_print_tells_the_output_size_with_its_numbers(ran):
    out = ran("conv", "--stride", "2", "--padding", "1", "--print").out
    assert "⌊(8 + 2·1 - 1·(3-1) - 1) / 2⌋ + 1 = 4" in out
    assert "params 9 · MACs 144" in out


def test_not_finite_numbers_are_printed_as_such(ran, tmp_path):
    (tmp_path / "n.csv").write_text("nan,1\ninf,2\n")
    out = ran("conv", "--input", tmp_path / "n.csv", "--kernel", "1", "--print").out
    assert "nan" in out
    assert "inf" in out
    assert "✓ torch" in out


def test_a_whole_board_is_printed(ran):
    out = ran("conv", "--input", "gradient:40", "--kernel", "1", "--print").out
    assert sum("39" in line for line in out.splitlines()) >= 40
