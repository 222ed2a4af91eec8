"""One function a command; everything heavy is imported inside them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from cnntui.errors import UserError, printable

if TYPE_CHECKING:
    import argparse

    from cnntui.settings import Settings


def run(argv: list[str]) -> int:
    """Run a command and return the exit code; 2 for what the user got wrong."""
    try:
        code = _run(argv)
        sys.stdout.flush()  # here, because Python's own flush at the end complains in its words
    except UserError as problem:
        print(f"cnntui: {problem}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # the reader (head, less) has gone: nothing more to say
        _drop_output()
        return 1
    except OSError as problem:  # a full disk
        _drop_output()
        print(f"cnntui: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return code


def _run(argv: list[str]) -> int:
    if not argv:
        return _open("home", None, _settings())
    from cnntui.options import parse

    try:
        options = parse(argv)
    except SystemExit as end:  # --help has printed
        return int(end.code or 0)
    command: Callable[[argparse.Namespace], int] = globals()[f"run_{options.run}"]
    return command(options)


def _drop_output() -> None:
    """Send what is still buffered nowhere: its flush at the end would fail once more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def run_conv(options: argparse.Namespace) -> int:
    """Print a convolution, or open the Convolution pane on it."""
    from cnntui.engine.device import check_name
    from cnntui.sources.inputs import load_input
    from cnntui.sources.kernels import load_kernel
    from cnntui.states.link_convolution import asked_of

    settings = _settings()
    device = options.device or settings.device
    check_name(device)
    source = load_input(options.input, cells=options.cells, gray=options.gray)
    state: Any = asked_of(options, source, load_kernel(options.kernel)).on_device(device)
    state = _at_step(state, options.step)
    if not _prints(options):
        return _open("convolution", state, settings)
    from cnntui import reports
    from cnntui.engine import reference
    from cnntui.states.convolution_frame import frame_of

    result = reference.checked_convolution(state.conv, device)
    if options.json:
        print(reports.as_json(reports.convolution_report(state.conv, result, options.step)))
    else:
        _print_page("Convolution", state, frame_of, result)
    return 0


def run_pool(options: argparse.Namespace) -> int:
    """Print a pooling, or open the Pooling pane on it."""
    from cnntui.engine.device import check_name
    from cnntui.sources.inputs import load_input
    from cnntui.states.link_pooling import asked_of

    settings = _settings()
    device = options.device or settings.device
    check_name(device)
    source = load_input(options.input, cells=options.cells, gray=options.gray)
    state: Any = asked_of(options, source).on_device(device)
    state = _at_step(state, options.step)
    if not _prints(options):
        return _open("pooling", state, settings)
    from cnntui import reports
    from cnntui.engine import reference
    from cnntui.states.pooling_frame import frame_of

    result = reference.checked_pooling(state.chosen, device)
    if options.json:
        print(reports.as_json(reports.pooling_report(state.chosen, result, options.step)))
    else:
        _print_page("Pooling", state, frame_of, result)
    return 0


def run_filters(options: argparse.Namespace) -> int:
    """Print a filtered picture, or open the Filters pane on it."""
    from cnntui.engine.device import check_name
    from cnntui.sources.kernels import load_kernel
    from cnntui.states.filters import FiltersState, read_picture
    from cnntui.states.filters_frame import layout

    settings = _settings()
    device = options.device or settings.device
    check_name(device)
    terminal = _terminal()
    width, height = terminal.columns - 2, max(24, terminal.rows) - 1
    fits = options.cells is None and not options.json
    picture = read_picture(
        options.input,
        cells=options.cells,
        board=(lambda natural: layout(width, height, natural).board) if fits else None,
        gray=options.gray,
    )
    kernel = load_kernel(options.kernel)
    state = FiltersState.of(picture, kernel, options.stride, options.times, device)
    if not _prints(options):
        return _open("filters", state, settings)
    from cnntui import reports
    from cnntui.engine.filtering import checked

    result = checked(state.filtering, device)
    if options.json:
        print(reports.as_json(reports.filtering_report(state, result, options.values)))
    else:
        plan = layout(width, height, picture.natural)
        _say(reports.filters_page(state.sized(plan.board), result, plan, width, _unicode()))
    return 0


def run_layers(options: argparse.Namespace) -> int:
    """Print a network layer by layer, or open the Layers pane on it."""
    from cnntui import layer_commands

    settings = _settings()
    device = options.device or settings.device
    found: Any
    if options.csv or options.markdown or _prints(options):
        found = layer_commands.looked_up(options, device)
    else:
        asked = layer_commands.asked(options, device)
        try:
            return _open("layers", asked, settings)
        except UserError as problem:  # the app has left: there was nothing to show
            found = layer_commands.instead(options, problem)
    from cnntui import layer_reports
    from cnntui.states.layers import LayersState

    _say(layer_commands.text(options, found, _print_width()))
    if not isinstance(found, LayersState) or found.trace.error is None:
        return 0
    sys.stdout.flush()
    raise UserError(layer_reports.error_text(found.trace.name, found.trace.error))


