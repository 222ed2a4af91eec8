"""What is compared, in numbers: stages of networks, dense and separable layers.

Knows traced rows and plain integers; imports no torch.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log2, prod
from typing import ClassVar

from cnntui.engine.tracing.rows import Row, Shape, Trace

HEAD = 99  # what follows the last picture: global pooling, dense layers
UNCALLED = 100  # parameters that no call of the forward pass uses


@dataclass(frozen=True)
class ResolutionStage:
    """The rows whose picture is as often halved: ``halvings`` times, or HEAD, or UNCALLED."""

    halvings: int
    picture: Shape  # (height, width) of its last row; () where there is none
    channels: int  # out of its last block
    params: int
    macs: int


@dataclass(frozen=True)
class Totals:
    """A traced network in a few numbers."""

    name: str
    title: str
    input_shape: Shape  # (C, H, W)
    params: int
    parameter_bytes: int
    macs: int
    activation_bytes: int
    stages: tuple[ResolutionStage, ...]

    @property
    def flops(self) -> int:
        """Twice the multiply–adds."""
        return 2 * self.macs


def totals_of(trace: Trace, title: str) -> Totals:
    """Return the totals and stages of a trace; they are of the batch that was traced."""
    return Totals(
        name=trace.name,
        title=title,
        input_shape=trace.input_shape[1:],
        params=trace.total_params,
        parameter_bytes=trace.parameter_bytes,
        macs=trace.total_macs,
        activation_bytes=trace.activation_bytes,
        stages=stages_of(trace),
    )


def stages_of(trace: Trace) -> tuple[ResolutionStage, ...]:
    """Group the rows by how often their output's picture is halved, in order of size.

    Halvings are log2(input height / output height), rounded, so that 299→149→73 and
    224→112→56 meet. What is 1×1 amid the network (a squeeze-excite gate) belongs to the stage it
    stands in; what is 1×1 at the end is the head. The parameters of all stages add up to the
    network's.
    """
    grouped: dict[int, list[Row]] = {}
    pictured = [at for at, row in enumerate(trace.rows) if max(row.units, default=1) > 1]
    last = pictured[-1] if pictured else -1
    halvings = 0
    for at, row in enumerate(trace.rows):
        if at > last:
            halvings = HEAD
        elif max(row.units, default=1) > 1:
            halvings = _halvings(trace.input_shape, row)
        grouped.setdefault(halvings, []).append(row)
    stages = [_stage(key, grouped[key], trace.rows) for key in sorted(grouped)]
    if trace.uncalled:
        params = sum(count for _, count in trace.uncalled)
        stages.append(ResolutionStage(UNCALLED, (), 0, params, 0))
    return tuple(stages)


def _halvings(input_shape: Shape, row: Row) -> int:
    """Count the halvings from the input's height, at least none: an enlarged picture is whole."""
    height = input_shape[-2] if len(input_shape) > 2 else input_shape[-1]
    return max(0, round(log2(max(1, height) / row.units[0])))


def _stage(halvings: int, rows: list[Row], every: tuple[Row, ...]) -> ResolutionStage:
    """Sum up rows; channels are the values of one output over those of its picture."""
    shown = [row for row in rows if max(row.units, default=1) > 1] or rows
    end = _end(shown, every) if halvings != HEAD else shown[-1]
    picture = end.units if halvings != HEAD else ()
    return ResolutionStage(
        halvings,
        picture,
        prod(end.output_shape[1:]) // max(1, prod(end.units)),
        sum(row.params for row in rows),
        sum(row.macs for row in rows),
    )


def _end(rows: list[Row], every: tuple[Row, ...]) -> Row:
    """Return the row a stage ends with: of the last block that lies in it whole, where it can.

    A block that halves the picture often widens it first: those channels are no stage's output.
    """
    last = rows[-1]
    after = every[last.index + 1].path if last.index + 1 < len(every) else ()
    block = tuple(
        name for at, name in enumerate(last.path) if last.path[: at + 1] == after[: at + 1]
    )
    inside = sum(row.path[: len(block)] == block for row in every)
    if inside * 4 > len(every):  # no block but what holds the network
        return last
    whole = [row for row in rows if row.path[: len(block)] != block]
    return whole[-1] if whole else last


