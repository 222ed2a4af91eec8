"""Questions about sizes, parameters, fields and costs of layers, drawn anew."""

from __future__ import annotations

import random
from collections.abc import Callable

from cnntui.course.format import formulas
from cnntui.course.questions.question import Draft
from cnntui.numbers import counted

CHANNELS = (1, 3, 16, 32, 64, 128)


def conv_size(chance: random.Random) -> Draft:
    """The output size of one axis of a convolution."""
    kernel, stride = chance.choice((3, 5, 7)), chance.choice((1, 2, 2, 3))
    padding = chance.choice((0, 1, 2))
    return size_draft(chance.randint(12, 64), kernel, stride, padding)


def size_draft(size: int, kernel: int, stride: int, padding: int) -> Draft:
    """Ask for an output size by its settings."""
    value = formulas.out(size, kernel, stride, padding)
    free = size + 2 * padding - kernel
    return Draft(
        f"Input {size} wide, kernel {kernel}, padding {padding}, stride {stride}: "
        "how wide is the output?",
        value,
        f"⌊({size} + 2·{padding} - {kernel}) / {stride}⌋ + 1 = {value}.",
        (
            (formulas.out(size, kernel, stride), "The padding is forgotten: it is there twice."),
            (
                -(-free // stride) + 1,
                "It is rounded up: the last window must fit.",
            ),
            (free + 1, "The stride is forgotten: only every so many places are taken."),
            (free // stride, "The first place is forgotten: + 1."),
            ((free - padding) // stride + 1, "The padding is on both sides: 2·P."),
            (-(-size // stride), "That is Keras' same: it pads as much as W/S needs."),
        ),
    )


def pool_size(chance: random.Random) -> Draft:
    """The output size of a pool whose stride is its window."""
    size, window = chance.randint(9, 57), chance.choice((2, 3))
    value = formulas.out(size, window, window)
    return Draft(
        f"A {window}×{window} max pool (stride as the window) on {size} cells: how wide is the "
        "output?",
        value,
        f"⌊({size} - {window}) / {window}⌋ + 1 = {value}.",
        (
            (
                -(-size // window),
                "It is rounded up: without ceil_mode the rest is dropped.",
            ),
            (size - window + 1, "The stride is forgotten: a pool's stride is its window."),
            (value - 1, "The first place is forgotten: + 1."),
            (size, "A pool without padding makes the map smaller."),
        ),
    )


def dilated_size(chance: random.Random) -> Draft:
    """The cells that a dilated kernel spans."""
    kernel, dilation = chance.choice((3, 5)), chance.choice((2, 3, 4))
    value = formulas.extent(kernel, dilation)
    return Draft(
        f"A kernel of {kernel} with dilation {dilation}: how many cells does it span?",
        value,
        f"K + (K-1)(d-1) = {kernel} + {kernel - 1}·{dilation - 1} = {value}.",
        (
            (kernel * dilation, "There are K-1 gaps, not K."),
            (kernel, "The dilation is forgotten: it pulls the cells apart."),
            (kernel + dilation - 1, "Every gap grows, not one alone."),
            (kernel + (kernel - 1) * dilation, "A gap has d-1 cells more, not d."),
        ),
    )


def conv_parameters(chance: random.Random) -> Draft:
    """The parameters of a convolution with bias."""
    kernel = chance.choice((1, 3, 5))
    cin, cout = chance.choice(CHANNELS), chance.choice(CHANNELS[2:])
    weights = kernel * kernel * cin * cout
    value = formulas.conv_params(kernel, cin, cout)
    return Draft(
        f"A convolution {kernel}×{kernel} from {cin} to {cout} channels, with bias: "
        "how many parameters?",
        value,
        f"{kernel}·{kernel}·{cin}·{cout} + {cout} = {counted(value)}.",
        (
            (weights, "The bias is forgotten: one number a filter."),
            (kernel * kernel * cout + cout, "Each filter has a kernel for every input channel."),
            (kernel * cin * cout + cout, "The kernel has K·K weights, not K."),
            (weights + 1, "There is a bias for each filter, not one for all."),
            (weights + cin, "The bias belongs to the filters, not to the input channels."),
        ),
    )


def dense_parameters(chance: random.Random) -> Draft:
    """The parameters of a dense layer on a flattened map."""
    side, channels = chance.choice((4, 7, 8)), chance.choice((16, 32, 64))
    outputs = chance.choice((10, 100, 128))
    inputs = side * side * channels
    value = formulas.dense_params(inputs, outputs)
    return Draft(
        f"A map of {channels}×{side}×{side} is flattened into a dense layer of {outputs}, "
        "with bias: how many parameters?",
        value,
        f"{counted(inputs)}·{outputs} + {outputs} = {counted(value)}.",
        (
            (inputs * outputs, "The bias is forgotten: one number an output."),
            (
                channels * outputs + outputs,
                "That is after global pooling: flatten keeps all.",
            ),
            (inputs + outputs, "Every input is connected to every output: multiply."),
            (side * channels * outputs + outputs, "The map is side times side."),
        ),
    )


def separable_parameters(chance: random.Random) -> Draft:
    """The parameters of a depthwise separable convolution."""
    cin, cout = chance.choice((16, 32, 64)), chance.choice((32, 64, 128))
    value = formulas.separable_params(3, cin, cout, bias=False)
    return Draft(
        f"A depthwise 3×3, then a 1×1 from {cin} to {cout} channels, no bias: how many weights?",
        value,
        f"9·{cin} + {cin}·{cout} = {counted(value)}.",
        (
            (9 * cin * cout, "That is the whole convolution; depthwise has one kernel a channel."),
            (cin * cout, "The depthwise part is forgotten: 9 weights a channel."),
            (9 * cin, "The 1×1 that mixes the channels is forgotten."),
            (9 * cout + cin * cout, "The depthwise part works on the input's channels."),
        ),
    )


def receptive_field(chance: random.Random) -> Draft:
    """The receptive field of a stack of convolutions and pools."""
    layers = [chance.choice(((3, 1), (3, 1), (5, 1), (2, 2), (3, 2))) for _ in range(3)]
    stack = " ".join(f"{kernel}/{stride}" for kernel, stride in layers)
    value = formulas.field(stack)
    listed = ", ".join(f"{k}×{k}" + (f" stride {s}" if s > 1 else "") for k, s in layers)
    kernels = [kernel for kernel, _ in layers]
    return Draft(
        f"Layers: {listed}. How many input cells wide does one output cell see?",
        value,
        f"Each layer adds (K-1) times the strides before it: {value}.",
        (
            (
                1 + sum(k - 1 for k in kernels),
                "The strides are forgotten: they spread what follows.",
            ),
            (sum(kernels), "Windows overlap: a layer adds K-1, not K."),
            (max(kernels), "Layers add up: a later cell sees several of the one before."),
            (value - 1, "It begins with the one cell itself."),
            (_stride_first(layers), "A stride spreads the layers after it, not its own."),
        ),
    )


def _stride_first(layers: list[tuple[int, int]]) -> int:
    """Return the field as it comes out where each layer is spread by its own stride too."""
    seen, step = 1, 1
    for kernel, stride in layers:
        step *= stride
        seen += (kernel - 1) * step
    return seen


def conv_macs(chance: random.Random) -> Draft:
    """The multiply–adds of a convolution with padding same."""
    kernel, side = chance.choice((1, 3, 5)), chance.choice((8, 14, 16, 28))
    cin, cout = chance.choice((3, 16, 32)), chance.choice((16, 32, 64))
    value = formulas.macs(kernel, cin, cout, side, side)
    return Draft(
        f"A {kernel}×{kernel} convolution from {cin} to {cout} channels makes maps of "
        f"{side}×{side}: how many multiply–adds?",
        value,
        f"{kernel}·{kernel}·{cin} for each of {cout}·{side}·{side} outputs: {counted(value)}.",
        (
            (kernel * kernel * cin * cout, "Those are the weights: each works at every place."),
            (value // cin, "Every filter reads all input channels."),
            (value // side, "The map has side times side places."),
            (value // cout, "Every filter is computed, not one."),
        ),
    )


def picture_values(chance: random.Random) -> Draft:
    """The numbers in a colour picture."""
    width = chance.choice((160, 224, 320, 640))
    height = {160: 120, 224: 224, 320: 240, 640: 480}[width]
    value = height * width * 3
    return Draft(
        f"An RGB picture of {width}×{height}: how many numbers?",
        value,
        f"{width} · {height} pixels, three numbers each: {counted(value)}.",
        (
            (height * width, "Those are the pixels: each has three numbers."),
            (height * width * 4, "Four would be with an alpha channel."),
            (
                height * width * 256,
                "256 is how many values one number can have.",
            ),
            ((height + width) * 3, "Sides are multiplied."),
        ),
    )


def steps_an_epoch(chance: random.Random) -> Draft:
    """The batches that an epoch has."""
    pictures, batch = chance.choice((1000, 1437, 5000, 50000)), chance.choice((32, 64, 128, 256))
    value = -(-pictures // batch)
    return Draft(
        f"{counted(pictures)} pictures in batches of {batch}, none dropped: how many steps has an "
        "epoch?",
        value,
        f"⌈{counted(pictures)} / {batch}⌉ = {counted(value)}: the last batch may be smaller.",
        (
            (pictures // batch, "It is rounded down: the last pictures make a smaller batch."),
            (batch, "That is what a batch holds."),
            (pictures, "That would be batches of one."),
            (pictures // 100, "The epoch is the data once through, divided by the batch."),
        ),
    )


LAYER_TOPICS: dict[str, tuple[Callable[[random.Random], Draft], str]] = {
    "conv size": (conv_size, "the output size of a convolution"),
    "pool size": (pool_size, "the output size of a pool"),
    "effective kernel": (dilated_size, "how far a dilated kernel reaches"),
    "conv parameters": (conv_parameters, "the parameters of a convolution"),
    "dense parameters": (dense_parameters, "the parameters of a dense layer after flatten"),
    "separable parameters": (separable_parameters, "the weights of a depthwise separable one"),
    "receptive field": (receptive_field, "what one cell of a stack of layers sees"),
    "conv macs": (conv_macs, "the multiply–adds of a convolution"),
    "picture values": (picture_values, "the numbers in a colour picture"),
    "steps an epoch": (steps_an_epoch, "the batches in an epoch"),
}
