"""Which keys a lesson may have pressed for the learner.

A stranger's solution is played in the app: it may not name code, write files or leave the pane.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cnntui.errors import UserError

MOST = 200  # keys
TYPED = "text:"  # before what is typed as characters
FORBIDDEN = frozenset(  # actions that write, delete, stop, or lead elsewhere
    (
        *("ask_save", "ask_export", "ask_delete", "ask_stop", "copy_link"),
        *("open", "home", "quit", "help", "command_palette", "suspend_process", "screenshot"),
    )
)
_SIGNS = {"colon": ":", "space": " ", "slash": "/", "tilde": "~", "backslash": "\\"}
_ENDS = ("enter", "escape")


def pressed(text: str) -> tuple[str, ...]:
    """Return the keys of one entry: ``s``, ``s s right`` or ``text:sobel-y``."""
    if text.startswith(TYPED):
        return tuple("space" if c == " " else c for c in text.removeprefix(TYPED))
    return tuple(text.split())


def check_keys(keys: Sequence[str]) -> None:
    """Refuse keys that could do harm. Raises UserError.

    Code is named ``file.py:callable``: after a colon comes a digit (``digit:7``, a place), and
    nothing is moved or taken back until the line ends. Files are named by paths: none is typed.
    """
    if not 1 <= len(keys) <= MOST:
        raise UserError(f"{len(keys)} keys; a solution has 1 to {MOST}")
    for key in keys:
        if "+" in key[:-1] and not key.startswith("shift+"):
            raise UserError(f"{key!r} is no key for a solution: ctrl and alt act on the app")
    for line in _lines(keys):
        _check_line([_SIGNS.get(key, key) for key in line])


def _lines(keys: Sequence[str]) -> Iterator[list[str]]:
    """Cut keys where a typed line ends."""
    line: list[str] = []
    for key in keys:
        if key in _ENDS:
            yield line
            line = []
        else:
            line.append(key)
    yield line


def _check_line(line: list[str]) -> None:
    if "/" in line[1:] or "~" in line or "\\" in line:  # a first / asks what to find
        raise UserError("a solution types no path; it names samples and known networks")
    if ":" not in line:
        return
    after = line[line.index(":") + 1 :]
    colons = [at for at, key in enumerate(line) if key == ":"]
    named = any(not line[at + 1 : at + 2] or not line[at + 1].isdecimal() for at in colons)
    if named or any(len(key) > 1 for key in after):
        raise UserError("after ':' a solution types a number, as in digit:7; it names no code")


def harmless(action: str) -> bool:
    """Tell whether a solution may run an action: ``app.open('x')`` is told by ``open``."""
    return action.partition("(")[0].rpartition(".")[2].strip() not in FORBIDDEN
