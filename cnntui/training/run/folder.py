"""What a run's folder is called inside, and its settings.

A folder is a run when its config.json says so: other programs keep a config.json too.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cnntui.errors import UserError
from cnntui.ground.atomic_write import ensure_folder, write_whole
from cnntui.training.events import SCHEMA

EVENTS, CONFIG, LOG, LOCK = "events.jsonl", "config.json", "log.txt", "lock"
CHECKPOINTS, CONTROL = "checkpoints", "control"
ROOM = ".room"  # given up when the disk is full, so that the log can say why the run ended
_MARK = "v"
_LONGEST = 1 << 20  # bytes of settings


def config_of(path: Path) -> dict[str, Any]:
    """Return a run's settings: ``v``, perhaps ``title``, and what was given. Raises UserError."""
    try:
        with (path / CONFIG).open("rb") as file:
            config = json.loads(file.read(_LONGEST))
    except (FileNotFoundError, NotADirectoryError):
        raise UserError(f"{path} is no run: it has no {CONFIG}") from None
    except (OSError, ValueError, RecursionError) as error:
        raise UserError(f"{path / CONFIG} can't be read: {str(error)[:120]}") from error
    if not isinstance(config, dict) or not isinstance(config.get(_MARK), int):
        raise UserError(f'{path} is no run of cnntui: its {CONFIG} has no "{_MARK}"')
    return config


def is_run(path: Path) -> bool:
    """Tell whether a folder is a run."""
    try:
        config_of(path)
    except UserError:
        return False
    return True


def write_config(path: Path, config: Mapping[str, Any], title: str = "") -> None:
    """Write a run's settings, once and whole. Raises UserError where there are some, DiskFull."""
    ensure_folder(path)
    if (path / CONFIG).exists():
        raise UserError(f"{path / CONFIG} is there already; name another folder for the run")
    titled = {"title": title} if title else {}
    try:
        values = {_MARK: SCHEMA} | titled | dict(config) | {_MARK: SCHEMA}
        text = json.dumps(values, indent=1, default=str, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise UserError(f"the settings are no JSON: {error}; give plain values") from error
    write_whole(path / CONFIG, lambda file: file.write_text(text + "\n", encoding="utf-8"))
