"""The app in a real pseudo-terminal: sizes, colours, glyphs, signals, and no terminal at all."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("no pseudo-terminals", allow_module_level=True)

import pyte

from tests.ui.conftest import PtyApp, pty_app  # noqa: F401

ROOT = Path(__file__).parents[1]
RESTORED = (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?2004l", b"\x1b[?1000l", b"\x1b[?1003l")
SGR = re.compile(rb"\x1b\[([0-9;:]*)m")
UNKNOWN = re.compile(rb"\x1b\[[<>=][0-9;]*[a-zA-Z]|\x1b\[[?0-9;]*\$p")  # pyte would draw these
QUIT = b"\x11"  # ctrl+q
START = """
import os, sys
del os.environ["TEXTUAL_COLOR_SYSTEM"]  # of the tests
from cnntui.cli import main
sys.exit(main(ARGUMENTS))
"""


class Screen:
    """What a terminal of ``size`` (columns, rows) shows of the app run with ``arguments``."""

    def __init__(self, app: PtyApp, size: tuple[int, int]) -> None:
        self.app, self.fed = app, 0
        self.screen = pyte.Screen(*size)
        self.stream = pyte.ByteStream(self.screen)

    @property
    def text(self) -> str:
        return "\n".join(line.rstrip() for line in self.screen.display)

    def shows(self, *texts: str) -> str:
        """Read on until all of the texts are on the screen, and return all of the screen."""
        while True:
            self._feed()
            if all(text in self.text for text in texts):
                return self.text
            assert self.app.read_more(), f"ended without {texts} on\n{self.text}"

    def press(self, keys: str, *texts: str) -> str:
        self.app.write(keys.encode())
        return self.shows(*texts)

    def resize(self, columns: int, rows: int) -> None:
        self.screen.resize(rows, columns)
        self.screen.erase_in_display(2)
        self.app.resize(columns, rows)

    def _feed(self) -> None:
        complete = self.app.output.rfind(b"\x1b", self.fed)
        end = max(complete, self.fed)
        if b"\x1b[?2026l" in self.app.output[self.fed :]:
            end = self.app.output.rfind(b"\x1b[?2026l") + 8
        elif end == self.fed:
            return
        self.stream.feed(UNKNOWN.sub(b"", self.app.output[self.fed : end]))
        self.fed = end

    def quit(self) -> bytes:
        """Leave by ctrl+q, which must end with 0 and the terminal as it was."""
        self.app.write(QUIT)
        output = self.app.read_until(None)
        assert self.app.ended() == 0
        for sequence in RESTORED:
            assert sequence in output[-400:]
        return output


@pytest.fixture
def opened(pty_app, tmp_path) -> Callable[..., Screen]:  # noqa: F811
    """Start ``cnntui`` with some arguments in a terminal."""

    def start(*arguments: str, size: tuple[int, int] = (80, 24), **environ: str) -> Screen:
        script = START.replace("ARGUMENTS", repr(list(arguments)))
        usual = {"LANG": "C.UTF-8", "LC_ALL": "", "XDG_CONFIG_HOME": str(tmp_path)}
        return Screen(pty_app(script, size, **(usual | environ)), size)

    return start


def colours(output: bytes) -> set[bytes]:
    """Return every SGR parameter that sets a colour, 38 and 48 with what follows them."""
    found = set()
    for codes in SGR.findall(output):
        parts = codes.split(b";")
        while parts:
            code = parts.pop(0)
            if code in (b"38", b"48"):
                kind = parts.pop(0)
                del parts[: 3 if kind == b"2" else 1]
                found.add(code + b";" + kind)
            elif re.fullmatch(rb"(3|4|9|10)[0-7]", code):
                found.add(code)
    return found


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_a_first_walk(opened, size):
    app = opened(size=size)
    home = app.shows("Convolution", "Pooling", "Filters", "ctrl+p", "quit")
    assert not [line for line in home.splitlines() if len(line) > size[0]]
    app.press("1", "step 0 of 0–35", "✓ torch", "output 6×6", "play")
    app.press("\x1b[C\x1b[C", "step 2 of 0–35")
    app.press("?", "Convolution: help")
    app.press("\x1b", "step 2 of 0–35", "kernel 3×3")
    app.press("2", "maximum", "average", "✓ torch")
    app.press("3", "chelsea", "source", "result", "✓ torch")
    app.press("1", "step 2 of 0–35")
    output = app.quit()
    assert b"Traceback" not in output


@pytest.mark.parametrize(
    ("arguments", "texts"),
    [
        (("conv", "--input", "rows-5x5", "--step", "4"), ("rows-5x5", "step 4 of 0–8")),
        (("pool", "--kind", "avg", "--step", "3"), ("step 3 of 0–15",)),
        (("filters", "--kernel", "sharpen"), ("sharpen", "chelsea")),
    ],
)
def test_a_command_opens_its_pane_in_that_state(opened, arguments, texts):
    app = opened(*arguments)
    app.shows(*texts, "✓ torch")
    app.quit()


@pytest.mark.parametrize(
    ("environ", "allowed"),
    [
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, {b"38;2", b"48;2"}),
        ({"TERM": "xterm-256color", "COLORTERM": ""}, {b"38;5", b"48;5"}),
        ({"TERM": "xterm", "COLORTERM": ""}, set()),
        ({"TERM": "linux", "COLORTERM": ""}, set()),
    ],
)
def test_colours_of_the_terminal_and_no_others(opened, environ, allowed):
    app = opened("filters", **environ)
    app.shows("✓ torch")
    app.press("1", "output 6×6")
    app.press("v" * 2, "output 6×6")
    found = colours(app.quit())
    assert found
    large = {code for code in found if b";" in code}
    assert large == allowed or (large < allowed and large)


@pytest.mark.parametrize(
    "environ", [{"NO_COLOR": "1"}, {"TERM": "vt100", "COLORTERM": ""}], ids=["NO_COLOR", "vt100"]
)
def test_no_colour_at_all(opened, environ):
    app = opened("filters", **environ)
    app.shows("✓ torch")
    app.press("1", "output 6×6")
    app.press("v", "output 6×6")
    app.press("?", "Convolution: help")
    app.press("\x1b", "kernel 3×3")
    assert colours(app.quit()) == set()


def test_without_unicode_everything_is_ascii(opened):
    app = opened(LANG="C", LC_ALL="C")
    app.shows("Convolution", "quit")
    app.press("1", "step 0 of 0-35", "output 6x6")
    app.press("n\x1b[C", "step 1 of")
    app.press("?", "Convolution: help")
    app.press("\x1b", "kernel 3x3")
    app.press("2", "maximum 2x2", "average 2x2")
    app.press("3", "chelsea", "source", "result")
    assert app.quit().isascii()


@pytest.mark.parametrize(("name", "code"), [("SIGTERM", 143), ("SIGHUP", 129)])
@pytest.mark.parametrize("arguments", [(), ("conv",)], ids=["home", "conv"])
def test_signals_restore_the_terminal(opened, name, code, arguments):
    app = opened(*arguments)
    app.shows(*(["step 0 of"] if arguments else ["Convolution", "quit"]))
    app.app.process.send_signal(getattr(signal, name))
    output = app.app.read_until(None)
    assert app.app.ended() == code
    for sequence in RESTORED:
        assert sequence in output[-400:]
    assert b"Traceback" not in output


def test_a_terminal_that_is_lost_ends_the_app(opened):
    app = opened("conv")
    app.shows("step 0 of")
    app.app.hang_up()
    assert app.app.ended() == 129


def test_another_size_while_it_runs(opened):
    app = opened("conv")
    app.shows("step 0 of", "output 6×6", "✓ torch")
    for size in ((120, 40), (60, 16), (20, 6), (80, 24)):
        app.resize(*size)
        app.shows("Convolution")
        app.app.write(b"\x1b[C")
    app.shows("step 4 of 0–35", "output 6×6")
    assert b"Traceback" not in app.quit()


LATE_TORCH = """
import os, sys, threading
from importlib.util import spec_from_loader

