"""Runs the user's own code to get their network; leaves sys.path as it was."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import os
import sys
import traceback
from collections.abc import Iterator, Sequence
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType

from cnntui.errors import UserError
from cnntui.ground.names import cut, nearest

_MARK = "__cnntui_user_code__"  # on modules from the user's folder: imported anew the next time


class _Fresh(SourceFileLoader):
    """Compiles the file each time: a ``.pyc`` may be of the file as it was a moment ago."""

    def get_code(self, fullname: str) -> CodeType:
        """Return the code of the source as it is now."""
        return self.source_to_code(self.get_data(self.path), self.path)


@contextlib.contextmanager
def user_code(what: str, doing: str) -> Iterator[None]:
    """Turn whatever the user's code raises into one line; its traceback stays as the cause."""
    try:
        with contextlib.redirect_stdout(sys.stderr):  # their prints must not mix with our JSON
            yield
    except (Exception, SystemExit) as error:
        raise UserError(
            f"{what}: {doing} failed: {last_line(error)}; --verbose shows the traceback"
        ) from error


def last_line(error: BaseException) -> str:
    """Return a traceback's last line, and where in the user's file it arose if it is their own."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _theirs(frame)]
    at = f" ({Path(frames[-1].filename).name}, line {frames[-1].lineno})" if frames else ""
    words = cut(str(error), 240)
    return f"{type(error).__name__}{': ' if words else ''}{words}{at}"


def _theirs(frame: traceback.FrameSummary) -> bool:
    """Whether a frame is the user's: neither Python's, an installed package's nor ours."""
    installed = ("site-packages", "dist-packages")
    path = Path(frame.filename)
    ours = (Path(__file__).parents[1], Path(os.__file__).parent)
    return path.suffix == ".py" and not (
        any(part in installed for part in path.parts) or any(path.is_relative_to(p) for p in ours)
    )


@contextlib.contextmanager
def reachable(place: str) -> Iterator[None]:
    """Let the user's code import its neighbours; sys.path is as before at the end."""
    folders = _folders(Path(place).absolute()) if is_file(place) else []
    for name in [name for name, module in sys.modules.items() if _MARK in _names(module)]:
        del sys.modules[name]
    kept, before = sys.path[:], set(sys.modules)
    # a file's neighbours come first; for a module the working folder comes after what is installed
    sys.path[:] = [*map(str, folders), *kept] if folders else [*kept, os.getcwd()]
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path[:] = kept
        _mark(set(sys.modules) - before, folders or [Path.cwd()])


def is_file(place: str) -> bool:
    """Whether what is before the colon is a file's path, not a module's name."""
    return place.endswith(".py") or "/" in place or os.sep in place or os.path.isfile(place)


def import_place(place: str) -> ModuleType:
    """Import ``path/file.py`` or ``package.module``. Raises UserError."""
    if not is_file(place):
        if not all(part.isidentifier() for part in place.split(".")):
            raise UserError(f"{cut(place)!r} is no module's name; write package.module:callable")
        with user_code(place, "importing it"):
            return importlib.import_module(place)
    path = Path(place)
    if not path.is_file():
        kind = "is a folder; name a .py file in it" if path.is_dir() else "there is no such file"
        raise UserError(f"{cut(place, 120)}: {kind}")
    with user_code(place, "importing it"):
        return _import_file(path.absolute())


def member(module: ModuleType, name: str, place: str) -> object:
    """Return ``module.name``, dots allowed. Raises UserError with the nearest names."""
    value: object = module
    for part in name.split("."):
        try:
            value = getattr(value, part)
        except AttributeError:
            there = [each for each in _names(module) if not each.startswith("_")]
            own = [each for each in there if _defined_in(module, each)]
            listed = f"it defines {', '.join(own[:8])}" if own else "it defines nothing to call"
            raise UserError(
                f"{place} has no {cut(name)!r}; {nearest(name, there)}{listed}"
            ) from None
    return value


def _defined_in(module: ModuleType, name: str) -> bool:
    value = _names(module)[name]
    return callable(value) and getattr(value, "__module__", module.__name__) == module.__name__


def _names(module: object) -> dict[str, object]:
    """Return a module's own names; getattr would run the __getattr__ that some have."""
    return getattr(module, "__dict__", {})


def _folders(path: Path) -> list[Path]:
    """Return where the file's imports may lie: its folder, and that of the package it is in."""
    root = _root(path)
    return [path.parent] if root == path.parent else [root, path.parent]


def _root(path: Path) -> Path:
    root = path.parent
    while (root / "__init__.py").is_file() and root.name.isidentifier():
        root = root.parent
    return root


def _import_file(path: Path) -> ModuleType:
    """Import a file as part of its package, so that ``from .blocks import …`` works, or alone."""
    root = _root(path)
    if root != path.parent and path.suffix == ".py" and path.stem.isidentifier():
        parts = path.relative_to(root).with_suffix("").parts
        module = importlib.import_module(".".join(parts if parts[-1] != "__init__" else parts[:-1]))
        if module.__file__ and os.path.samefile(module.__file__, path):
            return module
        raise ImportError(f"the package name {parts[0]!r} is already {module.__file__}; rename it")
    return _import_alone(f"cnntui_user_{path.stem}", path)


def _import_alone(name: str, path: Path) -> ModuleType:
    loader = _Fresh(name, str(path))
    spec = importlib.util.spec_from_file_location(name, path, loader=loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses and typing look their module up
    setattr(module, _MARK, True)
    try:
        loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _mark(names: set[str], folders: Sequence[Path]) -> None:
    """Mark the modules that came from the user's folder: its files may change before the next."""
    for name in names:
        top = name.partition(".")[0]
        file = _names(sys.modules.get(name)).get("__file__")
        if not isinstance(file, str) or not file.endswith(".py") or top == "cnntui":
            continue
        for folder in folders:  # a virtual environment inside the folder is not the user's code
            if file.startswith((f"{folder / top}{os.sep}", f"{folder / top}.py")):
                setattr(sys.modules[name], _MARK, True)
