"""What the terminal at hand can show, judged by its environment alone."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TextIO

MONOCHROME = re.compile(r"(vt|dec-vt)\d+(-.*)?|.*-(m|mono)")
TRUE_COLOUR = ("kitty", "alacritty", "ghostty", "wezterm")
UNUSABLE = ("", "dumb", "unknown")


@dataclass(frozen=True)
class Terminal:
    """A terminal's size and means."""

    columns: int
    rows: int
    colors: str  # "truecolor", "256", "16" or "none"
    unicode: bool
    paints: bool  # False: no full-screen app can be drawn here
    why: str  # why not, in words; empty where it paints


def detect(
    environ: Mapping[str, str],
    stdin_tty: bool,
    stdout_tty: bool,
    size: tuple[int, int],
    stderr_tty: bool = True,
) -> Terminal:
    """Judge a terminal of ``size`` (columns, rows) by its environment and its three streams.

    Textual paints on stderr, so a redirected stderr counts like a redirected stdout.
    """
    why = _hindrance(environ.get("TERM", ""), stdin_tty, stdout_tty, stderr_tty)
    return Terminal(*size, _colors(environ), _unicode(environ), not why, why)


def here() -> Terminal:
    """Judge the terminal this process runs in."""
    size = shutil.get_terminal_size()
    return detect(
        os.environ,
        _is_terminal(sys.__stdin__),
        _is_terminal(sys.__stdout__),
        (size.columns, size.lines),
        _is_terminal(sys.__stderr__),
    )


def _is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and not stream.closed and stream.isatty()


def _hindrance(term: str, stdin_tty: bool, stdout_tty: bool, stderr_tty: bool) -> str:
    if not stdin_tty:
        return "standard input is not a terminal"
    if not stdout_tty:
        return "standard output is not a terminal"
    if not stderr_tty:
        return "standard error, on which the screen is drawn, is not a terminal"
    if term in UNUSABLE:
        return f"TERM is {term}: no cursor can be moved" if term else "TERM is not set"
    return ""


def _colors(environ: Mapping[str, str]) -> str:
    term = environ.get("TERM", "").lower()
    if environ.get("NO_COLOR") or term in UNUSABLE:
        return "none"
    if environ.get("COLORTERM", "").strip().lower() in ("truecolor", "24bit"):
        return "truecolor"
    if "-direct" in term or any(name in term for name in TRUE_COLOUR):
        return "truecolor"
    if "256col" in term:
        return "256"
    return "none" if MONOCHROME.fullmatch(term) else "16"


def _unicode(environ: Mapping[str, str]) -> bool:
    glyphs = environ.get("CNNTUI_GLYPHS", "").lower()
    if glyphs in ("ascii", "unicode"):
        return glyphs == "unicode"
    for name in ("LC_ALL", "LC_CTYPE", "LANG"):
        if locale := environ.get(name, "").lower():
            return "utf-8" in locale or "utf8" in locale
    return bool(environ.get("TERM_PROGRAM"))  # macOS sets this and, often, no locale
