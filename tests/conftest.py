"""Snapshots of screens for every room's tests: text and styles, kept beside the test file."""

from __future__ import annotations

import atexit
import difflib
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

os.environ |= {"TEXTUAL_ANIMATIONS": "none", "TEXTUAL_COLOR_SYSTEM": "truecolor"}  # read at import
os.environ.pop("NO_COLOR", None)
if "PYTEST_XDIST_WORKER" in os.environ:  # a core each
    os.environ.setdefault("OMP_NUM_THREADS", "1")
for home in ("XDG_STATE_HOME", "XDG_CONFIG_HOME"):  # never the user's own
    os.environ[home] = tempfile.mkdtemp(prefix="cnntui-tests-")
    atexit.register(shutil.rmtree, os.environ[home], ignore_errors=True)

pytest_plugins = ["tests.commands"]

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

ATTRIBUTES = ("bold", "dim", "italic", "underline", "reverse", "strike")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-snapshots", action="store_true", help="write the snapshots instead of comparing"
    )


@pytest.fixture
def snapshot(request: pytest.FixtureRequest) -> Callable[[Any, str], None]:
    """Compare the screen of an app or a pilot with ``snapshots/NAME.txt`` beside the test file."""

    def compare(app: Any, name: str) -> None:
        found = screen_dump(getattr(app, "app", app))
        path = request.path.parent / "snapshots" / f"{name}.txt"
        if request.config.getoption("--update-snapshots"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(found, encoding="utf-8")
        elif not path.exists():
            pytest.fail(f"no {path}: look at the screen, then run with --update-snapshots")
        elif (kept := path.read_text(encoding="utf-8")) != found:
            pytest.fail(_difference(kept, found, path), pytrace=False)

    return compare


def _difference(kept: str, found: str, path: Path) -> str:
    lines = difflib.unified_diff(
        kept.splitlines(), found.splitlines(), str(path), "this screen", lineterm=""
    )
    return "\n".join([*lines, "", "if that is meant: --update-snapshots"])


def screen_dump(app: Any) -> str:
    """Return the lines on the screen, and below them the styles of each line that has its own."""
    lines = _screen_lines(app)
    cells = [list(_cells(line)) for line in lines]
    common = Counter(style for line in cells for _, style in line).most_common(1)[0][0]
    text = [line.text.rstrip() for line in lines]
    styles = [
        f"{y:3}: {runs}" for y, line in enumerate(cells) if (runs := "; ".join(_runs(line, common)))
    ]
    width, height = app.size
    rule = f"--- {width}x{height}, most of it {common}"
    return "\n".join([*text, rule, *styles, ""])


def _screen_lines(app: Any) -> list[Any]:
    from textual.strip import Strip

    update = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens)
    return [Strip.join(line) for line in update.strips]


def _cells(line: Any) -> Iterator[tuple[int, str]]:
    """Yield (columns, style) for each character; the foreground of a space counts for nothing."""
    from rich.cells import cell_len

    for text, style, _ in line:
        for character in text:
            yield cell_len(character), _named(style, blank=character == " ")


def _named(style: Any, blank: bool) -> str:
    """Write a style as ``#fg on #bg bold``."""
    if style is None:
        return "-"
    names = [name for name in ATTRIBUTES if getattr(style, name)]
    ink = None if blank and not {"underline", "reverse", "strike"} & set(names) else style.color
    return " ".join([*([_hex(ink)] if ink else []), "on", _hex(style.bgcolor), *names])


def _hex(colour: Any) -> str:
    if colour is None:
        return "-"
    return colour.triplet.hex if colour.triplet else colour.name


def _runs(line: list[tuple[int, str]], common: str) -> Iterator[str]:
    """Yield ``first-last style`` for each run of columns that is not in the common style."""
    column = 0
    for style, run in groupby(line, key=lambda cell: cell[1]):
        width = sum(columns for columns, _ in run)
        if style != common:
            yield f"{column}-{column + width - 1} {style}"
        column += width
