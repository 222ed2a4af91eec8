"""Which lesson explains a pane, by the views in the lessons' files."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from cnntui.course.finding import found_lessons
from cnntui.course.format.lesson import About
from cnntui.errors import UserError
from cnntui.registry import pane_names

if TYPE_CHECKING:
    from cnntui.ui.shell.pane import Explained

OFTEN = 0.6
LARGEST = 262_144  # characters of a file that are looked at
_VIEW = re.compile(r'^link\s*=\s*["\']([a-z]+)', re.MULTILINE)


@cache
def explaining(folders: tuple[Path, ...] = ()) -> dict[str, About]:
    """Return the lesson that explains each pane, by the pane's name.

    It is the first that shows it often. A few milliseconds: call it in a thread.
    """
    try:
        lessons = found_lessons(folders).lessons
    except UserError:
        return {}
    return first_often((about, _commands(about.path)) for about in lessons)


def first_often(views: Iterable[tuple[About, Counter[str]]]) -> dict[str, About]:
    """Return for each command the first lesson with OFTEN as many views of it as the most has."""
    known = list(views)
    most: Counter[str] = Counter()
    for _, counts in known:
        most |= counts
    return {
        command: next(about for about, counts in known if counts[command] >= OFTEN * count)
        for command, count in most.items()
    }


def _commands(path: Path) -> Counter[str]:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            heads = _VIEW.findall(file.read(LARGEST))
    except OSError:
        return Counter()
    known = pane_names()
    return Counter(known[head].name if head in known else head for head in heads)


def explained_in(about: About) -> str:
    """Return the line that a pane's help has: ``explained in lesson 4, The convolution: f9``."""
    number = "" if about.number is None else f" {about.number}"
    return f"explained in lesson{number}, {about.title}: f9"


def explained(pane: str, key: str) -> Explained | None:
    """Return which lesson explains a pane, and how a key opens it; None where none does."""
    from cnntui.panes.learn.state import LearningState
    from cnntui.ui.shell.pane import Explained

    about = explaining().get(pane)
    if about is None:
        return None
    return Explained(explained_in(about), key, "learn", LearningState.of(about.id))
