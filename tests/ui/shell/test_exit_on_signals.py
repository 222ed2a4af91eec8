"""Signals end an app in a real pseudo-terminal, and the terminal is as it was."""

from __future__ import annotations

import signal
import sys

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")

SCRIPT = """
import sys
from textual.app import App
from textual.widgets import Label
from cnntui.ui.shell.exit_on_signals import end_on_signals

class Tiny(App):
    def on_load(self):
        end_on_signals(self)
    def compose(self):
        yield Label("painted")
    def on_mount(self):
        BUSY and self.set_interval(0.01, self.busy)
    def busy(self):
        self.query_one(Label).update(str(self.ticks))
        self.ticks += 1
    ticks = 0

app = Tiny()
app.run()
sys.exit(app.return_code)
"""
IDLE, BUSY = "BUSY = False" + SCRIPT, "BUSY = True" + SCRIPT

RESTORED = (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?2004l", b"\x1b[?1000l", b"\x1b[?1003l")


@pytest.mark.parametrize("script", [IDLE, BUSY])
@pytest.mark.parametrize(("name", "code"), [("SIGTERM", 143), ("SIGHUP", 129)])
def test_signal_restores_the_terminal(pty_app, script, name, code):
    app = pty_app(script)
    app.read_until(b"painted")
    app.process.send_signal(getattr(signal, name))
    output = app.read_until(None)
    assert app.ended() == code
    for sequence in RESTORED:
        assert sequence in output[-300:]


@pytest.mark.parametrize("script", [IDLE, BUSY])
def test_lost_terminal_ends_the_process(pty_app, script):
    app = pty_app(script)
    app.read_until(b"painted")
    app.hang_up()
    app.ended()


def test_ignored_hangup_stays_ignored(pty_app):
    ignoring = "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
    app = pty_app(ignoring + IDLE)
    app.read_until(b"painted")
    app.process.send_signal(signal.SIGHUP)
    app.process.send_signal(signal.SIGTERM)
    app.read_until(None)
    assert app.ended() == 143


def test_lost_terminal_ends_a_process_that_is_stuck(pty_app):
    stuck = SCRIPT.replace(
        "    ticks = 0", "    def on_unmount(self):\n        __import__('threading').Event().wait()"
    )
    app = pty_app("BUSY = False" + stuck)
    app.read_until(b"painted")
    app.hang_up()
    assert app.ended() == 129
