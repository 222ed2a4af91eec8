"""What a stranger's link may name: samples, known networks and data sets; no file and no code."""

from __future__ import annotations

import os
import re
from functools import cache

from cnntui.datasets.naming import find_dataset
from cnntui.errors import UserError
from cnntui.ground.names import cut
from cnntui.models.naming import known_nets
from cnntui.sources.inputs import listed_inputs
from cnntui.sources.kernels import listed_kernels
from cnntui.sources.networks import listed_networks

_NUMBER = r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?(/[1-9][0-9]*)?"
_NUMBERS = re.compile(rf"{_NUMBER}([ ,;]+{_NUMBER})*")
_MADE = ("pattern", "digit", "random")  # inputs whose name takes an argument


def check_input(text: str, key: str = "input") -> None:
    """Refuse what is no sample. Raises UserError."""
    kinds = _input_kinds()
    head = text.strip().partition(":")[0]
    if text.strip() not in kinds and kinds.get(head) not in _MADE:
        raise _refusal(key, text, "a sample's name")


def check_kernel(text: str) -> None:
    """Refuse what is no sample and no numbers. Raises UserError."""
    plain = text.strip()
    named = plain in {kernel.name for kernel in listed_kernels()}
    made = plain.partition(":")[0] == "random" or re.fullmatch(r"gaussian-[0-9]{1,4}", plain)
    if not (named or made or _NUMBERS.fullmatch(plain)):
        raise _refusal("kernel", text, "a sample's name, or numbers such as 1,0,-1;2,0,-2;1,0,-1")


def check_net(text: str) -> None:
    """Refuse what is no known network: a file or a module would run code. Raises UserError."""
    if text not in {net.name for net in known_nets()}:
        raise _refusal("net", text, "a known network's name")


def check_written(text: str) -> None:
    """Refuse what is no written sample network. Raises UserError."""
    if text not in {net.name for net in listed_networks()}:
        raise _refusal("file", text, "a sample's name")


def check_dataset(text: str, key: str = "dataset") -> None:
    """Refuse what is no data set of a known name. Raises UserError."""
    head, _, options = text.partition(":")
    find_dataset(head)
    if not re.fullmatch(r"[-A-Za-z0-9_ ]+", head) or set(options) & set("/\\"):
        raise _refusal(key, text, "a data set's name")


def check_run(text: str) -> None:
    """Refuse a run that lies outside the runs' folder. Raises UserError."""
    if os.sep in text or "/" in text or text.startswith(("~", ".")):
        raise _refusal("run", text, "a run's name")


def refuse(key: str, text: str) -> None:
    """Refuse a key that names a file whatever its value is. Raises UserError."""
    raise _refusal(key, text, "nothing: leave it out")


def _refusal(key: str, text: str, right: str) -> UserError:
    return UserError(f"{key}={cut(text)} is not opened for a lesson; give {right}")


@cache
def _input_kinds() -> dict[str, str]:
    return {source.name: source.kind for source in listed_inputs()}