def run_compare(options: argparse.Namespace) -> int:
    """Print a comparison, or open the Compare pane on it."""
    from cnntui import compare_commands

    settings = _settings()
    state = compare_commands.asked(options)
    if not (options.csv or options.markdown or _prints(options)):
        return _open("comparing", state, settings)
    form = next((form for form in ("json", "csv", "markdown") if getattr(options, form)), "")
    _say(compare_commands.text(state, form, _print_width() or 100))
    return 0


def run_nets(options: argparse.Namespace) -> int:
    """List every known network."""
    from cnntui import net_reports

    nets = net_reports.listed()
    if options.json:
        from cnntui.reports import as_json

        print(as_json(nets))
    elif options.csv or options.markdown:
        _say(net_reports.as_text(nets, "csv" if options.csv else "markdown"))
    else:
        _say(net_reports.page(nets, _print_width()))
    return 0


def run_build(options: argparse.Namespace) -> int:
    """Print a written network, or open the Build pane on it."""
    from cnntui.states.building import FIRST, image_shape, open_state, traced

    settings = _settings()
    state = open_state(options.file or FIRST)
    shape = image_shape(options.input) if options.input is not None else None
    if not options.code and not _prints(options):
        return _open("building", state.with_input(shape) if shape else state, settings)
    state = state.fed(shape) if shape else state
    if options.code:
        from cnntui.engine.building.exporting import code

        _say(code(state.blueprint).rstrip("\n"))
        return 0
    trace = traced(state)
    if options.json:
        from cnntui.layer_reports import layers_report
        from cnntui.reports import as_json

        print(as_json(layers_report(trace)))
    else:
        from cnntui.states.building_frame import text_of

        _say(text_of(state, trace))
    return 0


def run_train(options: argparse.Namespace) -> int:
    """Train here, or open the Training pane with these settings."""
    from cnntui import train_commands
    from cnntui.settings import runs_folder

    settings = _settings()
    order = train_commands.order_of(options, runs_folder())
    if not (options.headless or options.json):
        return _open("training", train_commands.opening(order, options.nice), settings)
    code, final = train_commands.train_here(order, runs_folder(), options.json, settings.device)
    if options.json:
        from cnntui.reports import as_json

        print(as_json(final))
    return code


def run_watch(options: argparse.Namespace) -> int:
    """Print how a run stands, or open the Watch pane on it."""
    from cnntui import watch_commands
    from cnntui.settings import runs_folder

    settings = _settings()
    run = watch_commands.wanted(options.watched, runs_folder())
    if not _prints(options):
        return _open("watching", watch_commands.opening(run), settings)
    _say(watch_commands.text(run, options.json, _print_width() or 100, _unicode()))
    return 0


def run_runs(options: argparse.Namespace) -> int:
    """List the runs, ask something of one, or open the Runs pane."""
    from cnntui import run_reports, train_commands
    from cnntui.settings import runs_folder
    from cnntui.training.launching import NICE
    from cnntui.training.listing import list_runs

    settings, folder = _settings(), runs_folder()
    if options.action is not None:
        nice = NICE if options.nice is None else options.nice
        said = train_commands.command_run(
            options.action, options.which, options.value, folder, nice
        )
        _say(printable(said))
        return 0
    if not _prints(options):
        return _open("runs", None, settings)
    found = list_runs(folder)
    if options.json:
        from cnntui.reports import as_json

        print(as_json(run_reports.listed(found)))
    else:
        _say(run_reports.page(found, _print_width()) if found else f"no run lies in {folder} yet")
    return 0


def run_datasets(options: argparse.Namespace) -> int:
    """List every data set, where its files lie and which are wanted."""
    from pathlib import Path

    from cnntui import dataset_reports

    folder = None if options.data_dir is None else Path(options.data_dir).expanduser()
    sets = dataset_reports.listed(folder)
    if options.json:
        from cnntui.reports import as_json

        print(as_json(sets))
    else:
        _say(dataset_reports.page(sets, folder))
    return 0


def run_gallery(options: argparse.Namespace) -> int:
    """Print a data set's figures, or open the Gallery pane on it."""
    from pathlib import Path

    from cnntui import dataset_reports
    from cnntui.datasets.figures import figures_of
    from cnntui.sources.datasets import load_dataset, parse_spec
    from cnntui.states.gallery import GalleryState

    folder = None if options.data_dir is None else Path(options.data_dir).expanduser()
    if not _prints(options):
        parse_spec(options.dataset)  # what is no data set is refused before the app opens
        state = GalleryState.of(options.dataset, folder, options.split, options.label)
        return _open("gallery", state, _settings())
    figures = figures_of(load_dataset(options.dataset, data_dir=folder))
    if options.json:
        from cnntui.reports import as_json

        print(as_json(dataset_reports.figures_json(figures)))
    else:
        _say(dataset_reports.figures_text(figures))
    return 0


