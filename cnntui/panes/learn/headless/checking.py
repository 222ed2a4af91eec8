"""Plays a lesson's keys against the app without a terminal, and tells what the panes then know."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache, partial
from typing import Any

from cnntui.course import linting
from cnntui.course.format.lesson import Task, View
from cnntui.course.format.solutions import check_keys, harmless
from cnntui.errors import UserError
from cnntui.training.trials import UNTRAINED

LONGEST = 120.0  # seconds that a view or a solution may take
TRAINING = 90.0  # seconds that a training may take until the check holds
PATIENCE = 20.0  # seconds for a run to stop, or a pane to be there
SIZE = (80, 24)
_TYPED = frozenset(("enter", "escape", "tab", "backspace"))  # of prompts and lists
AppMaker = Callable[..., Any]  # of pane, state, terminal, settings: an app that is not run
OWN = "learn"  # the pane whose keys act beside a view


def pane_access(make: AppMaker) -> linting.PaneAccess:
    """Return the real panes for a lint."""
    return linting.PaneAccess(facts_there, bound_there, partial(play, make))


def facts_there(view: View) -> Iterable[str]:
    """Return the names of the facts of a view's pane. Raises UserError for a bad link."""
    from cnntui.course import pane_facts
    from cnntui.parts.links.link import parse_link, state_of

    link = parse_link(view.link)
    state_of(link, trusted=False)
    return tuple(pane_facts.facts_there(link.pane))


def bound_there(view: View) -> frozenset[str]:
    """Return every key that does something in a view's pane, or beside it in a lesson."""
    from cnntui.parts.links.link import parse_link

    return bound_in(parse_link(view.link).pane)


@cache
def bound_in(pane: str) -> frozenset[str]:
    """Return the keys of a pane, of the pane that shows lessons, and of the app."""
    from textual.keys import _character_to_key

    from cnntui.registry import entries
    from cnntui.ui.shell.laboratory import Laboratory

    panes = {entry.name: entry for entry in entries("panes")}
    keys = {str(entry.about["key"]) for entry in panes.values()} | _TYPED | _keys_of(Laboratory)
    for name in {pane, OWN}:
        keys |= _keys_of(panes[name].load())
    return frozenset(keys | {c for c in map(chr, range(33, 127)) if _character_to_key(c) in keys})


def _keys_of(kind: type[Any]) -> set[str]:
    """Return the keys of a class' bindings and of those it inherits."""
    keys: set[str] = set()
    for each in kind.__mro__:
        for binding in each.__dict__.get("BINDINGS", ()):
            written = binding[0] if isinstance(binding, tuple) else binding.key
            keys |= {key.strip() for key in written.split(",")}
    return keys


def play(make: AppMaker, view: View, task: Task | None = None) -> linting.Played:
    """Open a view in the app without a terminal, do a task, and return what is so then.

    Runs that it starts lie in a folder of their own, and end with it. Raises UserError for a link
    that can't be opened, a key that could do harm or leaves the pane, or one that takes too long.
    """
    from cnntui.parts.links.link import parse_link, state_of

    link = parse_link(view.link)
    state = state_of(link, trusted=False)
    if task is not None:
        check_keys(task.solution)
    try:
        with _apart():
            return asyncio.run(asyncio.wait_for(_played(make, link.pane, state, task), LONGEST))
    except TimeoutError:
        raise UserError(f"{view.link} did not settle within {LONGEST:g} seconds") from None


@contextmanager
def untrained() -> Iterator[None]:
    """Have what is kept go to a folder that is deleted, and have no lesson's run be trained."""
    with _state_apart({UNTRAINED: "1"}):
        yield


@contextmanager
def _apart() -> Iterator[None]:
    """Have what is kept go to a folder that is deleted; runs that were started are stopped."""
    with _state_apart({}):
        try:
            yield
        finally:
            _stop_runs()


@contextmanager
def _state_apart(more: Mapping[str, str]) -> Iterator[None]:
    """Set the environment's state folder to one that is deleted, and ``more`` of it."""
    with tempfile.TemporaryDirectory(prefix="cnntui-", ignore_cleanup_errors=True) as folder:
        values = {"XDG_STATE_HOME": folder, **more}
        before = {name: os.environ[name] for name in values if name in os.environ}
        os.environ |= values
        try:
            yield
        finally:
            for name in values:
                del os.environ[name]
            os.environ |= before


