"""What is judged of a terminal, case by case."""

from __future__ import annotations

import subprocess
import sys

import pytest

from cnntui.ui.terminal import Terminal, detect, here

SIZE = (120, 40)


def judged(stdin=True, stdout=True, stderr=True, **environ):
    return detect({"TERM": "xterm-256color"} | environ, stdin, stdout, SIZE, stderr)


def test_a_common_terminal():
    found = judged(COLORTERM="truecolor", LANG="en_GB.UTF-8")
    assert found == Terminal(120, 40, "truecolor", True, True, "")


@pytest.mark.parametrize(
    ("environ", "colors"),
    [
        ({"TERM": "xterm-256color"}, "256"),
        ({"TERM": "screen-256color"}, "256"),
        ({"TERM": "tmux-256color", "COLORTERM": "24bit"}, "truecolor"),
        ({"TERM": "xterm-direct"}, "truecolor"),
        ({"TERM": "xterm-kitty"}, "truecolor"),
        ({"TERM": "alacritty"}, "truecolor"),
        ({"TERM": "xterm-ghostty"}, "truecolor"),
        ({"TERM": "wezterm"}, "truecolor"),
        ({"TERM": "linux"}, "16"),
        ({"TERM": "xterm"}, "16"),
        ({"TERM": "xterm-16color"}, "16"),
        ({"TERM": "screen"}, "16"),
        ({"TERM": "rxvt", "COLORTERM": "yes"}, "16"),
        ({"TERM": "vt100"}, "none"),
        ({"TERM": "vt220"}, "none"),
        ({"TERM": "linux-m"}, "none"),
        ({"TERM": "dumb", "COLORTERM": "truecolor"}, "none"),
        ({"NO_COLOR": "1", "COLORTERM": "truecolor"}, "none"),
        ({"NO_COLOR": ""}, "256"),
    ],
)
def test_colors(environ, colors):
    assert judged(**environ).colors == colors


@pytest.mark.parametrize(
    ("environ", "unicode"),
    [
        ({}, False),
        ({"LANG": "C"}, False),
        ({"LANG": "POSIX"}, False),
        ({"LANG": "de_DE@euro"}, False),
        ({"LANG": "C.UTF-8"}, True),
        ({"LANG": "de_DE.utf8"}, True),
        ({"LC_CTYPE": "UTF-8"}, True),
        ({"LC_ALL": "C", "LANG": "en_US.UTF-8"}, False),
        ({"LC_ALL": "", "LANG": "en_US.UTF-8"}, True),
        ({"LC_CTYPE": "en_US.UTF-8", "LANG": "C"}, True),
        ({"TERM_PROGRAM": "Apple_Terminal"}, True),
        ({"TERM_PROGRAM": "Apple_Terminal", "LANG": "C"}, False),
        ({"CNNTUI_GLYPHS": "ascii", "LANG": "C.UTF-8"}, False),
        ({"CNNTUI_GLYPHS": "unicode", "LANG": "C"}, True),
        ({"CNNTUI_GLYPHS": "other", "LANG": "C"}, False),
    ],
)
def test_unicode(environ, unicode):
    assert judged(**environ).unicode is unicode


@pytest.mark.parametrize(
    ("case", "word"),
    [
        ({"stdin": False}, "input"),
        ({"stdout": False}, "output"),
        ({"stderr": False}, "error"),
        ({"TERM": "dumb"}, "TERM is dumb"),
        ({"TERM": "unknown"}, "TERM is unknown"),
        ({"TERM": ""}, "TERM is not set"),
    ],
)
def test_says_why_it_cannot_paint(case, word):
    found = judged(**case)
    assert not found.paints
    assert word in found.why


def test_here_has_a_size():
    assert here().columns > 0


def test_imports_no_tui():
    code = (
        "import sys, cnntui.ui.terminal; sys.exit(not {'textual', 'rich'}.isdisjoint(sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
