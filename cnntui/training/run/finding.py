"""Names, finds and deletes runs in their folder."""

from __future__ import annotations

import difflib
import os
import re
import secrets
import shutil
from contextlib import suppress
from pathlib import Path

from cnntui.errors import UserError
from cnntui.ground.atomic_write import TEMPORARY, ensure_folder
from cnntui.training.run.folder import (
    CHECKPOINTS,
    CONFIG,
    CONTROL,
    EVENTS,
    LOCK,
    LOG,
    ROOM,
    config_of,
    is_run,
)
from cnntui.training.run.listing import list_runs
from cnntui.training.run.locking import Lock, held

LAST = "last"
_LONGEST = 24  # characters of a data set's or a network's name in a folder's name


def find_run(text: str, folder: Path) -> Path:
    """Return the run that a name in ``folder``, its beginning, a path or ``last`` means.

    Raises UserError with the nearest names.
    """
    names = _names(folder)
    if text == LAST and LAST not in names:
        return _last(folder)
    if text in names:
        return folder / text
    path = Path(text).expanduser()
    if text and is_run(path):
        return path
    if os.sep in text or text in (".", ".."):
        config_of(path)  # says what is missing
    return folder / _begun(text, names, folder)


def new_run_folder(folder: Path, dataset: str, net: str) -> Path:
    """Make a new folder, named like ``digits-lenet5-1f3a``. Raises UserError, DiskFull."""
    ensure_folder(folder)
    words = [word for word in map(_word, (dataset, net)) if word]
    while True:
        path = folder / "-".join([*words, secrets.token_hex(2)])
        try:
            path.mkdir()
        except FileExistsError:
            continue
        except OSError as error:
            raise UserError(f"{path} can't be made: {error.strerror}; name another") from error
        return path


def delete_run(path: Path) -> tuple[str, ...]:
    """Delete a run's files; return the names of what else lies there and was left.

    Raises UserError where it is running, or the folder is no run. A link is removed, never what it
    leads to; the settings go last, so that a run deleted by half is still one.
    """
    if path.is_symlink():
        raise UserError(f"{path} is a link; name the run's folder itself: {os.path.realpath(path)}")
    config_of(path)
    if held(path):
        raise UserError(f"{path.name} is running; stop it first: cnntui runs stop {path.name}")
    lock = Lock(path)
    try:
        for name in (CHECKPOINTS, CONTROL, EVENTS, LOG, ROOM, *_temporary(path), CONFIG, LOCK):
            _remove(path / name)
        with suppress(OSError):
            path.rmdir()
    except OSError as error:
        raise UserError(f"{error.filename} can't be deleted: {error.strerror}") from error
    finally:
        lock.release()
    return tuple(sorted(os.listdir(path))) if path.is_dir() else ()


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)  # follows no link
    else:
        path.unlink(missing_ok=True)


def _temporary(path: Path) -> list[str]:
    return [one for one in os.listdir(path) if one.startswith(TEMPORARY)]


def _names(folder: Path) -> list[str]:
    try:
        return sorted(path.name for path in folder.iterdir() if is_run(path))
    except OSError:
        return []


def _last(folder: Path) -> Path:
    runs = list_runs(folder)
    if not runs:
        raise UserError(f"no run lies in {folder} yet; start one: cnntui train")
    return runs[0].path


def _begun(text: str, names: list[str], folder: Path) -> str:
    """Return the one name that begins so."""
    begun = [name for name in names if name.startswith(text)] if text else []
    if len(begun) == 1:
        return begun[0]
    if begun:
        raise UserError(f"{text[:60]!r} may be {_listed(begun)}; write more of the name")
    near = difflib.get_close_matches(text, names, 3, 0.4) or names[:3]
    hint = f"near: {_listed(near)}" if near else "start one: cnntui train"
    raise UserError(f"no run {text[:60]!r} in {folder}; {hint}")


def _listed(names: list[str]) -> str:
    return ", ".join(names[:5]) + (", …" if len(names) > 5 else "")


def _word(text: str) -> str:
    """Return a data set's or a network's short name: no path, no options, no suffix."""
    place, _, name = text.strip().rstrip("/").rpartition(":")
    named = place if "=" in name else name
    stem = re.sub(r"\.\w{1,12}$", "", named.rpartition("/")[2])
    return re.sub(r"[^a-z0-9_]+", "-", stem.lower()).strip("-")[:_LONGEST].strip("-")