class Late:
    def find_spec(self, name, path=None, target=None):
        return spec_from_loader(name, self) if name == "torch" else None

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        os.write(2, b"<torch is asked for>")
        if threading.current_thread() is threading.main_thread():
            os._exit(77)
        threading.Event().wait()

sys.meta_path.insert(0, Late())
from cnntui.cli import main
sys.exit(main(ARGUMENTS))
"""


@pytest.mark.parametrize("arguments", [["conv"], ["pool"], ["filters"], []], ids=str)
def test_a_pane_is_there_and_moves_before_torch(pty_app, arguments):  # noqa: F811
    script = LATE_TORCH.replace("ARGUMENTS", repr(arguments))
    size = (80, 24)
    app = Screen(pty_app(script, size, LANG="C.UTF-8"), size)
    if not arguments:
        app.shows("Convolution", "quit")
        app.press("1", "step 0 of 0–35")
    if arguments == ["filters"]:
        app.shows("source", "result")
        app.press("l", "laplacian")
    else:
        app.shows("step 0 of")
        app.press("\x1b[C", "step 1 of")
    app.app.read_until(b"<torch is asked for>")


WARMED = """
import os, sys
import cnntui.app
from textual.drivers.linux_driver import LinuxDriver

sent = []
write = LinuxDriver.write
LinuxDriver.write = lambda driver, data: (sent.append(data), write(driver, data))[1]

def warm():
    os.write(2, b"<late>" if any(len(data) > 200 for data in sent) else b"<early>")

cnntui.app.warm_up = warm
from cnntui.cli import main
sys.exit(main(ARGUMENTS))
"""


@pytest.mark.parametrize("arguments", [["conv"], []], ids=str)
def test_torch_is_asked_for_after_a_frame_was_sent(pty_app, arguments):  # noqa: F811
    app = pty_app(WARMED.replace("ARGUMENTS", repr(arguments)))
    while b"<late>" not in app.output and b"<early>" not in app.output:
        assert app.read_more()
    assert b"<late>" in app.output


@pytest.mark.parametrize(
    "arguments", [(), ("conv",), ("pool",), ("filters",), ("doctor",)], ids=str
)
def test_a_dumb_terminal_gets_text(opened, arguments):
    app = opened(*arguments, TERM="dumb").app
    output = app.read_until(None)
    assert app.ended() == 0
    assert len(output) > 200
    assert b"\x1b" not in output
    if not arguments:
        assert b"TERM is dumb" in output


def test_no_terminal_gets_text():
    done = subprocess.run(
        [sys.executable, "-m", "cnntui", "pool", "--step", "2"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        cwd=ROOT,
        env={k: v for k, v in os.environ.items() if k not in ("TERM", "COLORTERM")},
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert len(done.stdout) > 200
    assert b"\x1b" not in done.stdout


def test_bad_input_in_a_terminal_is_one_line_and_no_screen(opened):
    app = opened("conv", "--input", "a\x1b[31mb.csv").app
    output = app.read_until(None)
    assert app.ended() == 2
    assert b"\x1b" not in output
    assert output.count(b"\n") == 1
