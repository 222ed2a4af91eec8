"""Two layers against each other, as lines of the Compare pane."""

from __future__ import annotations

from cnntui.engine.comparing import DenseOrConvolution, StandardOrSeparable
from cnntui.ground.bars import bar
from cnntui.ground.lines import Line, flowed, line
from cnntui.numbers import counted, fitted, size_text
from cnntui.panes.compare.state import ComparingState


def _quantities(
    state: ComparingState, layer: DenseOrConvolution | StandardOrSeparable
) -> list[Line]:
    lines = []
    for at, (name, label, _) in enumerate(layer.QUANTITIES):
        chosen = at == state.quantity
        mark, role = ("▸ ", "key") if chosen else ("  ", "")
        lines.append(line(f"{mark}{label:<16}{counted(getattr(layer, name)):>9}", role))
    return [*lines, line("")]


def _bars(pairs: tuple[tuple[str, int, str], ...], width: int) -> list[Line]:
    """Draw one bar a number, to one scale."""
    most = max(value for _, value, _ in pairs)
    wide = max(8, min(60, width - 32))
    return [
        ((f"{label:<12}{counted(value):>18}  ", ""), (bar(value / most, wide), role))
        for label, value, role in pairs
    ]


def dense_lines(state: ComparingState, layer: DenseOrConvolution, width: int) -> list[Line]:
    """Say how many weights a dense layer and a convolution have on the same input."""
    k, c = layer.kernel, layer.channels
    lines = _quantities(state, layer)
    lines += [
        line("Dense: every unit has its own weight for every value of the input", "input"),
        line(f"  {c} × {layer.height} × {layer.width} = {counted(layer.inputs)} inputs"),
        line(
            f"  {counted(layer.inputs)} × {counted(layer.units)} units = "
            f"{counted(layer.dense_weights)} weights (+ {counted(layer.units)} biases)"
        ),
        line("Convolution: every filter has one window, the same at all positions", "output"),
        line(
            f"  {counted(layer.filters)} filters × ({k}×{k}×{c} + 1 bias) = "
            f"{counted(layer.convolution_params)} parameters"
        ),
        _verdict(layer.factor, "the dense weights are", "the convolution's parameters"),
        line(""),
    ]
    lines += _bars(
        (
            ("dense", layer.dense_weights, "input"),
            ("convolution", layer.convolution_params, "output"),
        ),
        width,
    )
    places = f"{layer.height} × {layer.width}"
    says = (
        f"As float32: {size_text(4 * layer.dense_params)} against "
        f"{size_text(4 * layer.convolution_params)}. Multiply–adds: "
        f"{counted(layer.dense_weights)} against {counted(layer.convolution_macs)}: few weights, "
        f"used at {places} positions (padding keeps the size, stride 1)."
    )
    return [*lines, *flowed(line(says, "dim"), width, 3)]


def _verdict(factor: float, what: str, than: str) -> Line:
    times = counted(round(factor)) if factor >= 100 else fitted(factor, 5)
    return ((f"  {what} ", ""), (f"{times} times", "strong"), (f" {than}", ""))


def separable_lines(state: ComparingState, layer: StandardOrSeparable, width: int) -> list[Line]:
    """Say how many parameters a standard and a separable convolution have."""
    k, i, o = layer.kernel, counted(layer.inputs), counted(layer.outputs)
    pointwise = counted(layer.pointwise_weights + layer.outputs)
    share = (layer.depthwise_weights + layer.pointwise_weights) / layer.standard_weights
    lines = _quantities(state, layer)
    lines += [
        line("Standard: every output channel has a window through all input channels", "input"),
        line(f"  {k}×{k} × {i} × {o} + {o} biases = {counted(layer.standard_params)} parameters"),
        line("Separable: one window a channel, then 1×1 mixes the channels", "output"),
        line(f"  depthwise {k}×{k} × {i} = {counted(layer.depthwise_weights)}, without biases"),
        line(f"  pointwise {i} × {o} + {o} biases = {pointwise}"),
        line(f"  together {counted(layer.separable_params)} parameters"),
        (
            ("  weights and MACs: 1/Cout + 1/K² = ", ""),
            (f"1/{o} + 1/{k * k} = {share:.4f}", "strong"),
            (" of the standard", ""),
        ),
        line(""),
    ]
    bars = (
        ("standard", layer.standard_params, "input"),
        ("separable", layer.separable_params, "output"),
    )
    lines += _bars(bars, width)
    says = (
        f"Multiply–adds on a {layer.picture} × {layer.picture} picture: "
        f"{counted(layer.standard_macs)} against {counted(layer.separable_macs)}. "
        "The ratio leaves out biases (Howard et al. 2017, MobileNets, section 3.1); with a "
        "1×1 kernel the separable one is the larger."
    )
    return [*lines, *flowed(line(says, "dim"), width, 3)]
