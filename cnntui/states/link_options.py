"""Reads the part of a link that a command's options say, by the command line's own parser."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cnntui.errors import UserError
from cnntui.states.link_text import Values, switch_in


def options_of(
    command: str,
    values: Values,
    options: Sequence[str],
    switches: Sequence[str] = (),
    place: Sequence[str] = (),
) -> Any:
    """Return the parsed options of ``cnntui COMMAND`` that a link gives. Raises UserError.

    ``place`` are the words that stand without an option's name; keys of neither are left alone.
    """
    from cnntui.options import parse  # the one place that knows what an option may be

    words = [f"--{key}={values[key]}" for key in options if key in values]
    words += [f"--{key}" for key in switches if switch_in(values, key)]
    try:
        return parse([command, *words, *(["--", *place] if place else [])])
    except UserError as problem:
        raise UserError(_told(str(problem))) from None


def _told(text: str) -> str:
    """Say an option's complaint as one of a link's key: ``stride: 'x' is no stride; …``."""
    said = text.rpartition("; 'cnntui ")[0] or text
    return said.removeprefix("argument --")
