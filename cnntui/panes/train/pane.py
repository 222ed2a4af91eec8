"""The Training pane: keys and composition; settings, figures and the start are elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container
from textual.message import Message
from textual.worker import get_current_worker

from cnntui import settings
from cnntui.errors import UserError
from cnntui.panes.train.choices import SetupChoosing
from cnntui.panes.train.fields import value_text
from cnntui.panes.train.frame import BELOW, BESIDE, SetupFrame, frame_of
from cnntui.panes.train.plan import Facts, facts_of
from cnntui.panes.train.start import started
from cnntui.panes.train.state import FREE, OWN, SetupState
from cnntui.panes.watch.state import WatchState
from cnntui.training.config import Config
from cnntui.ui.prompt import Prompt
from cnntui.ui.words import Words


class TrainingPane(SetupChoosing):
    """The form, and beside it what is known of the run that it describes."""

    HELP = (
        "Each line is a setting: arrows up and down walk, left and right change, enter types a "
        "value or opens a list. What was changed from the usual settings of the data set and the "
        "network has a star; what was not follows them when another is chosen. The figures are of "
        "these very pictures and this batch: the memory is an estimate, without what the "
        "convolutions need for a moment. g starts the training in a process of its own: it goes on "
        "when this terminal is closed."
    )

    BINDINGS = [
        Binding("g", "start", "start", id="training.start", tooltip="Start the training, or have a run go on; its curves open"),
        Binding("enter,space", "change", "change", key_display="enter", id="training.change", tooltip="Type a value, open the list of what may be chosen, or switch"),
        Binding("R", "choose_recipe", "recipe", id="training.recipe", tooltip="Take settings that are known to work"),
        Binding("r", "do('reset')", "reset", id="training.reset", tooltip="Reset to the usual settings of this data set and network"),
        Binding("down,j", "do('moved',1)", "next", show=False, id="training.down", tooltip="Next setting"),
        Binding("up,k", "do('moved',-1)", "before", show=False, id="training.up", tooltip="Setting before"),
        Binding("right,l,plus", "do('stepped',1)", "more", show=False, id="training.more", tooltip="The next larger value, or the next choice"),
        Binding("left,h,minus", "do('stepped',-1)", "less", show=False, id="training.less", tooltip="The next smaller value, or the choice before"),
        Binding("tab,pagedown", "do('grouped',1)", "group", show=False, id="training.group", tooltip="Next group of settings"),
        Binding("shift+tab,pageup", "do('grouped',-1)", "group back", show=False, id="training.group_back", tooltip="Group before"),
        Binding("home", "do('moved',-99)", "first", show=False, id="training.first", tooltip="First setting"),
        Binding("end", "do('moved',99)", "last", show=False, id="training.last", tooltip="Last setting"),
        Binding("backspace,delete", "do('undone')", "usual", show=False, id="training.usual", tooltip="This setting as it usually is"),
        Binding("d", "choose('dataset')", "data set", show=False, id="training.dataset", tooltip="Choose the data set"),
        Binding("n", "choose('net')", "network", show=False, id="training.net", tooltip="Choose the network"),
        Binding("a", "choose('augment')", "augmentation", show=False, id="training.augment", tooltip="Add an augmentation, or take one away"),
    ]  # fmt: skip

    DEFAULT_CSS = f"""
    TrainingPane #heading {{ height: 1; padding: 0 1; }}
    TrainingPane #setup {{ layout: vertical; height: 1fr; }}
    TrainingPane #form {{ height: 1fr; padding: 0 1; }}
    TrainingPane #figures {{ height: {BELOW}; padding: 0 1; }}
    TrainingPane.wide #setup {{ layout: horizontal; }}
    TrainingPane.wide #figures {{
        width: {BESIDE + 3}; height: 1fr; border-left: solid $panel; padding: 0 1;
    }}
    """

    @dataclass
    class Told(Message):
        """What was asked about settings is there: facts, or why there are none."""

        asked: Config
        found: Facts | UserError

    @dataclass
    class Begun(Message):
        """A run was started, or could not be."""

        found: Path | UserError | OSError

    def __init__(self, *setting: Any) -> None:
        super().__init__(*setting)
        self._one = Lock()  # one data set is read, one network built at a time
        self._shown: SetupFrame | None = None

    def compose(self) -> ComposeResult:
        """Compose the heading, the form, the figures and the prompt."""
        yield Words(id="heading")
        with Container(id="setup"):
            form = Words(id="form")
            form.can_focus = True
            yield form
            yield Words(id="figures")
        yield self.prompt

    def on_mount(self) -> None:
        """Show what was asked for, or the first recipe."""
        opening = self.opening
        self.state = opening if isinstance(opening, SetupState) else SetupState.first()
        self.call_after_refresh(self.look, self.state.asked)

    def open_state(self, state: SetupState) -> None:
        """Show a form that another pane has filled in."""
        self.state = state
        if state.known is None:
            self.look(state.asked)

    def start_focus(self) -> None:
        """Take the keys."""
        self.query_one("#form", Words).focus()

    def on_resize(self) -> None:
        """Lay the lines out for the new size."""
        self._show()

    # state to screen

    def watch_state(self, old: SetupState, new: SetupState) -> None:
        """Show the state; have other settings looked into."""
        if new.problem or old.problem:
            self.said(new.problem)
        if new.known is None and not new.fault and new.asked != old.asked:
            self.call_after_refresh(self.look, new.asked)
        self._show()

    def _show(self) -> None:
        width, height = self.space
        frame = frame_of(
            self.state, width - 2, height - 2, self.terminal.unicode, settings.runs_folder()
        )
        self._shown = frame
        self.set_class(frame.wide, "wide")
        self.query_one("#heading", Words).lines = (frame.heading,)
        self.query_one("#form", Words).lines = frame.form
        self.query_one("#figures", Words).lines = frame.figures

    # slow work, in threads

    @work(thread=True, exclusive=True, group="facts")
    def look(self, asked: Config) -> None:
        """Find out about settings unless later ones wait; ends in one message."""
        worker = get_current_worker()
        with self._one:
            if worker.is_cancelled:
                return
            found: Facts | UserError
            try:
                found = facts_of(asked, self.device)
            except UserError as problem:
                found = problem
        self.post_message(self.Told(asked, found))

    @on(Told)
    def _take_facts(self, event: Told) -> None:
        if isinstance(event.found, UserError):
            self.state = self.state.faulty(event.asked, event.found)
        else:
            self.state = self.state.with_facts(event.found)

    @work(thread=True, exclusive=True, group="start")
    def begin(self, state: SetupState) -> None:
        """Start the run; ends in one message."""
        found: Path | UserError | OSError
        with self._one:
            try:
                found = started(state, settings.runs_folder(), self.device)
            except (UserError, OSError) as problem:
                found = problem
        self.post_message(self.Begun(found))

    @on(Begun)
    def _watch_run(self, event: Begun) -> None:
        if isinstance(event.found, Path):
            self.state = self.state.stopped("")
            self.post_message(self.Wanted("watch", WatchState.of(event.found)))
        else:
            self.state = self.state.stopped(f"can't start: {event.found}")

    # actions

    def action_do(self, verb: str, *arguments: object) -> None:
        """Apply a verb of the state."""
        self.state = getattr(self.state, verb)(*arguments)

    def action_start(self) -> None:
        """Start what the form asks for."""
        state = self.state
        if not state.starting:
            self.state = state.begun()
            self.begin(state)

    def action_change(self) -> None:
        """Change the setting under the cursor: a list, a switch, or a typed value."""
        field = self.state.field
        if self.state.resumed and field.name not in FREE:
            self.state = self.state.refused(OWN)
        elif field.name in ("dataset", "net", "augment") or field.is_choice:
            self.action_choose(field.name)
        elif isinstance(field.default, bool):
            self.state = self.state.stepped(1)
        else:
            value = self.state.value(field.name)
            shown = value_text(field, value, self.state.config).replace(",", "") if value else ""
            self.prompt.ask(field.name, f"{field.label}, {field.words}:", shown)

    @on(Prompt.Answered)
    def _take_answer(self, event: Prompt.Answered) -> None:
        answered = self.state.typed(event.purpose, event.text)
        self.state = answered
        if not answered.problem:
            self._close()

    @on(Prompt.Left)
    def _close(self) -> None:
        self.prompt.close()
        self.start_focus()

    def on_click(self, event: events.Click) -> None:
        """Go to the setting under the mouse; a second click changes it."""
        form = self.query_one("#form", Words)
        offset = event.get_content_offset(form)
        places = self._shown.places if self._shown is not None else ()
        if self.asking or offset is None or not 0 <= offset.y < len(places):
            return
        position = places[offset.y]
        if position is not None and position == self.state.cursor:
            self.action_change()
        elif position is not None:
            self.state = self.state.to(position)
