"""The commands' options and their types; imports no command."""

from __future__ import annotations

import argparse
import math
import re
from collections.abc import Callable, Sequence
from typing import NoReturn, TypeVar

from cnntui import __version__, image_options, learn_options, train_options
from cnntui.errors import UserError
from cnntui.registry import entries

T = TypeVar("T")

NAMED_PADDINGS = ("valid", "same", "full")
PADDING_MODES = ("zeros", "reflect", "replicate", "circular")
ACTIVATIONS = ("none", "relu", "leaky-relu", "sigmoid", "tanh")
CHARTS = ("nets", "sizes", "errors", "scaling", "dense", "separable")
POOLINGS = ("max", "avg", "global-max", "global-avg", "adaptive-avg", "adaptive-max")
LISTS = {
    "train": "train a network and watch its curves",
    "watch": "watch a run's curves, wherever it was started",
    "runs": "list the runs, stop, pause or resume one",
    "datasets": "list the data sets there are by name",
    "gallery": "look at a data set's pictures",
}
LARGEST = 4096  # of a stride, padding, dilation, window or output size
GREATEST = 3.4028235e38  # of float32
NEGATIVE = re.compile(r"-[\d.]")


class Parser(argparse.ArgumentParser):
    """A parser whose complaint is one line."""

    def error(self, message: str) -> NoReturn:
        """Raise the complaint for ``main`` to print."""
        hint = f"'{self.prog} --help' tells the options"
        raise UserError(f"{message}; {hint}")


def parse(argv: list[str]) -> argparse.Namespace:
    """Return the options; ``run`` names the command's function. Raises UserError."""
    return parser(next(iter(argv), "")).parse_args(_joined(argv))


def _joined(argv: list[str]) -> list[str]:
    """Join ``--kernel -1,0,1`` to ``--kernel=-1,0,1``: argparse takes it for an option else."""
    joined: list[str] = []
    for word in argv:
        before = joined[-1] if joined else ""
        if NEGATIVE.match(word) and before.startswith("--") and "=" not in before:
            joined[-1] = f"{before}={word}"
        else:
            joined.append(word)
    return joined


def parser(wanted: str = "") -> argparse.ArgumentParser:
    """Return the parser of every command; where one is ``wanted``, of the others' names alone."""
    top = Parser(
        prog="cnntui",
        description="A laboratory for convolutional neural networks in a terminal. "
        "Without a command it opens its first screen.",
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"cnntui {__version__}")
    top.set_defaults(run="pane", pane="home")
    commands = top.add_subparsers(metavar="command", parser_class=Parser)
    panes = {entry.about["command"]: entry for entry in entries("panes")}
    fills = {"conv": _conv, "pool": _pool, "filters": _filters, "layers": _layers}
    fills |= {"build": _build, "compare": _compare, "image": image_options.fill}
    fills |= {"learn": learn_options.learn}
    fills |= {name: getattr(train_options, name) for name in ("train", "watch", "runs", "gallery")}
    for name, entry in panes.items():
        aliases = [entry.name] if entry.name != name else []
        command = _command(commands, name, entry.about["summary"], aliases)
        command.set_defaults(run="pane", pane=entry.name)
        if name in fills and wanted in ("", name, *aliases):
            fills[name](command)
    for name, summary in LISTS.items():
        if name not in panes:
            getattr(train_options, name)(_command(commands, name, summary))
    samples = _command(commands, "samples", "list the inputs and kernels there are by name")
    samples.set_defaults(run="samples")
    nets = _command(commands, "nets", "list the networks there are by name")
    nets.set_defaults(run="nets")
    doctor = _command(commands, "doctor", "tell what cnntui finds on this machine")
    doctor.set_defaults(run="doctor")
    link = _command(commands, "open", "open a pane in the state that a link writes")
    link.set_defaults(run="open")
    link.add_argument("link", metavar="LINK", help="what y copies: 'conv?input=digit:7&stride=2'")
    _tables(nets.add_mutually_exclusive_group())
    for listing in (samples, doctor):
        listing.add_argument("--json", action="store_true", help="print one JSON object")
    return top


def _command(
    commands: argparse._SubParsersAction[Parser],
    name: str,
    summary: str,
    aliases: Sequence[str] = (),
) -> argparse.ArgumentParser:
    return commands.add_parser(
        name, help=summary, description=f"{summary}.", allow_abbrev=False, aliases=aliases
    )


