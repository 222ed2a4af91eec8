"""Cuts a lesson's file into its front matter and chunks with line numbers.

``## Title`` begins a page. Three backticks and a word begin a fence, three backticks end it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cnntui.errors import UserError

MARK = "+++"
FENCE = "```"
FENCES = ("view", "task", "quiz", "predict", "test")
_INDENT = 4  # spaces: a line of numbers or a formula that stands as it is


class Misplaced(UserError):
    """Something in a file that doesn't stand where it can be read, with its line."""

    def __init__(self, line: int, text: str) -> None:
        super().__init__(text)
        self.line = line


@dataclass(frozen=True)
class Chunk:
    """A piece of a lesson: ``page``, ``text``, ``item``, ``block``, or one of FENCES.

    ``line`` is its first; the text of a fence begins on the line after.
    """

    line: int
    kind: str
    text: str


def front_matter(text: str) -> tuple[str, int]:
    """Return the TOML between the two ``+++`` lines, and the line after. Raises Misplaced."""
    lines = text.split("\n")
    if not lines or lines[0].strip() != MARK:
        raise Misplaced(1, f"a lesson begins with a line {MARK}, then id = …, then {MARK} again")
    for at, row in enumerate(lines[1:], 1):
        if row.strip() == MARK:
            return "\n".join(lines[1:at]), at + 2
    raise Misplaced(1, f"the front matter does not end; write {MARK} on a line of its own")


def counted_fences(text: str) -> dict[str, int]:
    """Count the fences of each kind by their first lines alone."""
    counts = dict.fromkeys(FENCES, 0)
    for row in text.split("\n"):
        kind = row.strip().removeprefix(FENCE)
        if row.startswith(FENCE) and kind in counts:
            counts[kind] += 1
    return counts


def chunks(text: str, first: int) -> Iterator[Chunk]:
    """Yield the chunks from line ``first`` on. Raises Misplaced for a fence that does not end."""
    rows = list(enumerate(text.split("\n"), 1))[first - 1 :]
    at = 0
    while at < len(rows):
        line, row = rows[at]
        if row.startswith(FENCE):
            chunk, at = _fence(rows, at)
            yield chunk
        elif row.startswith("## "):
            yield Chunk(line, "page", row[3:].strip())
            at += 1
        elif row.startswith("#"):
            raise Misplaced(line, "a page begins with '## Title'; there are no other headings")
        elif not row.strip():
            at += 1
        else:
            chunk, at = _words(rows, at)
            yield chunk


def _fence(rows: list[tuple[int, str]], at: int) -> tuple[Chunk, int]:
    line, row = rows[at]
    kind = row.removeprefix(FENCE).strip()
    if kind not in (*FENCES, "", "text"):
        raise Misplaced(line, f"unknown fence {kind[:40]!r}; known are {', '.join(FENCES)}")
    for end in range(at + 1, len(rows)):
        if rows[end][1].rstrip() == FENCE:
            inside = "\n".join(row for _, row in rows[at + 1 : end])
            return Chunk(line, kind if kind in FENCES else "block", inside), end + 1
    raise Misplaced(line, f"the fence does not end; write {FENCE} on a line of its own")


def _words(rows: list[tuple[int, str]], at: int) -> tuple[Chunk, int]:
    """Take a paragraph, an item of a list, or indented lines."""
    line, row = rows[at]
    if row.startswith(" " * _INDENT):
        end = _until(rows, at, lambda row: not row.startswith(" " * _INDENT))
        return Chunk(line, "block", "\n".join(row[_INDENT:] for _, row in rows[at:end])), end
    end = _until(rows, at, _ends)
    text = " ".join(row.strip() for _, row in rows[at:end])
    if row.startswith("- "):
        return Chunk(line, "item", text[2:].strip()), end
    return Chunk(line, "text", text), end


def _ends(row: str) -> bool:
    return not row.strip() or row.startswith((FENCE, "- ", "#"))


def _until(rows: list[tuple[int, str]], at: int, ends: Callable[[str], bool]) -> int:
    end = at + 1
    while end < len(rows) and not ends(rows[end][1]):
        end += 1
    return end
