"""What the pilot tests of the panes share: an app on a state, keys, notices; no test itself."""

from __future__ import annotations

from textual.events import Paste

from cnntui.app import laboratory
from cnntui.settings import Settings
from cnntui.ui.shell.laboratory import Laboratory
from cnntui.ui.shell.notice import Notice
from cnntui.ui.shell.pane import Pane
from cnntui.ui.terminal import Terminal
from tests.waiting import settled

SIZES = [(80, 24), (120, 40)]


def app_on(pane, state=None, size=(80, 24), colors="truecolor", unicode=True):
    """The app that opens a pane in a state; torch is imported by the test itself."""
    terminal = Terminal(*size, colors, unicode, True, "")
    app = laboratory(Laboratory, terminal, Settings(device="cpu"), pane, state)
    app.after_first_frame = None
    return app


def made(pane, state, terminal, settings):
    """An app that is not run, as the commands make it."""
    return laboratory(Laboratory, terminal, settings, pane, state)


def pane_of(pilot):
    return pilot.app.screen_stack[0].query_one(Pane)


async def press(pilot, *keys):
    """Press keys, wait for all that comes of them, and return the pane."""
    await pressed(pilot, *keys)
    return pane_of(pilot)


async def pressed(pilot, *keys):
    """Press keys, paste what is a Paste, and wait for all that comes of them.

    To paste is quicker than to type: a picker draws its list anew at each character.
    """
    for key in keys:
        if isinstance(key, Paste):
            await settled(pilot)  # what the keys are for may still be opening
            pilot.app.focused.post_message(key)
        else:
            await pilot.press(key)
    await settled(pilot)


def notice(pilot):
    """What the notice line says; "" where it is hidden."""
    found = pilot.app.screen_stack[0].query_one(Notice)
    return str(found.content) if found.display else ""


def texts(pilot):
    """The lines on the screen."""
    from tests.conftest import screen_dump

    return screen_dump(pilot.app).partition("\n--- ")[0].splitlines()