def _conv(command: argparse.ArgumentParser) -> None:
    command.set_defaults(run="conv")
    _shared(command)
    add = command.add_argument
    add("--kernel", default="sobel-x", metavar="K", help='name, file, or "1 0 -1; 2 0 -2; 1 0 -1"')
    add("--stride", type=_pair("stride"), default=(1, 1), metavar="S")
    padding = "a number, or valid, same, full"
    add("--padding", type=_padding, default=(0, 0), metavar="P", help=padding)
    add(
        "--padding-mode",
        choices=PADDING_MODES,
        default="zeros",
        metavar="M",
        help=_of(PADDING_MODES),
    )
    add("--dilation", type=_pair("dilation"), default=(1, 1), metavar="D")
    add("--groups", type=_whole("number of groups"), default=1, metavar="G")
    add("--bias", type=_numbers, metavar="B", help="one number, or one a filter: 0.5,-1")
    add("--activation", type=_activation, default="none", metavar="A", help=_of(ACTIVATIONS))


def _pool(command: argparse.ArgumentParser) -> None:
    command.set_defaults(run="pool")
    _shared(command)
    add = command.add_argument
    add("--kind", choices=POOLINGS, default="max", metavar="K", help=_of(POOLINGS))
    add("--size", type=_pair("size"), default=(2, 2), metavar="K", help="the window")
    add("--stride", type=_pair("stride"), metavar="S", help="the window's size unless given")
    add("--padding", type=_pair("padding"), default=(0, 0), metavar="P")
    add("--dilation", type=_pair("dilation"), default=(1, 1), metavar="D")
    add("--ceil-mode", action="store_true", help="round the output size up")
    add("--exclude-pad", action="store_true", help="leave the padding out of averages")
    add(
        "--output-size", type=_pair("output size"), default=(1, 1), metavar="O", help="adaptive-avg"
    )


def _filters(command: argparse.ArgumentParser) -> None:
    command.set_defaults(run="filters")
    add = command.add_argument
    picture = "a picture's name (cnntui samples) or a file"
    add("--input", default="chelsea", metavar="I", help=picture)
    add("--kernel", default="sobel-x", metavar="K", help='name, file, or "1 0 -1; 2 0 -2; 1 0 -1"')
    add("--stride", type=_whole("stride"), default=1, metavar="S")
    add("--times", type=_whole("number of times"), default=1, metavar="N", help="1 to 16")
    add("--gray", "--grey", action="store_true", help="one channel of three")
    size = "pixels of the longer side; else what the screen shows, all of them with --json"
    add("--cells", type=_whole("number of cells"), metavar="N", help=size)
    add("--values", action="store_true", help="with --json: every value of the result too")
    _printing(command)


def _layers(command: argparse.ArgumentParser) -> None:
    command.set_defaults(run="layers")
    add = command.add_argument
    what = "a name (cnntui nets), package.module:callable, path/file.py:callable, a run or weights"
    add("net", nargs="?", metavar="NET", help=what)
    add("--input", metavar="I", help="channels x height x width: 3x224x224; several: 3x64x64,10")
    add("--classes", type=_whole("number of classes"), metavar="N")
    add("--weights", metavar="F", help="a .safetensors file, or a .pt or .pth of tensors alone")
    add("--batch", type=_whole("batch"), default=1, metavar="N", help="pictures at a time")
    add("--depth", type=_whole("depth"), metavar="D", help="fold names to so many parts")
    add("--verbose", action="store_true", help="the traceback of what failed in your code")
    shown = _printing(command)
    shown.add_argument("--csv", action="store_true", help="print the table as CSV")
    shown.add_argument("--markdown", action="store_true", help="print the table as Markdown")


def _tables(shown: argparse._MutuallyExclusiveGroup) -> None:
    shown.add_argument("--json", action="store_true", help="print one JSON object")
    shown.add_argument("--csv", action="store_true", help="print the table as CSV")
    shown.add_argument("--markdown", action="store_true", help="print the table as Markdown")


def _compare(command: argparse.ArgumentParser) -> None:
    command.set_defaults(run="compare")
    add = command.add_argument
    what = "one network or two: a name (cnntui nets), package.module:callable, file.py:callable"
    add("nets", nargs="*", metavar="NET", help=what)
    add("--input", metavar="I", help="what your own networks take: 3x224x224")
    add("--chart", choices=CHARTS, default="nets", metavar="C", help=_of(CHARTS))
    add("--sort", choices=("year", "params"), default="year", help="the order of sizes")
    add("--phi", type=_number, metavar="P", help="of scaling: 0 to 7")
    size = "of dense and separable: channels=3, height, width, units, filters, kernel; inputs, "
    add("--set", action="append", default=[], metavar="N=V", help=f"{size}outputs, kernel, picture")
    shown = command.add_mutually_exclusive_group()
    shown.add_argument("--print", action="store_true", help="print the view as text")
    _tables(shown)


