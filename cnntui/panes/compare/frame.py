"""What the Compare pane shows, as lines, and two networks side by side."""

from __future__ import annotations

from dataclasses import dataclass

from cnntui.engine.comparing import (
    HEAD,
    UNCALLED,
    ResolutionStage,
    Totals,
)
from cnntui.ground.lines import Line, cropped, flowed, line
from cnntui.ground.widths import cropped_text, padded
from cnntui.models.naming import Net, known_nets
from cnntui.numbers import counted, fitted, shape, short_count, size_text
from cnntui.panes.compare.charts import error_lines, scaling_lines, size_lines
from cnntui.panes.compare.options import DENSE, ERRORS, NETS, SCALING, SEPARABLE, SIZES, VIEWS
from cnntui.panes.compare.state import ComparingState
from cnntui.panes.compare.two_layers import dense_lines, separable_lines

TITLES = dict(
    zip(VIEWS, ("networks", "sizes", "errors", "scaling", "dense", "separable"), strict=True)
)
LINES = {
    SIZES: size_lines,
    ERRORS: error_lines,
    SCALING: scaling_lines,
}


LAYERS = "↑↓ choose · ←→ change · [ ] halve, double · enter type it · r reset · x export"
HINTS = {
    NETS: "n first network · m second · w exchange them · x export · ↑↓ scroll",
    SIZES: "s sort by year or size · x export · ↑↓ scroll",
    ERRORS: "↑↓ scroll to the sources · x export",
    SCALING: "←→ change φ by a half · enter type it · r reset · x export",
    DENSE: LAYERS,
    SEPARABLE: LAYERS,
}
SPELLED = str.maketrans({"φ": "phi", "²": "^2", "▍": "▌", "▋": "▌", "▉": "█"})


@dataclass(frozen=True)
class ComparingFrame:
    """One screenful: the views there are, and the lines of this one."""

    heading: tuple[Line, ...]
    lines: tuple[Line, ...]
    length: int  # lines there are in all, without those that stay


def frame_of(
    state: ComparingState, width: int, height: int, unicode: bool = True
) -> ComparingFrame:
    """Return the frame of a state, ``width`` characters wide, in ``height`` lines.

    The first lines of a view stay where they are, the rest scrolls.
    """
    fixed, rest = lines_of(state, width)
    room = max(1, height - len(fixed))
    if len(rest) > room:
        room -= 1
    top = max(0, min(state.top, len(rest) - room))
    shown = rest[top : top + room]
    below = len(rest) - top - len(shown)
    if len(rest) > room:
        hidden = f"↓ {below} more lines" if below else f"↑ {top} lines above"
        shown = [*shown, line(hidden, "dim")]
    head, *lines = (
        cropped(each if unicode else spelled(each), width)
        for each in [heading(state.view), line(HINTS[state.view], "dim"), *fixed, *shown]
    )
    return ComparingFrame((head, lines[0]), tuple(lines[1:]), len(rest))


def spelled(runs: Line) -> Line:
    """Write what the ASCII filter has no single character for."""
    return tuple((text.translate(SPELLED), role) for text, role in runs)


def scroll_room(state: ComparingState, width: int, height: int) -> tuple[int, int]:
    """Return the lines a view can scroll in, and the lines it scrolls."""
    fixed, rest = lines_of(state, width)
    room = max(1, height - len(fixed))
    return (room - 1 if len(rest) > room else room), len(rest)


def heading(view: str) -> Line:
    """List the views by their keys; the one on view stands in brackets."""
    runs: Line = (("Compare ", "strong"),)
    for key, (name, title) in zip("abcdef", TITLES.items(), strict=True):
        if name == view:
            runs = (*runs, (f" [{key} {title}]", "key"))
        else:
            runs = (*runs, (f"  {key} ", "strong"), (f"{title}", "dim"))
    return runs


def lines_of(state: ComparingState, width: int) -> tuple[list[Line], list[Line]]:
    """Return the lines of the view: those that stay, and those that scroll."""
    if state.view == NETS:
        return net_lines(state, width)
    if state.view == DENSE:
        return [], dense_lines(state, state.dense, width)
    if state.view == SEPARABLE:
        return [], separable_lines(state, state.separable, width)
    return LINES[state.view](state, width)


# two networks

LABEL = 13
UNKNOWN = "–"


def net_lines(state: ComparingState, width: int) -> tuple[list[Line], list[Line]]:
    """Put two networks side by side: totals, then the stages."""
    left, right = state.pair
    names = [t.title if t else name for t, name in zip(state.pair, state.names, strict=True)]
    waits = [f"tracing {name} …" for name in state.waiting]
    side = 19 if width < 100 else 24
    head: Line = (
        (" " * LABEL, ""),
        (padded(cropped_text(names[0], side - 1), side, right=True), "input"),
        (padded(cropped_text(names[1], side - 1), side, right=True), "output"),
        ("   second against first", "dim"),
    )
    if left is None or right is None:
        return [head], [line(" · ".join(waits), "dim")]
    lines = _totals(left, right, side)
    lines += _known(left, right, side, width)
    lines += [line(" · ".join(waits), "dim")]
    return [head], [*lines, *_stages(left, right, width)]


