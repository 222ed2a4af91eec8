"""What a run's files say of its network; runs none of their words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cnntui.errors import UserError
from cnntui.ground.names import cut

_LONGEST = 1 << 20  # bytes of a run's config.json, and of the beginning of its log


def config_of(folder: Path) -> dict[str, Any]:
    """Return a run's settings. Raises UserError where the folder is no run."""
    path = folder / "config.json"
    try:
        with path.open("rb") as file:
            config = json.loads(file.read(_LONGEST))
    except FileNotFoundError:
        raise UserError(f"{folder} is a folder, and no run: it has no config.json") from None
    except (OSError, ValueError, RecursionError) as error:
        raise UserError(f"{path} can't be read: {cut(str(error), 120)}") from error
    if not isinstance(config, dict):
        raise UserError(f"{path} holds no settings: one JSON object is wanted")
    return config


def input_of(folder: Path) -> tuple[tuple[int, int, int], int]:
    """Return the shape (C, H, W) and the classes that the run was begun with. Raises UserError."""
    try:
        with (folder / "events.jsonl").open("rb") as file:
            for line in file.read(_LONGEST).splitlines():
                record = json.loads(line)
                if record.get("event") == "start":
                    channels, height, width = (int(size) for size in record["input_shape"])
                    return (channels, height, width), len(record["classes"])
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        why = cut(str(error), 120)
        raise UserError(f"{folder}: the log doesn't tell what the network takes: {why}") from error
    raise UserError(f"{folder}: the log doesn't tell what the network takes; it has no start")
