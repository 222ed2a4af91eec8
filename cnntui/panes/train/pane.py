"""The Training pane: its keys, its composition, and what it does in threads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container
from textual.message import Message
from textual.reactive import reactive
from textual.worker import get_current_worker

from cnntui import settings
from cnntui.errors import UserError
from cnntui.panes.train.choices import (
    TYPED,
    choices_of,
    dataset_choices,
    net_choices,
    recipe_choices,
)
from cnntui.panes.train.fields import value_text
from cnntui.panes.train.forecast import Forecast, forecast_of
from cnntui.panes.train.frame import BELOW, BESIDE, SetupFrame, frame_of
from cnntui.panes.train.start import started
from cnntui.panes.train.state import FREE, OWN, SetupState
from cnntui.panes.watch.state import WatchState
from cnntui.training.config import Config
from cnntui.ui.picker import Picker
from cnntui.ui.shell.pane import Choice, Pane
from cnntui.ui.words import Words


class TrainingPane(Pane):
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

    state: reactive[SetupState] = reactive(
        SetupState.first, init=False, always_update=True, repaint=False
    )

    @dataclass
    class Looked(Message):
        """Settings were looked into: their forecast, or why there is none."""

        basis: Config
        forecast: Forecast | UserError

    @dataclass
    class Begun(Message):
        """A run was started, or could not be."""

        run: Path | UserError | OSError

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
        self.call_after_refresh(self.look, self.state.basis)

    def open_state(self, state: SetupState) -> None:
        """Show a form that another pane has filled in."""
        self.state = state
        if state.known is None:
            self.look(state.basis)

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
        if new.known is None and not new.fault and new.basis != old.basis:
            self.call_after_refresh(self.look, new.basis)
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

    @work(thread=True, exclusive=True, group="forecast")
    def look(self, basis: Config) -> None:
        """Find out about settings unless later ones wait; ends in one message."""
        worker = get_current_worker()
        with self._one:
            if worker.is_cancelled:
                return
            forecast: Forecast | UserError
            try:
                forecast = forecast_of(basis, self.device)
            except UserError as problem:
                forecast = problem
        self.post_message(self.Looked(basis, forecast))

    @on(Looked)
    def _take_forecast(self, event: Looked) -> None:
        if isinstance(event.forecast, UserError):
            self.state = self.state.faulty(event.basis, event.forecast)
        else:
            self.state = self.state.with_forecast(event.forecast)

    @work(thread=True, exclusive=True, group="start")
    def begin(self, state: SetupState) -> None:
        """Start the run; ends in one message."""
        run: Path | UserError | OSError
        with self._one:
            try:
                run = started(state, settings.runs_folder(), self.device)
            except (UserError, OSError) as problem:
                run = problem
        self.post_message(self.Begun(run))

    @on(Begun)
    def _watch_run(self, event: Begun) -> None:
        if isinstance(event.run, Path):
            self.state = self.state.stopped("")
            self.post_message(self.Wanted("watch", WatchState.of(event.run)))
        else:
            self.state = self.state.stopped(f"can't start: {event.run}")

    # actions

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
            answer = partial(self._type, field.name)
            self.prompt.ask(f"{field.label}, {field.words}:", answer, shown)

    def _type(self, name: str, text: str) -> None:
        """Take what was typed for a setting. Raises UserError."""
        typed = self.state.typed(name, text)
        if typed.problem:
            raise UserError(typed.problem)
        self.state = typed

    # lists to choose from

    def choices(self) -> Iterator[tuple[str, Choice]]:
        """Yield every recipe, data set and network."""
        yield from (("take_recipe", each) for each in recipe_choices())
        yield from (("take_dataset", each) for each in dataset_choices(self.state.config))
        yield from (("take_net", each) for each in net_choices())

    def action_choose(self, name: str) -> None:
        """Let the user choose a value of a setting from a list."""
        self.state = self.state.to_field(name)
        if self.state.resumed:
            self.state = self.state.refused(OWN)
            return
        title = self.state.field.label.capitalize()
        choices = choices_of(name, self.state.config)
        self._pick(title, choices, TYPED.get(name, "it"), partial(self._take, name))

    def _pick(
        self, title: str, choices: Iterable[Choice], typed: str, take: Callable[[str], object]
    ) -> None:
        def picked(text: str | None) -> None:
            if text is not None:
                take(text)

        self.app.push_screen(Picker(title, list(choices), typed), picked)

    def _take(self, name: str, text: str) -> None:
        if name == "augment":
            self.state = self.state.augmented(text)
        else:
            self.state = self.state.chosen(name, text)

    def action_choose_recipe(self) -> None:
        """Let the user choose a recipe."""
        self._pick("Recipe", recipe_choices(), TYPED["recipe"], self.action_take_recipe)

    def action_take_recipe(self, name: str) -> None:
        """Take a recipe's settings."""
        self.state = self.state.with_recipe(name)

    def action_take_dataset(self, name: str) -> None:
        """Take a data set."""
        self._take("dataset", name)

    def action_take_net(self, name: str) -> None:
        """Take a network."""
        self._take("net", name)

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
