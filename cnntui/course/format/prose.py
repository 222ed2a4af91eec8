"""A lesson's words as runs with roles, wrapped to a width.

``**strong**`` and ``*strong*``, ```code``` and ``[[key]]`` are all there is.
"""

from __future__ import annotations

import re

from cnntui.course.format.lesson import Prose
from cnntui.ground.lines import Line, Run, cropped, line, width_of

_MARKED = re.compile(
    r"\[\[(?P<key>\S{1,24}?)\]\]|`(?P<code>[^`]+)`"
    r"|\*\*(?P<strong>\S|\S[^*]*\S)\*\*|(?<![\w*])\*(?P<soft>[^\s*]|[^\s*][^*]*[^\s*])\*(?![\w*])"
)
_ROLES = {"key": "key", "code": "strong", "strong": "strong", "soft": "strong"}
_SIGNS = {"right": "→", "left": "←", "up": "↑", "down": "↓"}
KEY = re.compile(r"\[\[(\S{1,24}?)\]\]")
_SPACE = re.compile(r"\s+")


def runs_of(text: str) -> Line:
    """Return text as runs: what stands out has the role strong or key."""
    runs: list[Run] = []
    at = 0
    for mark in _MARKED.finditer(text):
        runs += [(text[at : mark.start()], ""), _marked(mark)]
        at = mark.end()
    return tuple(run for run in (*runs, (text[at:], "")) if run[0])


def _marked(mark: re.Match[str]) -> Run:
    name = mark.lastgroup or ""
    text = mark[name]
    return (_SIGNS.get(text, text) if name == "key" else text, _ROLES[name])


def plain(text: str) -> str:
    """Return text without its marks."""
    return "".join(run for run, _ in runs_of(text))


def keys_in(text: str) -> tuple[str, ...]:
    """Return the keys that a text mentions, as they are written."""
    return tuple(KEY.findall(text))


def lines_of(part: Prose, width: int) -> tuple[Line, ...]:
    """Return the lines of a paragraph, an item or a block, at most ``width`` columns each."""
    if part.kind == "block":
        return tuple(cropped(line(f"  {row}"), width) for row in part.text.splitlines())
    if part.kind == "text":
        return tuple(wrapped(part.text, width))
    rows = wrapped(part.text, max(1, width - 2))
    return tuple(((("· " if not at else "  "), "dim"), *row) for at, row in enumerate(rows))


def wrapped(text: str, width: int) -> list[Line]:
    """Wrap marked text between its words; one that is longer than a line is cut."""
    rows: list[list[Run]] = []
    room = 0
    for word in _words(runs_of(text)):
        size = width_of(word)
        if not rows or size + 1 > room:
            rows.append([])
            room = width + 1
        space = [(" ", "")] if rows[-1] else []
        rows[-1] += [*space, *cropped(word, width)]
        room -= size + 1
    return [_together(row) for row in rows]


def _words(runs: Line) -> list[Line]:
    """Cut runs between words; ``[[s]],`` is one word of two runs."""
    words: list[list[Run]] = [[]]
    for text, role in runs:
        for at, piece in enumerate(_SPACE.split(text)):
            if at:
                words.append([])
            if piece:
                words[-1].append((piece, role))
    return [tuple(word) for word in words if word]


def _together(row: list[Run]) -> Line:
    """Join neighbouring runs of one role."""
    runs: list[Run] = []
    for text, role in row:
        if runs and (runs[-1][1] == role or not text.strip()):
            runs[-1] = (runs[-1][0] + text, runs[-1][1])
        else:
            runs.append((text, role))
    return tuple(runs)