def _build(command: argparse.ArgumentParser) -> None:
    command.set_defaults(run="build")
    add = command.add_argument
    add("file", nargs="?", metavar="FILE", help="a network as text, or a sample's name: mnist_cnn")
    add("--input", metavar="I", help="channels x height x width, instead of the text's: 3x32x32")
    shown = command.add_mutually_exclusive_group()
    shown.add_argument("--print", action="store_true", help="print the lines with their shapes")
    shown.add_argument("--json", action="store_true", help="print one JSON object, as layers does")
    shown.add_argument("--code", action="store_true", help="print it as PyTorch code")


def _shared(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("--input", default="digit", metavar="I", help="a sample's name (cnntui samples) or a file")
    add(
        "--cells",
        type=_whole("number of cells"),
        metavar="N",
        help="cells of a picture's longer side",
    )
    add("--gray", "--grey", action="store_true", help="one channel of three")
    add("--step", type=_whole("step"), metavar="N", help="the step to show, from 0")
    _printing(command)


def _printing(command: argparse.ArgumentParser) -> argparse._MutuallyExclusiveGroup:
    command.add_argument("--device", metavar="DEV", help="auto, cpu, cuda, cuda:N or mps")
    shown = command.add_mutually_exclusive_group()
    shown.add_argument("--print", action="store_true", help="print the pane as text")
    shown.add_argument("--json", action="store_true", help="print one JSON object")
    return shown


def _of(choices: tuple[str, ...]) -> str:
    return ", ".join(choices)


def _checked(convert: Callable[[str], T], says: str) -> Callable[[str], T]:
    """Return a type for argparse that complains in our words."""

    def checked(text: str) -> T:
        try:
            return convert(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} {says}") from None

    return checked


def _int(text: str) -> int:
    if "_" in text:  # Python's own
        raise ValueError(text)
    return int(text)


def _two(text: str) -> tuple[int, int]:
    parts = [_int(part) for part in text.split(",")]
    if len(parts) not in (1, 2) or max(parts) > LARGEST:
        raise ValueError(text)
    return parts[0], parts[-1]


def _pair(name: str) -> Callable[[str], tuple[int, int]]:
    says = f"is no {name}; give a number such as 2, or height,width such as 2,1, up to {LARGEST}"
    return _checked(_two, says)


def _whole(name: str) -> Callable[[str], int]:
    return _checked(_int, f"is no {name}; give a whole number")


def _padding(text: str) -> tuple[int, int] | str:
    if text in NAMED_PADDINGS:
        return text
    says = f"is no padding; give a number or height,width up to {LARGEST}, or valid, same, full"
    return _checked(_two, says)(text)


def _activation(text: str) -> str:
    name = text.replace("_", "-")
    if name not in ACTIVATIONS:
        raise argparse.ArgumentTypeError(f"{text!r} is no activation; give {_of(ACTIVATIONS)}")
    return name


_number = _checked(float, "is no number")


def _float32s(text: str) -> tuple[float, ...]:
    numbers = tuple(float(part) for part in text.replace(",", " ").split())
    if not numbers or "_" in text or any(GREATEST < abs(n) < math.inf for n in numbers):
        raise ValueError(text)
    return numbers


_numbers = _checked(_float32s, "is no bias; give one float32 number, or one a filter: 0.5,-1")


def first_screen(why: str) -> str:
    """Return the first screen's words for where nothing can be painted."""
    rows = [f"  cnntui {e.about['command']:<10} {e.about['summary']}" for e in entries("panes")]
    return "\n".join(
        [
            f"cnntui {__version__}: a laboratory for convolutional neural networks in a terminal.",
            f"The app is not opened: {why}.",
            *rows,
            "  cnntui samples    list the inputs and kernels there are by name",
            "  cnntui nets       list the networks there are by name",
            "  cnntui doctor     tell what cnntui finds on this machine",
            "Example: cnntui conv --input digit:7 --kernel sobel-x --step 12 --print",
        ]
    )
