"""The options of the commands about data and training; imports no command, nor torch."""

from __future__ import annotations

import argparse

ACTIONS = ("stop", "pause", "resume", "lr", "delete")


def train(command: argparse.ArgumentParser) -> None:
    """Give ``cnntui train`` its options."""
    from cnntui.training.asking import fill

    command.set_defaults(run="train")
    add = command.add_argument
    add("--run", dest="run_folder", metavar="DIR", help="the run's folder; else one is made")
    add("--resume", metavar="RUN", help="go on with a run that was stopped or killed")
    add("--headless", action="store_true", help="train here, without the app")
    add("--json", action="store_true", help="train here and print one JSON object at the end")
    add("--nice", type=int, metavar="N", help="how far the worker stands back: 0 to 19")
    fill(command)


def watch(command: argparse.ArgumentParser) -> None:
    """Give ``cnntui watch`` its options."""
    command.set_defaults(run="watch")
    what = "a run's name, the beginning of it, or its folder; else the last one"
    command.add_argument("watched", nargs="?", metavar="RUN", help=what)
    _shown(command)


def runs(command: argparse.ArgumentParser) -> None:
    """Give ``cnntui runs`` its options."""
    command.set_defaults(run="runs")
    add = command.add_argument
    add("action", nargs="?", choices=ACTIONS, metavar="ACTION", help=", ".join(ACTIONS))
    add("which", nargs="?", metavar="RUN", help="its name, the beginning of it, or its folder")
    add("value", nargs="?", metavar="VALUE", help="lr: the learning rate; delete: yes")
    add("--nice", type=int, metavar="N", help="resume: how far the worker stands back")
    _shown(command)


def datasets(command: argparse.ArgumentParser) -> None:
    """Give ``cnntui datasets`` its options."""
    command.set_defaults(run="datasets")
    command.add_argument("--data-dir", metavar="PATH", help="where the files of data sets lie")
    command.add_argument("--json", action="store_true", help="print one JSON object")


def gallery(command: argparse.ArgumentParser) -> None:
    """Give ``cnntui gallery`` its options."""
    command.set_defaults(run="gallery")
    add = command.add_argument
    what = "a name (cnntui datasets), a folder of pictures or an npz file"
    add("dataset", nargs="?", default="digits", metavar="DATASET", help=what)
    add("--data-dir", metavar="PATH", help="where the files of data sets lie")
    add("--split", default="train", choices=("train", "validation", "test"), metavar="S")
    add("--class", dest="label", metavar="C", help="show one class alone")
    _shown(command)


def _shown(command: argparse.ArgumentParser) -> None:
    shown = command.add_mutually_exclusive_group()
    shown.add_argument("--print", action="store_true", help="print as text")
    shown.add_argument("--json", action="store_true", help="print one JSON object")
