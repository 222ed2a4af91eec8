"""The first screen: what this is, the panes there are, and what to press."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from cnntui.ground.widths import padded
from cnntui.ui.shell.footer import KeyLine
from cnntui.ui.shell.notice import Notice
from cnntui.ui.shell.pane import PaneEntry

ABOUT = (
    "A laboratory for convolutional neural networks. Everything is driven by the\n"
    "keyboard, and all arithmetic on the screen is checked against torch."
)


class Home(Screen[None]):
    """Lists the panes; enter or a pane's key opens one."""

    DEFAULT_CSS = """
    Home { layout: vertical; padding: 0 2; }
    Home KeyLine { padding: 0; }
    Home #title { text-style: bold; color: $accent; height: auto; }
    Home #about { height: auto; }
    Home #first { height: auto; margin: 1 0 0 0; }
    Home #first { color: $text-muted; }
    Home OptionList, Home OptionList:focus {
        height: auto; max-height: 1fr; border: none; margin: 1 0 0 0; padding: 0;
        background: $background; text-wrap: nowrap; text-overflow: ellipsis;
    }
    """

    BINDINGS = [
        Binding("enter", "open", "open", id="home.open", tooltip="Open the pane under the bar"),
        Binding("down,j", "move(1)", "next", show=False, id="home.down", tooltip="Next pane"),
        Binding("up,k", "move(-1)", "before", show=False, id="home.up", tooltip="Pane before"),
        Binding("q", "app.quit", "quit", id="home.quit", tooltip="Leave cnntui"),
    ]

    HELP = ABOUT

    def __init__(self, panes: Sequence[PaneEntry], version: str) -> None:
        super().__init__()
        self.panes, self.version = panes, version

    def compose(self) -> ComposeResult:
        """Compose the title, the list and the first advice."""
        yield Static(f"cnntui {self.version}", id="title")
        yield Static(ABOUT, id="about")
        yield OptionList(*(Option(_row(pane), id=pane.name) for pane in self.panes))
        yield Static(_advice(self.panes[0]), id="first")
        yield Notice()
        yield KeyLine()

    def on_mount(self) -> None:
        """Put the bar on the first pane."""
        options = self.query_one(OptionList)
        options.highlighted = 0
        options.focus()

    def action_move(self, by: int) -> None:
        """Move the bar."""
        options = self.query_one(OptionList)
        (options.action_cursor_down if by > 0 else options.action_cursor_up)()

    def action_open(self) -> None:
        """Open the pane under the bar."""
        at = self.query_one(OptionList).highlighted
        if at is not None:
            self.app.switch_mode(self.panes[at].name)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Say what to press first in the pane under the bar."""
        self.query_one("#first", Static).update(_advice(self.panes[event.option_index]))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open the chosen pane."""
        if event.option.id:
            self.app.switch_mode(event.option.id)


def _row(pane: PaneEntry) -> Content:
    return Content.assemble(
        (f"{pane.key:>3} ", "bold"), (f" {padded(pane.title, 13)}", ""), pane.summary
    )


def _advice(pane: PaneEntry) -> Content:
    advice = pane.advice or f"press {pane.key}, then ? for every key of it"
    first = Content.assemble(f"New to {pane.title}? ", (pane.key, "bold"), f"  {advice}")
    keys = (("?", "every key"), ("esc", "back here"), ("ctrl+p", "find"), ("ctrl+q", "quit"))
    everywhere = [Content.assemble((key, "bold"), f" {what}   ") for key, what in keys]
    return Content("\n").join([first, Content("").join(everywhere)])
