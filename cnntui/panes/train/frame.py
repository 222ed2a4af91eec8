"""What the Training pane shows of a set-up: the form, and the figures of its forecast."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from pathlib import Path

from cnntui.ground.lines import Line, Run, cropped, flowed, line, width_of, wrapped
from cnntui.ground.widths import cells, ended, padded, shortened_to
from cnntui.numbers import counted, shape, short, short_count, size_text
from cnntui.panes.train.fields import FormField, value_text
from cnntui.panes.train.forecast import Forecast, Memory, memory_of, steps_of
from cnntui.panes.train.state import SetupState
from cnntui.training.config import Config
from cnntui.training.loop.schedules import peak_rate, rate_at

WIDE, HIGH = 110, 33  # characters and lines from which the figures stand beside the form
BESIDE = 42
BELOW = 7  # lines of the figures below the form, the rule included
LABEL, VALUE = 16, 18
BARS, PLAIN_BARS = "▁▂▃▄▅▆▇█", "_.,-~+*#"
LOGOUT = "logging out ends it here; start it with: systemd-run --user --scope"


@dataclass(frozen=True)
class SetupFrame:
    """The heading, the lines of the form on view, and those beside or below it.

    ``places`` are the fields' positions, None for a group's title: for the mouse.
    """

    heading: Line
    form: tuple[Line, ...]
    places: tuple[int | None, ...]
    figures: tuple[Line, ...]
    wide: bool


def frame_of(state: SetupState, width: int, height: int, unicode: bool, runs: Path) -> SetupFrame:
    """Return what is to be seen in ``width`` characters and ``height`` lines, heading included."""
    wide = width >= WIDE and height >= HIGH
    rows = height - 1 - (0 if wide else BELOW)
    room = width - BESIDE - 3 if wide else width
    form, places = _form(state, room, max(3, rows))
    figures = _beside(state, unicode, runs) if wide else _below(state, width, unicode, runs)
    return SetupFrame(_heading(state, width), form, places, tuple(figures), wide)


def _heading(state: SetupState, width: int) -> Line:
    if state.resumed and state.run is not None:
        text = f"{state.run.name} goes on with its own settings; threads and nice can be changed"
    elif state.starting:
        text = "starting …"
    else:
        own = len(state.marked)
        text = f"{state.config.net} on {state.config.dataset}"
        text += f" · * marks {own} changed from the usual" if own else " · usual settings"
    return cropped((("Training  ", "strong"), (text, "")), width)


# the form


def _form(
    state: SetupState, width: int, rows: int
) -> tuple[tuple[Line, ...], tuple[int | None, ...]]:
    """Return the lines around the cursor, and which field each is."""
    lines: list[tuple[Line, int | None]] = []
    group = ""
    for at, field in enumerate(state.fields):
        if field.group != group:
            group = field.group
            lines.append((line(group, "strong"), None))
        lines.append((_field_line(state, field, at == state.cursor, width), at))
    here = next(place for place, (_, at) in enumerate(lines) if at == state.cursor)
    top = max(0, min(here - rows // 2, len(lines) - rows))
    shown = lines[top : top + rows]
    above, below = top > 0, top + rows < len(lines)
    texts = [text for text, _ in shown]
    if above:
        texts[0] = _more(texts[0], "↑", width)
    if below:
        texts[-1] = _more(texts[-1], "↓", width)
    return tuple(texts), tuple(at for _, at in shown)


def _more(text: Line, sign: str, width: int) -> Line:
    """Say at the right end that there are lines further on."""
    kept = cropped(text, width - 2)
    return (*kept, (" " * (width - 1 - width_of(kept)), ""), (sign, "key"))


def _field_line(state: SetupState, field: FormField, here: bool, width: int) -> Line:
    touched = field.name in state.marked
    fixed = state.resumed and field.name not in ("threads", "nice")
    value = value_text(field, state.value(field.name), state.config)
    if cells(value) > VALUE:
        value = _cut(value, width - LABEL - 5)
    role = "dim" if fixed else "strong" if touched else ""
    words = field.words if cells(value) <= VALUE else ""
    runs = (
        ("▸ " if here else "  ", "key"),
        (f"{field.label:<{LABEL}}", "key" if here else "dim" if fixed else ""),
        ("* " if touched else "  ", "strong"),
        (f"{padded(value, VALUE)} ", role),
        (words, "dim"),
    )
    return cropped(runs, width)


def _cut(text: str, width: int) -> str:
    """Cut a text to a width in cells; of a path the end is kept."""
    return ended(text, width) if "/" in text else shortened_to(text, width)


# the figures


def _beside(state: SetupState, unicode: bool, runs: Path) -> list[Line]:
    standing = _standing(state, BESIDE)
    forecast = state.known
    if forecast is None:
        return standing
    config = state.config
    memory = memory_of(forecast, config)
    macs = forecast.trace.total_macs
    return [
        *standing,
        line(f"Network  {_cut(config.net, BESIDE - 9)}", "strong"),
        _row("input", f"{shape(forecast.shape)} → {forecast.pictures.classes} classes"),
        _row("layers", counted(len(forecast.trace.rows))),
        _row("parameters", counted(forecast.trace.total_params)),
        _row("MACs a picture", counted(macs) if macs < 10**12 else short_count(macs)),
        (),
        line(f"Memory  batch {config.batch_size:,}, {config.optimizer}", "strong"),
        *(_row(name, size_text(size)) for name, size in _parts(memory) if size),
        _row("in all, about", size_text(memory.total)),
        (("  ", ""), _verdict(forecast, memory)),
        (),
        line(f"Pictures  {_cut(forecast.pictures.title, BESIDE - 10)}", "strong"),
        *(
            _row(name, counted(count))
            for name, count in zip(
                ("training", "validation", "test"), forecast.pictures.images, strict=True
            )
        ),
        (),
        line("Steps", "strong"),
        _row("an epoch", counted(_steps(forecast, config))),
        _row("in all", counted(_steps(forecast, config) * config.epochs)),
        *_rate(forecast, config, BESIDE, unicode),
        (),
        *_folder(state, runs, forecast, BESIDE, 4),
    ]


def _below(state: SetupState, width: int, unicode: bool, runs: Path) -> list[Line]:
    rule = line("─" * width, "dim")
    forecast = state.known
    standing = _standing(state, width)
    if forecast is None:
        return [rule, *standing[: BELOW - 1]]
    config = state.config
    memory = memory_of(forecast, config)
    steps = _steps(forecast, config)
    train, validation, test = forecast.pictures.images
    network = (
        f"{shape(forecast.shape)} → {forecast.pictures.classes} classes",
        f"{counted(forecast.trace.total_params)} parameters",
        f"{short_count(forecast.trace.total_macs)} MACs a picture",
        f"{len(forecast.trace.rows)} layers",
    )
    pictures = f"{counted(train)} + {counted(validation)} + {counted(test)} pictures"
    lines = [
        rule,
        cropped(line(" · ".join(network)), width),
        cropped(
            line(
                f"{pictures} · {counted(steps)} steps an epoch, "
                f"{counted(steps * config.epochs)} in all"
            ),
            width,
        ),
        *wrapped(_terms(forecast, memory), width, 2),
        *_rate(forecast, config, width, unicode),
        *(standing or _folder(state, runs, forecast, width, 1)),
    ]
    return lines[:BELOW]


def _standing(state: SetupState, width: int) -> list[Line]:
    """Say why it can't start, or that the figures are being worked out."""
    if state.fault:
        most = 20 if width == BESIDE else 6
        return [*flowed(line(f"can't start: {state.fault}", "bad"), width, most), ()]
    if state.known is None:
        return [line(f"reading {_cut(state.config.dataset, width - 10)} …", "dim")]
    return []


