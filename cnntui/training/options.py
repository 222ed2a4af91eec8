"""The options of a training, for the command line, the form, links and a worker of its own."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, NoReturn

from cnntui.datasets.naming import absolute, file_names
from cnntui.errors import UserError
from cnntui.ground.options import Option, fill, switch
from cnntui.ground.options import checked as checked_text
from cnntui.training import recipes
from cnntui.training.config import OPTIMIZERS, PRECISIONS, SCHEDULES, Config, checked, from_json

DEFAULTS: dict[str, Any] = {field.name: field.default for field in fields(Config)}


def _option(name: str, metavar: str, help: str) -> Option:
    """Return the option of a field of Config; what isn't given is None."""
    usual = DEFAULTS[name.replace("-", "_")]
    if isinstance(usual, str):
        write = _or_none if name == "augment" else str
        return Option(name, help=help, metavar=metavar, write=write)
    whole = isinstance(usual, int)
    says = f"is no {name.replace('-', '_')}; give a {'whole ' * whole}number"
    read = checked_text(int if whole else float, says)
    return Option(name, read, help=help, metavar=metavar, write=repr)


def _or_none(text: str) -> str:
    return text or "none"


OPTIONS = (
    _option("dataset", "D", f"a name (cnntui datasets), a folder of pictures or {file_names()}"),
    _option("data-dir", "PATH", "where the files of data sets lie"),
    _option("net", "N", "a name (cnntui nets), a Build file or module:callable"),
    _option("size", "PX", "pixels of a picture's side; else what suits the network"),
    _option("epochs", "E", "times every picture is seen"),
    _option("batch-size", "B", "pictures a step"),
    _option("optimizer", "O", ", ".join(OPTIMIZERS)),
    _option("lr", "LR", "the highest learning rate"),
    _option("momentum", "M", "of sgd"),
    _option("schedule", "S", ", ".join(SCHEDULES)),
    _option("warmup", "X", "part of all steps in which the rate rises"),
    _option("step-size", "E", "step: epochs between two falls of the rate"),
    _option("gamma", "X", "step, plateau: factor of a fall"),
    _option("plateau", "E", "plateau: epochs without a better loss before a fall"),
    _option("weight-decay", "W", "not on norms and biases"),
    _option("augment", "LIST", "flip,shift=0.1,rotate=15,...; none for none"),
    _option("label-smoothing", "X", "0 to 0.9"),
    _option("clip", "X", "largest norm of all gradients together"),
    _option("patience", "P", "epochs without a better one before stopping early"),
    _option("average", "X", "decay of the weights' moving average: 0.99"),
    _option("validation", "X", "part of the training pictures kept to judge by"),
    _option("seed", "S", "of weights, order and augmentation"),
    _option("device", "DEV", "auto, cpu, cuda, cuda:N or mps"),
    _option("precision", "P", ", ".join(PRECISIONS)),
    _option("threads", "T", "torch's threads; else one fewer than there are cores"),
    _option("log-every", "S", "seconds between two points of the curves"),
    _option("checkpoint-every", "S", "seconds between two checkpoints"),
)
SWITCHES = (
    switch("class-weights", "weigh rare classes more", None),
    switch("flip-test", "judge a picture together with its mirror image", None),
    switch("compile", "torch.compile: slower to start, faster on a GPU", None),
    switch("graphs", "CUDA graphs, by torch.compile", None),
)


def add_options(command: argparse.ArgumentParser) -> None:
    """Give a command the options that describe a training; what isn't given is None."""
    names = ", ".join(one.name for one in recipes.RECIPES)
    command.add_argument("--recipe", metavar="R", help=f"settings that work: {names}")
    fill(command, (*OPTIONS, *SWITCHES))


def config_of(given: Any) -> Config:
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
    return replace(config, dataset=absolute(config.dataset))


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UserError(f"{message}; 'python -m cnntui.training.worker --help' tells the options")


def worker_request(argv: Sequence[str]) -> tuple[Path, Config, int]:
    """Return a worker's run folder, settings and niceness. Raises UserError."""
    from cnntui.training.run import folder

    parser = _Parser(prog="cnntui.training.worker", allow_abbrev=False)
    parser.add_argument("folder", nargs="?", metavar="RUN", help="a run that is there already")
    # torchrun takes --run for a short form of its own --run-path
    parser.add_argument("--run", "--run-dir", metavar="DIR", help="the folder of a new run")
    parser.add_argument("--nice", type=int, default=0, metavar="N", help="how far to stand back")
    add_options(parser)
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