def _stop_runs() -> None:
    """Stop the runs that were started here, and wait for their ends."""
    from cnntui.settings import runs_folder

    if not runs_folder().is_dir():
        return
    from cnntui.training.launching import exit_code
    from cnntui.training.run.control import STOP_NOW, Request, ask
    from cnntui.training.run.listing import list_runs

    for run in list_runs(runs_folder()):
        end = time.monotonic() + PATIENCE
        while exit_code(run.path) is None and time.monotonic() < end:
            with suppress(UserError):  # it has not begun to listen, or has ended
                ask(run.path, Request(STOP_NOW))
            time.sleep(0.1)


async def _played(make: AppMaker, pane: str, state: Any, task: Task | None) -> linting.Played:
    from cnntui.parts.links.link import parse_link

    app = _app(make, pane, state)
    async with app.run_test(size=SIZE) as pilot:
        await _opened(pilot)
        if task is not None:
            ends = {pane, parse_link(task.pane).pane} if task.pane else {pane}
            await _pressed(pilot, task.solution, ends)
            await _trained(pilot, task)
        return _reached(app)


async def _pressed(pilot: Any, keys: tuple[str, ...], ends: set[str]) -> None:
    """Press keys; they stay in the panes that are their ends."""
    for key in keys:
        _refuse_harm(pilot.app, key)
        await pilot.press(key)
        await _settled(pilot)
        if pilot.app.current_mode not in ends:
            raise UserError(f"the key {key} leaves the pane; a solution stays in it")


async def _trained(pilot: Any, task: Task) -> None:
    """Where a training was started, wait until the check holds or time is up."""
    from cnntui.settings import runs_folder

    end = time.monotonic() + TRAINING
    while runs_folder().is_dir() and time.monotonic() < end:
        with suppress(UserError):  # facts that are not known yet
            if task.check.holds(_reached(pilot.app).facts):
                return
        await asyncio.sleep(0.1)
        await _settled(pilot)


def _reached(app: Any) -> linting.Played:
    """Return what is so of the pane on the screen."""
    from cnntui.course.pane_facts import facts_of

    if isinstance(app.return_value, UserError):
        raise app.return_value
    pane = _pane_of(app)
    if pane is None:
        raise UserError(f"{app.current_mode} could not be opened")
    return linting.Played(facts_of(app.current_mode, pane.state, pane.beside_state), pane.state)


def _refuse_harm(app: Any, key: str) -> None:
    """Refuse a key whose action writes, deletes or leads elsewhere; typed characters do not."""
    from textual.keys import _character_to_key

    name = _character_to_key(key) if len(key) == 1 else key
    typed = app.focused is not None and app.focused.check_consume_key(name, key)
    active = app.screen.active_bindings.get(name)
    if active is not None and not typed and not harmless(active.binding.action):
        raise UserError(f"the key {key} ({active.binding.action}) is not pressed for a lesson")


def _app(make: AppMaker, pane: str, state: Any) -> Any:
    """Return the app on a pane, on the processor, without a terminal."""
    os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")
    from cnntui.settings import Settings
    from cnntui.ui.terminal import Terminal

    terminal = Terminal(*SIZE, "truecolor", True, True, "")
    app = make(pane, state, terminal, Settings(device="cpu"))
    app.after_first_frame = None
    return app


def _pane_of(app: Any) -> Any:
    from cnntui.ui.shell.pane import Pane

    return next(iter(app.screen_stack[0].query(Pane)), None)


async def _opened(pilot: Any) -> None:
    """Wait until the pane was loaded and shows what it was opened with, a while at most."""
    await _settled(pilot)
    end = time.monotonic() + PATIENCE
    while pilot.app.return_value is None and time.monotonic() < end:
        pane = _pane_of(pilot.app)
        if pane is not None and pane.is_mounted:
            return
        await asyncio.sleep(0.05)
        await _settled(pilot)


async def _settled(pilot: Any) -> None:
    """Wait until no worker runs and no message waits."""
    await pilot.pause()
    while any(not worker.is_finished for worker in pilot.app.workers):
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()


def still(make: AppMaker, view: View) -> list[str]:
    """Return a view as the lines that the app would show of it. Raises UserError."""
    from cnntui.parts.links.link import parse_link, state_of

    link = parse_link(view.link)
    state = state_of(link, trusted=False)
    try:
        return asyncio.run(asyncio.wait_for(_still(make, link.pane, state), LONGEST))
    except TimeoutError:
        raise UserError(f"{view.link} did not settle within {LONGEST:g} seconds") from None


async def _still(make: AppMaker, pane: str, state: Any) -> list[str]:
    from textual.strip import Strip

    app = _app(make, pane, state)
    async with app.run_test(size=SIZE) as pilot:
        await _opened(pilot)
        update = app.screen._compositor.render_update(full=True)
        rows = [Strip.join(line).text.rstrip() for line in update.strips]
    while rows and not rows[-1].strip():
        rows.pop()
    return rows[:-1]  # the footer's keys are of the app
