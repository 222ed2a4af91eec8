"""The words about a convolution step: its arithmetic, matrix row and sizes."""

from __future__ import annotations

from cnntui.engine.convolution import ConvolutionStep
from cnntui.ground.lines import Line, added, cropped, flowed, line, listed, wrapped
from cnntui.numbers import counted, pair, shape, short
from cnntui.panes.conv.state import ConvolutionState
from cnntui.parts.stepping.frame import size_lines
from cnntui.parts.stepping.input_board import reader_lines

WIDE = 110  # from here on the matrix row stands below the arithmetic without being asked for


def met_by_tap(state: ConvolutionState) -> tuple[set[int], set[int]]:
    """Return the rows and columns of the input that the kernel cell under the cursor meets."""
    rows, columns = state.window.rows, state.window.columns
    return tuple(  # type: ignore[return-value]
        {axis.start(output) + tap * axis.dilation for output in range(axis.outputs)}
        for axis, tap in ((rows, state.tap[0]), (columns, state.tap[1]))
    )


def words_of(state: ConvolutionState, step: ConvolutionStep, width: int, lines: int) -> list[Line]:
    """Return at most ``lines`` lines of ``width`` characters about the step and the sizes."""
    size = _size_lines(state, width)
    room = max(1, lines - len(size))
    if state.focus == "input":
        body = reader_lines(state, width, room, "output cell")
    elif state.focus == "kernel":
        body = _tap_lines(state, width, room)
    elif state.im2col:
        body = _row_lines(state, step, width)[-room:]
    else:
        body = _arithmetic(state, step, width, room)
        if room - len(body) >= 4 and width >= WIDE:
            body += _row_lines(state, step, width)
    return [*body[:room], *size][: max(1, lines)]


def _arithmetic(
    state: ConvolutionState, step: ConvolutionStep, width: int, room: int
) -> list[Line]:
    """Write the cell out: products, sums, bias, activation; the result in any case."""
    total = wrapped(_total(step), width, len(step.channel_sums) + 4, "  ")[-room:]
    room -= len(total)
    if len(step.products) > 1:
        return [*_channel_lines(state, step, width, room), *total]
    products = [value for row in step.products[0] for value in row]
    sums = wrapped([line("="), *added(products)], width, room // 2, "  ")
    terms = _product_terms(step.patch[0], step.kernel[0])
    return [*wrapped(terms, width, room - len(sums)), *sums, *total]


def _product_terms(
    patch: tuple[tuple[float, ...], ...], kernel: tuple[tuple[float, ...], ...]
) -> list[Line]:
    """Write ``(7×-1)``, ``+ (15×0)`` …, in one colour: a colour a number is 400 bytes a step."""
    terms: list[Line] = []
    for values, weights in zip(patch, kernel, strict=True):
        for value, weight in zip(values, weights, strict=True):
            sign = "+ " if terms else ""
            terms.append(line(f"{sign}({short(value)}×{short(weight)})"))
    return terms


def _channel_lines(
    state: ConvolutionState, step: ConvolutionStep, width: int, room: int
) -> list[Line]:
    """Write one line a channel with its partial sum, around the channel on view."""
    count = len(step.products)
    if room < 1:
        return []
    first = max(0, min(state.kernel_channel - room // 2, count - room))
    shown = range(first, min(count, first + room))
    rows = []
    for at in shown:
        total = f" = {short(step.channel_sums[at])}"
        head = line(f"channel {step.first_channel + at}: ", "dim")
        left = width - len(total) - len(head[0][0])
        terms = wrapped(_product_terms(step.patch[at], step.kernel[at]), left, 1)
        rows.append((*head, *(terms[0] if terms else ()), (total, "strong")))
    if len(shown) < count:
        rows[-1] = line(f"… {count - len(shown) + 1} more channels; c shows the next", "dim")
    return rows


def _total(step: ConvolutionStep) -> list[Line]:
    """Write channel sums + bias = sum, and the activation."""
    sums = step.channel_sums
    shown = sums if len(sums) <= 6 else sums[:5]
    terms = [line(f"output[{step.filter}, {step.row}, {step.column}] ", "output"), *added(shown)]
    if len(sums) > 6:
        terms.append(line(f"… {len(sums) - 5} more"))
    terms += [line(f"+ bias {short(step.bias)}"), (("= ", ""), (short(step.sum), "output"))]
    if step.activation != step.sum and step.activation == step.activation:
        terms.append((("→ ", ""), (short(step.activation), "output")))
    return terms


def _row_lines(state: ConvolutionState, step: ConvolutionStep, width: int) -> list[Line]:
    """Write the step as a row of the im2col matrix times the flattened kernel."""
    _, height, out_width = state.conv.output_shape
    patch = [value for plane in step.patch for row in plane for value in row]
    kernel = [value for plane in step.kernel for row in plane for value in row]
    number = step.row * out_width + step.column
    head = f"im2col: row {number} of a {height * out_width}×{len(patch)} matrix, times the kernel"
    widths = [max(len(short(a)), len(short(b))) for a, b in zip(patch, kernel, strict=True)]
    rows = [
        _flat(name, values, widths, role, width)
        for name, values, role in (("row    [", patch, "input"), ("kernel [", kernel, "kernel"))
    ]
    dot = line(f"row · kernel = {short(sum(step.channel_sums))}", "output")
    return [cropped(line(head, "dim"), width), *rows, dot]


def _flat(head: str, values: list[float], widths: list[int], role: str, width: int) -> Line:
    cells = [f"{short(v):>{w}}" for v, w in zip(values, widths, strict=True)]
    end = "]"
    while cells and len(head) + len(" ".join([*cells, end])) > width:
        cells, end = cells[:-1], "…"
    return ((head, ""), (" ".join([*cells, end]), role))


def _tap_lines(state: ConvolutionState, width: int, room: int) -> list[Line]:
    """Say what the kernel cell under the cursor meets."""
    row, column = state.tap
    rows, columns = met_by_tap(state)
    met = len(rows) * len(columns)
    axes = state.window.rows, state.window.columns
    data = len([r for r in rows if 0 <= r < axes[0].size])
    data *= len([c for c in columns if 0 <= c < axes[1].size])
    head = line(
        f"kernel[{state.filter}, {state.kernel_channel}, {row}, {column}] = "
        f"{short(state.value_at('kernel'))}",
        "kernel",
    )
    says = f" meets {met} cells: {data} of the input, {met - data} of the padding"
    return flowed((*head, (says, "")), width, room)


def _size_lines(state: ConvolutionState, width: int) -> list[Line]:
    """Write the output size with the live numbers, and the counts."""
    conv = state.conv
    bias = "" if conv.bias is None else f" + {conv.filters}"
    counts = (
        f"params {counted(conv.weights)}{bias}",
        f"MACs {counted(conv.macs)}",
        f"field {pair(state.window.extent)}",
        f"never read {counted(conv.never_read)}",
        f"{shape(conv.input_shape)} → {shape(conv.output_shape)}",
    )
    return [*size_lines(state.window, width), listed(counts, width)]