def _row(name: str, text: str) -> Line:
    return ((f"  {name:<19}", "dim"), (f"{text:>{BESIDE - 22}}", ""))


def _parts(memory: Memory) -> list[tuple[str, int]]:
    return [
        ("parameters", memory.parameters),
        ("gradients", memory.gradients),
        ("optimizer state", memory.optimizer),
        ("averaged weights", memory.average),
        ("kept activations", memory.activations),
        ("pictures", memory.pictures),
    ]


def _terms(forecast: Forecast, memory: Memory) -> list[Line]:
    names = ("weights", "grads", "opt", "mean", "kept", "pictures")
    sizes = [(name, size) for name, (_, size) in zip(names, _parts(memory), strict=True) if size]
    parts = [
        (("+ " if at else "= ", "dim"), (f"{size_text(size)} {name}", "dim"))
        for at, (name, size) in enumerate(sizes)
    ]
    verdict = _verdict(forecast, memory) if forecast.gpu else ("without a GPU", "dim")
    return [((f"memory {size_text(memory.total)} ", "strong"), verdict), *parts]


def _verdict(forecast: Forecast, memory: Memory) -> Run:
    """Say whether it fits on the GPU there is."""
    if not forecast.gpu:
        return "in main memory: no GPU is used", "dim"
    fits = memory.total <= forecast.free
    word = "fits" if fits else "does not fit"
    return f"{word} on {forecast.gpu}, {size_text(forecast.free)} free", "good" if fits else "bad"