def _row(label: str, left: str, right: str, says: str, side: int) -> Line:
    return (
        (label.ljust(LABEL), "dim"),
        (left.rjust(side) + right.rjust(side), ""),
        (f"   {says}", ""),
    )


def _totals(left: Totals, right: Totals, side: int) -> list[Line]:
    numbers = (
        ("parameters", left.params, right.params, counted),
        ("MACs", left.macs, right.macs, counted),
        ("FLOPs 2×MACs", left.flops, right.flops, counted),
        ("activations", left.activation_bytes, right.activation_bytes, size_text),
    )
    lines = [_row(label, write(a), write(b), _times(a, b), side) for label, a, b, write in numbers]
    ours, theirs = shape(left.input_shape), shape(right.input_shape)
    same = "the same" if ours == theirs else "MACs grow with the picture"
    return [*lines, _row("input", ours, theirs, same, side)]


def _times(left: float, right: float) -> str:
    if not left or not right:
        return ""
    if left == right:
        return "the same"
    share = right / left
    if share >= 1:
        return f"{fitted(share, 5)} times the first"
    return f"1/{fitted(left / right, 5)} of the first"


def _known(left: Totals, right: Totals, side: int, width: int) -> list[Line]:
    """Write what is published; a network of the user's own has none of it."""
    known = {net.name: net for net in known_nets()}
    nets = known.get(left.name), known.get(right.name)
    lines = []
    for label, field in (
        ("depth", "depth"),
        ("year", "year"),
        ("top-1", "top1"),
        ("top-5", "top5"),
    ):
        values = [getattr(net, field) if net else None for net in nets]
        first, second = (_figure(value, label) for value in values)
        lines.append(_row(label, first, second, _difference(values, label), side))
    lines += flowed(line(f"accuracy: {_sources(nets)}", "dim"), width, 2)
    return lines


def _figure(value: float | None, label: str) -> str:
    if value is None:
        return UNKNOWN
    return f"{value:.2f} %" if label.startswith("top") else f"{value:g}"


def _difference(values: list[float | None], label: str) -> str:
    first, second = values
    if first is None or second is None:
        return ""
    by = second - first
    if label.startswith("top"):
        return f"{by:+.2f} points"
    return f"{by:+g} {'layers with weights' if label == 'depth' else 'years'}" if by else "the same"


def _sources(nets: tuple[Net | None, ...]) -> str:
    first, second = (net.figures or "none published" if net else "not known" for net in nets)
    if first == second:
        return f"{first}, both" if all(nets) else first
    return f"{first}; {second}"


def _stages(left: Totals, right: Totals, width: int) -> list[Line]:
    """Write one line a stage: parameters, MACs, channels of both, and the differences."""
    ours, theirs = ({s.halvings: s for s in t.stages} for t in (left, right))
    cells = 8 if width < 100 else 12
    titles = ("param 1", "param 2", "2 - 1", "MACs 1", "MACs 2", "2 - 1")
    head = "stage".ljust(LABEL) + "".join(title.rjust(cells) for title in titles)
    lines = [line(f"{head}   channels", "strong")]
    for key in sorted({*ours, *theirs}):
        lines.append(_stage_line(key, ours.get(key), theirs.get(key), cells))
    notes = (
        "A stage: all layers whose picture is as often halved (/4: a quarter of the input's "
        "height). Head: what follows the last picture. 2 - 1: the second less the first."
    )
    return [*lines, *flowed(line(notes, "dim"), width, 3)]


def _stage_line(key: int, a: ResolutionStage | None, b: ResolutionStage | None, cells: int) -> Line:
    params = [stage.params if stage else 0 for stage in (a, b)]
    macs = [stage.macs if stage else 0 for stage in (a, b)]
    channels = "/".join(str(s.channels) if s and s.channels else UNKNOWN for s in (a, b))
    text = ""
    for first, second in (params, macs):
        by = second - first
        signed = "0" if not by else f"{'-' if by < 0 else '+'}{short_count(abs(by))}"
        text += short_count(first).rjust(cells) + short_count(second).rjust(cells)
        text += signed.rjust(cells)
    return ((stage_name(key, a or b).ljust(LABEL), "dim"), (text, ""), (f"   {channels}", "dim"))


def stage_name(key: int, stage: ResolutionStage | None) -> str:
    """Name a stage by its share of the input's height, and its picture."""
    if key in (HEAD, UNCALLED):
        return "head" if key == HEAD else "not called"
    size = shape(stage.picture) if stage else ""
    return f"/{2**key} {size}"
