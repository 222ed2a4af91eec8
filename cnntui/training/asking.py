"""The options of a training, for the command line and for a worker of its own; knows no torch."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, NoReturn

from cnntui.errors import UserError
from cnntui.training import recipes
from cnntui.training.config import OPTIMIZERS, PRECISIONS, SCHEDULES, Config, checked, from_json


@dataclass(frozen=True)
class Option:
    """A flag, the field of Config that it sets, and its help."""

    flag: str
    field: str
    metavar: str
    help: str


OPTIONS = (
    Option("--dataset", "dataset", "D", "a name (cnntui datasets), a folder of pictures or an npz"),
    Option("--data-dir", "data_dir", "PATH", "where the files of data sets lie"),
    Option("--net", "net", "N", "a name (cnntui nets), a Build file or module:callable"),
    Option("--size", "size", "PX", "pixels of a picture's side; else what suits the network"),
    Option("--epochs", "epochs", "E", "times that every picture is seen"),
    Option("--batch-size", "batch_size", "B", "pictures a step"),
    Option("--optimizer", "optimizer", "O", ", ".join(OPTIMIZERS)),
    Option("--lr", "lr", "LR", "the highest learning rate"),
    Option("--momentum", "momentum", "M", "of sgd"),
    Option("--schedule", "schedule", "S", ", ".join(SCHEDULES)),
    Option("--warmup", "warmup", "X", "part of all steps in which the rate rises"),
    Option("--step-size", "step_size", "E", "step: epochs between two falls of the rate"),
    Option("--gamma", "gamma", "X", "step, plateau: factor of a fall"),
    Option("--plateau", "plateau", "E", "plateau: epochs without a better loss before a fall"),
    Option("--weight-decay", "weight_decay", "W", "not on norms and biases"),
    Option("--augment", "augment", "LIST", "flip,shift=0.1,rotate=15,...; none for none"),
    Option("--label-smoothing", "label_smoothing", "X", "0 to 0.9"),
    Option("--clip", "clip", "X", "largest norm of all gradients together"),
    Option("--patience", "patience", "P", "epochs without a better one before stopping early"),
    Option("--average", "average", "X", "decay of the weights' moving average: 0.99"),
    Option("--validation", "validation", "X", "part of the training pictures kept to judge by"),
    Option("--seed", "seed", "S", "of weights, order and augmentation"),
    Option("--device", "device", "DEV", "auto, cpu, cuda, cuda:N or mps"),
    Option("--precision", "precision", "P", ", ".join(PRECISIONS)),
    Option("--threads", "threads", "T", "torch's threads; else one fewer than there are cores"),
    Option("--log-every", "log_every", "S", "seconds between two points of the curves"),
    Option("--checkpoint-every", "checkpoint_every", "S", "seconds between two checkpoints"),
)
SWITCHES = (
    Option("--class-weights", "class_weights", "", "weigh rare classes more"),
    Option("--flip-test", "flip_test", "", "judge a picture together with its mirror image"),
    Option("--compile", "compile", "", "torch.compile: slower to start, faster on a GPU"),
    Option("--graphs", "graphs", "", "CUDA graphs, through torch.compile"),
)
DEFAULTS: dict[str, Any] = {field.name: field.default for field in fields(Config)}


def fill(command: argparse.ArgumentParser) -> None:
    """Give a command the options that describe a training; what isn't given is None."""
    names = ", ".join(one.name for one in recipes.RECIPES)
    command.add_argument("--recipe", metavar="R", help=f"settings that work: {names}")
    for option in OPTIONS:
        command.add_argument(
            option.flag,
            dest=option.field,
            metavar=option.metavar,
            help=option.help,
            type=_kind(option),
        )
    for option in SWITCHES:
        command.add_argument(
            option.flag, dest=option.field, action="store_true", default=None, help=option.help
        )


def config_of(given: argparse.Namespace) -> Config:
    """Return the settings: what is given, over the recipe asked for or usual for the data set.

    Raises UserError for what can't be trained with.
    """
    values = {name: value for name, value in vars(given).items() if name in DEFAULTS}
    chosen = {name: value for name, value in values.items() if value is not None}
    if given.recipe:
        start = recipes.recipe(given.recipe).config
    else:
        start = recipes.usual(chosen.get("dataset", DEFAULTS["dataset"]), chosen.get("net"))
    if chosen.get("augment") == "none":
        chosen["augment"] = ""
    return resolved(checked(replace(start, **chosen)))


def resolved(config: Config) -> Config:
    """Return the settings with the text of a Build file in them, and absolute paths."""
    net = Path(config.net).expanduser()
    if not config.net_text and config.net.endswith(".txt"):
        try:
            config = replace(config, net_text=net.read_text(encoding="utf-8"), net=net.stem)
        except (OSError, UnicodeDecodeError) as problem:
            raise UserError(f"{net} can't be read: {problem}; name a Build file") from None
    if config.data_dir:
        config = replace(config, data_dir=str(Path(config.data_dir).expanduser().resolve()))
    place, colon, name = config.net.rpartition(":")
    if colon and place.endswith(".py"):
        config = replace(config, net=f"{Path(place).expanduser().resolve()}:{name}")
    data = Path(config.dataset).expanduser()
    if config.dataset and ("/" in config.dataset or data.suffix == ".npz") and data.exists():
        config = replace(config, dataset=str(data.resolve()))
    return config


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UserError(f"{message}; 'python -m cnntui.training.worker --help' tells the options")


def worker_request(argv: Sequence[str]) -> tuple[Path, Config, int]:
    """Return a worker's run folder, settings and niceness. Raises UserError."""
    from cnntui.training import folder

    parser = _Parser(prog="cnntui.training.worker", allow_abbrev=False)
    parser.add_argument("folder", nargs="?", metavar="RUN", help="a run that is there already")
    # torchrun takes --run for a short form of its own --run-path
    parser.add_argument("--run", "--run-dir", metavar="DIR", help="the folder of a new run")
    parser.add_argument("--nice", type=int, default=0, metavar="N", help="how far to stand back")
    fill(parser)
    given = parser.parse_args(argv)
    if given.folder:
        run = Path(given.folder).expanduser()
        return run, from_json(folder.config_of(run)), given.nice
    if not given.run:
        raise UserError("name the run's folder: worker RUN, or --run DIR with --dataset, --net, …")
    run = Path(given.run).expanduser()
    if folder.is_run(run):
        return run, from_json(folder.config_of(run)), given.nice
    return run, config_of(given), given.nice


def _kind(option: Option) -> Any:
    default = DEFAULTS[option.field]
    if isinstance(default, str):
        return str
    whole = isinstance(default, int)

    def number(text: str) -> int | float:
        try:
            return int(text) if whole else float(text)
        except ValueError:
            says = "give a whole number" if whole else "give a number"
            raise argparse.ArgumentTypeError(f"{text!r} is no {option.field}; {says}") from None

    return number
