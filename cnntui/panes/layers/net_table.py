"""The list of networks at the left of a wide Layers pane."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from textual import on
from textual.binding import Binding
from textual.message import Message
from textual.reactive import reactive

from cnntui.models.naming import known_nets
from cnntui.numbers import short_count
from cnntui.panes.layers.net_list import WIDTH, NetList, sort_of, table_of
from cnntui.parts.networks.columns import WIDE
from cnntui.ui.picker import is_own
from cnntui.ui.prompt import Prompt
from cnntui.ui.shell.pane import Choice
from cnntui.ui.table import TableView

OUTER = WIDTH + 3  # with its padding and the rule at its right


class NetTable(TableView):
    """The known networks: j and k walk, enter opens one."""

    DEFAULT_CSS = f"""
    NetTable {{ width: {OUTER}; border-right: solid $panel; padding: 0 1; }}
    NetTable:focus {{ border-right: solid $accent; }}
    """

    BINDINGS = [
        Binding("enter", "open", "open it", key_display="enter", id="nets.open", tooltip="Open this network"),
        Binding("down,j", "do('moved',1)", "next", show=False, id="nets.down", tooltip="Next network"),
        Binding("up,k", "do('moved',-1)", "before", show=False, id="nets.up", tooltip="Network before"),
        Binding("pagedown", "do('paged',1)", "page", show=False, id="nets.page_down", tooltip="A screen further"),
        Binding("pageup", "do('paged',-1)", "page back", show=False, id="nets.page_up", tooltip="A screen back"),
        Binding("home", "do('first')", "first", show=False, id="nets.first", tooltip="First network"),
        Binding("end", "do('last')", "last", show=False, id="nets.last", tooltip="Last network"),
        Binding("s", "do('sorted_by')", "sort", show=False, id="nets.sort", tooltip="Sort by the next column"),
        Binding("r", "do('reset')", "reset", show=False, id="nets.reset", tooltip="Every network, by year"),
    ]  # fmt: skip

    state: reactive[NetList] = reactive(NetList, init=False, always_update=True, repaint=False)

    @dataclass
    class Chosen(Message):
        """A network is to be opened."""

        name: str

    @dataclass
    class Refused(Message):
        """Something can't be done, or nothing is wrong any more (``text`` empty)."""

        text: str

    wanted = True  # not hidden by a key

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.can_focus = True

    def place(self, width: int) -> None:
        """Stand in a pane of so many columns, where that is wide enough."""
        self.display = self.wanted and width >= WIDE

    def on_mount(self) -> None:
        """Show the list."""
        self._show()

    def on_focus(self) -> None:
        """Show the cursor."""
        self._show()

    def on_blur(self) -> None:
        """Hide the cursor: the keys act elsewhere."""
        self._show()

    def _show(self) -> None:
        self.frame = table_of(self.state, self.has_focus)

    def watch_state(self, old: NetList, new: NetList) -> None:
        """Show the state."""
        self._show()
        if new.problem != old.problem:
            self.post_message(self.Refused(new.problem))

    def action_do(self, verb: str, *arguments: object) -> None:
        """Apply a verb of the state."""
        self.state = getattr(self.state, verb)(*arguments)

    def action_open(self) -> None:
        """Have the network under the cursor opened."""
        if self.state.chosen is not None:
            self.post_message(self.Chosen(self.state.chosen.name))

    def ask_find(self, prompt: Prompt) -> None:
        """Ask for a part of a network's name, or for one of the user's own."""
        question = "find a network, or one of your own (file.py:Net):"
        prompt.ask(question, self._find, self.state.find)

    def _find(self, text: str) -> None:
        if is_own(text):
            self.post_message(self.Chosen(text))
        else:
            self.state = self.state.finding(text)

    def choices(self) -> Iterator[Choice]:
        """Yield every known network by year, for pickers."""
        for net in sorted(known_nets(), key=lambda each: (each.year, each.params)):
            top1 = f" · top-1 {net.top1:.1f} %" if net.top1 is not None else ""
            size = f"{net.year} {short_count(net.params)}"
            depth = f"{net.depth} layers" if net.depth is not None else ""
            yield Choice(net.name, size, f"{depth}{top1} · {net.idea}")

    def as_file(self, form: str) -> str:
        """Return the list as csv, json or markdown."""
        from cnntui.parts.networks.list_report import written

        return written([net.name for net in self.state.nets], form)

    @on(TableView.Resized)
    def _fit(self, event: TableView.Resized) -> None:
        event.stop()
        self.state = self.state.sized(event.rows)

    @on(TableView.Picked)
    def _pick(self, event: TableView.Picked) -> None:
        event.stop()
        if event.position == self.state.cursor:
            self.action_open()
        self.state = self.state.to(event.position)

    @on(TableView.HeadPicked)
    def _sort(self, event: TableView.HeadPicked) -> None:
        event.stop()
        if self.frame is not None:
            self.state = self.state.sorted_by(sort_of(self.frame.columns[event.column].title))