def _steps(forecast: Forecast, config: Config) -> int:
    return steps_of(forecast.pictures.images[0], config.batch_size)


def _rate(forecast: Forecast, config: Config, width: int, unicode: bool) -> list[Line]:
    """Draw the learning rate over all steps, from 0 to its peak."""
    each = _steps(forecast, config)
    steps = each * config.epochs
    first, last = (rate_at(config, step, steps, each) for step in (0, steps - 1))
    way = f" {short(first)} to {short(peak_rate(config))} to {short(last)}"
    if first == last:
        way = f" {short(first)}"
    if config.schedule == "plateau":
        way += " until a fall"
    bars = BARS if unicode else PLAIN_BARS
    if width == BESIDE:
        drawn = ("  " + rate_bars(config, each, width - 2, bars), "output")
        return [line(f"  learning rate{way}", "dim"), (drawn,)]
    lead = "learning rate "
    drawn = (rate_bars(config, each, min(40, width - len(lead) - len(way)), bars), "output")
    return [((lead, "dim"), drawn, (way, "dim"))]


def rate_bars(config: Config, steps_per_epoch: int, width: int, bars: str = BARS) -> str:
    """Return one bar a column; a column is as high as its middle step's part of the peak."""
    steps, peak = steps_per_epoch * config.epochs, peak_rate(config)
    columns = []
    for column in range(max(1, width)):
        step = min(steps - 1, int((column + 0.5) * steps / max(1, width)))
        part = rate_at(config, step, steps, steps_per_epoch) / peak
        columns.append(bars[max(0, min(len(bars), ceil(part * len(bars))) - 1)])
    return "".join(columns)


def _folder(state: SetupState, runs: Path, forecast: Forecast, width: int, most: int) -> list[Line]:
    """Say where the run will lie, and what ends it."""
    if state.resumed:
        text = f"goes on in {_home(state.run or runs)}"
    elif state.run is not None:
        text = f"folder {_home(state.run)}"
    else:
        text = f"a new folder in {_home(runs)}"
    lines = [cropped(line(_cut(text, width), "dim"), width)]
    if forecast.kills:
        lines = [*flowed(line(LOGOUT, "bad"), width, 2), *lines]
    elif most > 1:
        lines += [line("and it goes on when the terminal is closed", "dim")]
        lines += flowed(line(" · ".join(forecast.pictures.notes), "dim"), width, 2)
    return lines[:most]


def _home(path: Path) -> str:
    text, home = str(path), str(Path.home())
    return f"~{text[len(home) :]}" if home != "/" and text.startswith(home + "/") else text