@dataclass(frozen=True)
class DenseOrConvolution:
    """A dense layer and a convolution on the same input; padding keeps the picture's size.

    >>> DenseOrConvolution().dense_weights, DenseOrConvolution().convolution_params
    (150528000, 1792)
    """

    channels: int = 3
    height: int = 224
    width: int = 224
    units: int = 1000
    kernel: int = 3
    filters: int = 64

    QUANTITIES: ClassVar[tuple[tuple[str, str, int], ...]] = (  # field, its name, the largest
        ("channels", "input channels", 4096),
        ("height", "input height", 4096),
        ("width", "input width", 4096),
        ("units", "dense units", 100_000),
        ("filters", "filters", 4096),
        ("kernel", "kernel size", 31),
    )

    @property
    def inputs(self) -> int:
        """Values of the input, C·H·W."""
        return self.channels * self.height * self.width

    @property
    def dense_weights(self) -> int:
        """One weight for each input and unit; as many multiply–adds."""
        return self.inputs * self.units

    @property
    def dense_params(self) -> int:
        """Weights and one bias a unit."""
        return self.dense_weights + self.units

    @property
    def window(self) -> int:
        """Weights of one filter, K·K·C."""
        return self.kernel**2 * self.channels

    @property
    def convolution_params(self) -> int:
        """Weights and one bias a filter: (K·K·C + 1)·filters."""
        return (self.window + 1) * self.filters

    @property
    def convolution_macs(self) -> int:
        """Every filter's window at each of the H·W positions."""
        return self.window * self.filters * self.height * self.width

    @property
    def factor(self) -> float:
        """The dense layer's weights over the convolution's parameters: 84,000 at first."""
        return self.dense_weights / self.convolution_params


@dataclass(frozen=True)
class StandardOrSeparable:
    """A standard convolution, and a depthwise followed by a pointwise one.

    The depthwise one has no bias, as in Keras' SeparableConv2D: one bias an output channel is
    added at the end. Padding keeps the ``picture`` × ``picture`` size.

    >>> StandardOrSeparable().standard_params, StandardOrSeparable().separable_params
    (73856, 8896)
    """

    inputs: int = 64
    outputs: int = 128
    kernel: int = 3
    picture: int = 56

    QUANTITIES: ClassVar[tuple[tuple[str, str, int], ...]] = (
        ("inputs", "channels in", 4096),
        ("outputs", "channels out", 4096),
        ("kernel", "kernel size", 31),
        ("picture", "picture size", 4096),
    )

    @property
    def standard_weights(self) -> int:
        """K·K·Cin·Cout."""
        return self.kernel**2 * self.inputs * self.outputs

    @property
    def standard_params(self) -> int:
        """Weights and one bias an output channel."""
        return self.standard_weights + self.outputs

    @property
    def depthwise_weights(self) -> int:
        """One K×K kernel a channel."""
        return self.kernel**2 * self.inputs

    @property
    def pointwise_weights(self) -> int:
        """Cin·Cout: a 1×1 convolution mixes the channels."""
        return self.inputs * self.outputs

    @property
    def separable_params(self) -> int:
        """Both kernels' weights and one bias an output channel."""
        return self.depthwise_weights + self.pointwise_weights + self.outputs

    @property
    def standard_macs(self) -> int:
        """Each weight once at every position."""
        return self.standard_weights * self.picture**2

    @property
    def separable_macs(self) -> int:
        """Each weight once at every position."""
        return (self.depthwise_weights + self.pointwise_weights) * self.picture**2

    @property
    def ratio(self) -> float:
        """Separable over standard, of weights and multiply–adds: 1/Cout + 1/K².

        Howard et al. 2017, MobileNets, section 3.1.
        """
        return 1 / self.outputs + 1 / self.kernel**2
