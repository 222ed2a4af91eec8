"""Runs that lie outside the folder of runs, and are listed all the same."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from cnntui.errors import UserError
from cnntui.training.run.folder import is_run
from cnntui.training.run.listing import RunStatus, status_of


def runs_at(path: Path) -> tuple[Path, ...]:
    """Return the run at ``path``, or the runs in it. Raises UserError where there is none."""
    path = path.absolute()
    if is_run(path):
        return (path,)
    try:
        runs = tuple(sorted(entry for entry in path.iterdir() if is_run(entry)))
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}; name a run's folder") from error
    if not runs:
        raise UserError(f"{path} is no run and holds none; a run's folder has a config.json")
    return runs


def statuses(paths: Iterable[Path], listed: Collection[Path]) -> Iterator[RunStatus]:
    """Yield how the runs fare that are not ``listed`` already; those that are gone are left out."""
    for path in paths:
        with suppress(UserError):
            if path not in listed:
                yield status_of(path)