def run_learn(options: argparse.Namespace) -> int:
    """List, check or print lessons, keep progress, or open the Lessons pane."""
    from cnntui import learn_commands

    settings = _settings()
    found = learn_commands.said(options)
    if found is None:
        from cnntui.states.learning import LearningState

        asked = learn_commands.opening(options)
        return _open("learning", LearningState.of(asked.lesson, asked.folders), settings)
    _say(found.text)
    if found.aside:
        print(found.aside, file=sys.stderr)
    return found.code


def run_image(options: argparse.Namespace) -> int:
    """Print a picture's numbers, write what is made of it, or open the Pictures pane on it."""
    from cnntui import image_commands as image

    settings, state = _settings(), image.asked(options)
    if options.out is not None:
        _say(image.write(state, options.out))
    elif not _prints(options):
        return _open("pictures", state, settings)
    else:
        shown = {
            "preprocess": options.preprocess is not None,
            "augment": options.augment is not None,
        }
        _say(image.text(state, options.json, unicode=_unicode(), **shown))
    return 0


def run_open(options: argparse.Namespace) -> int:
    """Open the pane that a link names, in the state it writes."""
    from cnntui.open_commands import opened

    settings = _settings()
    pane, state = opened(options.link, settings.device)
    return _open(pane, state, settings)


def _at_step(state: Any, step: int | None) -> Any:
    if step is None:
        return state
    if not 0 <= step < state.steps:
        raise UserError(f"there is no step {step}; steps are 0 to {state.steps - 1}")
    return state.to_step(step)


def _print_page(title: str, state: Any, frame_of: Callable[..., Any], result: Any) -> None:
    """Print a stepper's frame, large enough to show whole boards up to 64 cells a side."""
    from cnntui import reports

    for grid in state.grids:
        state = state.sized(grid, 64 * 8, 64)
    if not state.index:
        state = state.last().to_step(0)
    width = _terminal().columns
    frame = frame_of(state, width, 24)
    heading = [f"{title}  {frame.subtitle}", f"{frame.counter}   {reports.verdict(result)}"]
    _say(reports.page(heading, list(frame.boards.values()), frame.words, width, _unicode()))


def run_samples(options: argparse.Namespace) -> int:
    """List every input and kernel there is by name."""
    from cnntui.sources.inputs import listed_inputs
    from cnntui.sources.kernels import listed_kernels

    inputs, kernels = listed_inputs(), listed_kernels()
    if options.json:
        from cnntui.reports import as_json

        found = {
            "inputs": [vars(entry) for entry in inputs],
            "kernels": [vars(entry) for entry in kernels],
        }
        print(as_json(found))
        return 0
    _say("inputs (--input); a file .npy .csv .txt or a picture serves as well")
    for entry in inputs:
        _say(f"  {entry.name:<18} {'×'.join(map(str, entry.shape)):<10} {entry.summary}")
    _say('kernels (--kernel); a file or text such as "1 0 -1; 2 0 -2; 1 0 -1" serves as well')
    for kernel in kernels:
        _say(f"  {kernel.name:<18} {'×'.join(map(str, kernel.shape)):<10} {kernel.summary}")
    return 0


def run_doctor(options: argparse.Namespace) -> int:
    """Tell what cnntui finds on this machine."""
    from cnntui.doctor import examined, lines

    found = examined(_terminal())
    if options.json:
        from cnntui.reports import as_json

        print(as_json(found))
    else:
        _say("\n".join(lines(found)))
    return 0


def run_pane(options: argparse.Namespace) -> int:
    """Open a pane in its own first state; without a terminal, print what there is to open."""
    return _open(options.pane, None, _settings())


def _settings() -> Settings:
    from cnntui.settings import load_settings

    return load_settings()


def _terminal() -> Any:
    from cnntui.ui.terminal import here

    return here()


def _print_width() -> int | None:
    """Return how wide a table may be; None where it goes to a file or a pipe."""
    return _terminal().columns if sys.stdout.isatty() else None


def _unicode() -> bool:
    """Whether our signs can be written: a pipe takes what the encoding has, a terminal may not."""
    known = (sys.stdout.encoding or "").lower().replace("_", "-").startswith("utf")
    return known and (not sys.stdout.isatty() or bool(_terminal().unicode))


def _say(text: str) -> None:
    """Print, in ASCII where there is no more."""
    if not _unicode():
        from cnntui.ui.ascii import in_ascii

        text = in_ascii(text)
    print(text)


def _prints(options: argparse.Namespace) -> bool:
    return bool(options.json or options.print or not _terminal().paints)


def _open(pane: str, state: Any, settings: Settings) -> int:
    """Open the app on a pane; where nothing can be painted, print the first screen's words."""
    terminal = _terminal()
    if not terminal.paints:
        from cnntui.options import first_screen

        print(first_screen(terminal.why))
        return 0
    from cnntui.app import run

    return run(terminal, settings, pane, state)
