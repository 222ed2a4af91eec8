"""What is wrong with how a network is named, as far as it shows before torch or any code runs."""

from __future__ import annotations

import os
import sys
from importlib.machinery import BuiltinImporter, PathFinder
from pathlib import Path

from cnntui.errors import UserError
from cnntui.ground.names import cut
from cnntui.models.importing import import_place, is_file
from cnntui.models.naming import find_net, is_net

WEIGHTS = (".safetensors", ".pt", ".pth", ".bin", ".ckpt")


def check_net(text: str) -> None:
    """Refuse what is neither a known name, a file that is there, nor a module there may be.

    What passes may still fail when it is opened. Raises UserError.
    """
    place, colon, name = text.rpartition(":")
    path = Path(text).expanduser()
    if is_net(text):
        return
    if "://" in text:
        raise UserError(f"{cut(text)} is an address; nothing is fetched: name a file on this disk")
    if colon and not os.path.exists(text):
        _check_own(place, name)
    elif path.suffix == ".py":
        raise UserError(f"{cut(text)}: say what to load from it: {path.name}:ClassOrFunction")
    elif path.suffix.lower() in WEIGHTS:
        check_file(text)
    elif not os.path.exists(path) or not text.strip():
        find_net(text)
    elif path.is_dir() and not (path / "config.json").exists():
        raise UserError(f"{cut(text)} is a folder, and no run: it has no config.json")


def check_file(text: str) -> None:
    """Refuse a file that isn't there. Raises UserError."""
    if not os.path.exists(os.path.expanduser(text)):
        raise UserError(f"{cut(text, 120)}: No such file or directory")


def _check_own(place: str, name: str) -> None:
    if not place or not all(part.isidentifier() for part in name.split(".")):
        raise UserError(
            f"{cut(place + ':' + name)!r} is no network; write package.module:callable or "
            "path/file.py:callable"
        )
    place = os.path.expanduser(place)
    is_there = Path(place).is_file() if is_file(place) else _may_be_module(place.partition(".")[0])
    if not is_there:
        import_place(place)  # which fails, and says how: nothing of anybody's is run


def _may_be_module(top: str) -> bool:
    """Whether the outermost package of a name is found; imports nothing."""
    if top in sys.modules or BuiltinImporter.find_spec(top) is not None:
        return True
    return PathFinder.find_spec(top, [*sys.path, os.getcwd()]) is not None
