"""What may be asked of a run: to pause, stop, go on, take another rate; and what code it runs."""

from __future__ import annotations

from pathlib import Path

from cnntui.errors import UserError
from cnntui.training.config import Config


def check_code(run: Path, config: Config, runs: Path) -> None:
    """Refuse to run code that a run lying elsewhere names, unless it is asked for by name.

    Raises UserError.
    """
    elsewhere = runs.resolve() not in run.resolve().parents
    if elsewhere and ":" in config.net and not config.net_text:
        raise UserError(
            f"{run} lies outside {runs} and its network is code; to run that code: "
            f"cnntui train --resume {run} --net {config.net}"
        )
