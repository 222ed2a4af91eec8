"""What every pane is: a screenful with a title, keys and a state."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from textual import on
from textual.binding import Binding
from textual.geometry import Size
from textual.message import Message
from textual.widget import Widget

from cnntui.errors import UserError, printable
from cnntui.ui.prompt import Prompt
from cnntui.ui.terminal import Terminal


@dataclass(frozen=True)
class PaneEntry:
    """A pane as the shell lists it, before its module is imported."""

    name: str
    title: str
    key: str
    summary: str
    advice: str = ""  # what a newcomer should press there first


@dataclass(frozen=True)
class Choice:
    """Something a pane can be asked to show: for pickers and the command palette."""

    name: str
    detail: str
    summary: str


@dataclass(frozen=True)
class Explained:
    """What explains a pane: words for its help, and the pane and state a key opens."""

    text: str
    key: str
    pane: str
    state: Any


class Pane(Widget):
    """A pane: it composes widgets, binds keys, holds one state and shows its frame.

    ``opening`` is the state to open with, None for the pane's own choice; ``device`` is the one
    the settings name. ``HELP`` is what its help screen says above the keys.
    """

    HELP: ClassVar[str] = ""
    opens_anew: ClassVar[bool] = False  # it keeps more than its state: another one, another pane

    DEFAULT_CSS = """
    Pane { layout: vertical; width: 1fr; height: 1fr; }
    """

    @dataclass
    class Noticed(Message):
        """There is something to say, or nothing any more (``text`` empty)."""

        text: str
        bad: bool = True

    @dataclass
    class Wanted(Message):
        """Another pane is wanted, in a state."""

        pane: str
        state: Any

    @dataclass
    class Ended(Message):
        """The app can't show what it was started for: it ends with this problem."""

        problem: UserError

    def open_state(self, state: Any) -> None:
        """Show a state that another pane, a link or a lesson has made."""
        self.state = state

    def action_do(self, verb: str, *arguments: object) -> None:
        """Apply a verb of the state, once there is one."""
        if self.state is not None:
            self.state = getattr(self.state, verb)(*arguments)

    def __init__(self, terminal: Terminal, opening: Any = None, device: str = "auto") -> None:
        super().__init__(id="pane")
        self.terminal, self.opening, self.device = terminal, opening, device
        self._noticed = False
        self.prompt = Prompt()  # of a pane that composes it

    state: Any = None  # what the user chose; a pane's own is reactive
    host: Widget | None = None  # what holds the pane within another one

    @property
    def space(self) -> Size:
        """The columns and lines to lay out for, footer and notice included."""
        if self.host is None or not self.host.size:
            return self.app.size
        return Size(self.host.size.width, self.host.size.height + 1)  # there is no footer within

    def footer(self) -> list[Binding] | None:
        """Return what the footer shows; None for the bindings that are active."""
        return None

    def sections(self, title: str) -> list[tuple[str, list[Binding]]]:
        """Return the sections of its help."""
        return [(title, self.own_bindings())]

    def said(self, text: str, bad: bool = True) -> None:
        """Put a line on the notice line; an empty one clears it."""
        if text or self._noticed:
            self._noticed = bool(text)
            self.post_message(self.Noticed(printable(text), bad))

    def linked(self) -> tuple[str, str] | None:
        """Return what is on view as a link, and in words what that leaves out; None for no link.

        May read files: call it in a thread. Raises UserError where no link leads here.
        """
        written = getattr(self.app, "linked", None)
        state = self.state
        if written is None or state is None:
            return None
        folder = type(self).__module__.split(".")[-2]
        link: tuple[str, str] = written(folder, state)
        return link

    def link(self) -> str | None:
        """Return what is on view as a link: ``conv?input=digit:7&stride=2``. Raises UserError."""
        link = self.linked()
        return link[0] if link else None

    @property
    def beside_state(self) -> object:
        """What the pane knows beside its state, for the facts that lessons ask for."""
        return None

    @property
    def asking(self) -> bool:
        """Whether a prompt takes the keys."""
        return self.prompt.asking

    def refuse(self, problem: UserError) -> None:
        """Say what went wrong, by the state where it has words for it; nothing is changed."""
        if hasattr(self.state, "refused"):
            self.state = self.state.refused(problem)
        else:
            self.said(str(problem))

    @on(Prompt.Refused)
    def _refuse_answer(self, event: Prompt.Refused) -> None:
        event.stop()  # a pane may lie in another: a lesson's
        self.refuse(event.problem)

    @on(Prompt.Closed)
    def _take_keys(self, event: Prompt.Closed) -> None:
        event.stop()
        self.start_focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer no action while a prompt takes the keys."""
        return not self.asking

    def start_focus(self) -> None:
        """Give the focus to the part the keys act on first."""
        self.screen.focus_next()

    def choices(self) -> Iterator[tuple[str, Choice]]:
        """Yield (action, choice) for everything the palette can open in this pane."""
        return iter(())

    @classmethod
    def own_bindings(cls) -> list[Binding]:
        """Return the pane's bindings, those it shares first, in the order they are written."""
        bindings: dict[str, Binding] = {}
        for base in reversed(cls.__mro__):
            for binding in base.__dict__.get("BINDINGS", ()):
                if isinstance(binding, Binding):
                    bindings[binding.id or binding.key] = binding
        return list(bindings.values())
