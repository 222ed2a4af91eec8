"""The app: a home screen, one mode a pane, help, palette and notices."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from textual.app import App
from textual.binding import Binding
from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.message import Message
from textual.screen import Screen

from cnntui.errors import UserError
from cnntui.ground.widths import shortened_to
from cnntui.ui.drawing.ascii import without_unicode
from cnntui.ui.drawing.colours import without_colour
from cnntui.ui.shell.exit_on_signals import end_on_signals
from cnntui.ui.shell.help import Help
from cnntui.ui.shell.home import Home
from cnntui.ui.shell.notice import Notice
from cnntui.ui.shell.pane import Explained, Pane, PaneEntry
from cnntui.ui.shell.pane_screen import PaneScreen
from cnntui.ui.terminal import Terminal

HOME = "home"
LONGEST_SAID = 160  # cells of a link that the notice repeats
LinkWriter = Callable[[str, Any], tuple[str, str]]
Explainer = Callable[[str], Explained | None]


class PaneCommands(Provider):
    """Every pane, and every action and sample of the pane on the screen, by name."""

    def _commands(self) -> Iterator[tuple[str, str, Callable[[], Any]]]:
        app = self.app
        assert isinstance(app, Laboratory)
        for entry in app.panes:
            yield f"Open {entry.title}", entry.summary, partial(app.switch_mode, entry.name)
        screen = self.screen
        pane = screen.pane if isinstance(screen, PaneScreen) else None
        if pane is None:
            return
        yield "Copy link", "What is on view, for cnntui open", app.action_copy_link
        for binding in pane.own_bindings():
            if binding.description:
                run = partial(pane.run_action, binding.action)
                yield f"{binding.description}", binding.tooltip, run
        for action, choice in pane.choices():
            title = f"{action.split('_')[-1]}: {choice.name}"
            yield title, choice.summary, partial(pane.run_action, f"{action}({choice.name!r})")

    async def discover(self) -> Hits:
        """List everything."""
        for title, text, run in self._commands():
            yield DiscoveryHit(title, run, help=text)

    async def search(self, query: str) -> Hits:
        """List what matches."""
        matcher = self.matcher(query)
        for title, text, run in self._commands():
            score = matcher.match(title)
            if score > 0:
                yield Hit(score, matcher.highlight(title), run, help=text)


class Laboratory(App[UserError]):
    """The application.

    ``panes`` are listed and opened by their keys; ``load`` imports one by its name (in a thread);
    ``opening`` gives the state a pane opens with. ``after_first_frame`` runs in a thread.
    ``linked`` writes a pane's state as a link and says what that leaves out; ``explained`` finds
    what explains a pane (in a thread).
    """

    TITLE = "cnntui"
    COMMANDS = App.COMMANDS | {PaneCommands}
    ENABLE_COMMAND_PALETTE = True

    BINDINGS = [
        Binding("question_mark", "help", "help", id="app.help", tooltip="Every key of this screen"),
        Binding("escape", "home", "home", id="app.home", tooltip="Back to the first screen"),
        Binding(
            "y",
            "copy_link",
            "copy link",
            show=False,
            id="app.copy",
            tooltip="Copy what is on view as a link: cnntui open 'LINK' opens it again",
        ),
        Binding("ctrl+q", "quit", "quit", show=False, id="app.quit", tooltip="Leave cnntui"),
    ]

    CSS = """
    Screen { background: $background; }
    * {
        scrollbar-size-vertical: 1;
        scrollbar-color: $foreground 30%; scrollbar-color-hover: $foreground 50%;
        scrollbar-color-active: $accent; scrollbar-background: $surface;
        scrollbar-background-hover: $surface; scrollbar-background-active: $surface;
    }
    .-light-mode .input .grid--title, .-light-mode .input .grid--lit,
    .-light-mode .maximum .grid--title, .-light-mode .maximum .grid--lit,
    .-light-mode .words--input, .-light-mode .words--maximum { color: #006878; }
    .-light-mode .input .grid--winner, .-light-mode .maximum .grid--cursor { color: #006878; }
    .-light-mode .output .grid--cursor { color: #1e6b1e; }
    .-light-mode .average .grid--cursor { color: #9a4a00; }
    .-light-mode .kernel .grid--cursor { color: #7a5400; }
    .-light-mode .kernel .grid--title, .-light-mode .kernel .grid--lit,
    .-light-mode .words--kernel { color: #7a5400; }
    .-light-mode .output .grid--title, .-light-mode .output .grid--lit,
    .-light-mode .words--output { color: #1e6b1e; }
    .-light-mode .average .grid--title, .-light-mode .average .grid--lit,
    .-light-mode .words--average { color: #9a4a00; }
    """

    def __init__(
        self,
        panes: Sequence[PaneEntry],
        load: Callable[[str], type[Pane]],
        terminal: Terminal,
        *,
        version: str = "",
        start: str = HOME,
        opening: Mapping[str, Any] | None = None,
        after_first_frame: Callable[[], None] | None = None,
        theme: str = "",
        device: str = "auto",
        linked: LinkWriter | None = None,
        explained: Explainer | None = None,
    ) -> None:
        self.DEFAULT_MODE = start  # type: ignore[misc]  # no blank screen before the first one
        super().__init__()
        self.panes, self.terminal, self.version = panes, terminal, version
        self.opening, self.device, self.linked = opening or {}, device, linked
        self.explained = explained
        self.load_pane, self.after_first_frame, self.chosen_theme = load, after_first_frame, theme
        self.animation_level = "none"
        for entry in panes:
            self.add_mode(entry.name, partial(self._pane_screen, entry))
            self.bind(entry.key, f"open({entry.name!r})", description=entry.title, show=False)
        self.add_mode(HOME, partial(Home, panes, version))

    def _pane_screen(self, entry: PaneEntry) -> PaneScreen:
        load, opening = partial(self.load_pane, entry.name), self.opening.get(entry.name)
        return PaneScreen(entry, load, self.terminal, opening, self.device)

    def on_load(self) -> None:
        """Prepare for the terminal there is, before anything is painted."""
        end_on_signals(self)
        if self.terminal.colors == "none":
            without_colour(self)
        if not self.terminal.unicode:
            without_unicode(self)

    def on_mount(self) -> None:
        """Take the theme of the settings, or say that there is none of that name."""
        if self.chosen_theme in self.available_themes:
            self.theme = self.chosen_theme
        elif self.chosen_theme:
            self.screen.query_one(Notice).say(
                f"settings: no theme is called {self.chosen_theme!r}; ctrl+p theme lists them"
            )

    def _display(self, screen: Screen[Any], renderable: Any) -> None:
        """Begin what can wait once a frame was sent: until then Textual holds all of them back.

        A pane is loaded first: two threads that import at once take turns.
        """
        super()._display(screen, renderable)
        loading = isinstance(screen, PaneScreen) and screen.pane is None
        sent = renderable is not None and not self._batch_count and not loading
        if self.after_first_frame and sent:
            self.run_worker(self.after_first_frame, thread=True, group="warm")
            self.after_first_frame = None

    def open_in(self, name: str, state: Any) -> None:
        """Open a pane in a state, whether it was open before or not."""
        self.opening = {**self.opening, name: state}
        for screen in self._screen_stacks.get(name, []):
            if isinstance(screen, PaneScreen):
                screen.opening = state
                if screen.pane is not None:
                    screen.pane.open_state(state)
        self.switch_mode(name)

    def on_pane_wanted(self, event: Pane.Wanted) -> None:
        """Open another pane in the state that this one made."""
        self.open_in(event.pane, event.state)

    def on_pane_ended(self, event: Pane.Ended) -> None:
        """Leave; whoever started the app tells the problem."""
        self.exit(event.problem)

    def action_open(self, name: str) -> None:
        """Open a pane."""
        self.switch_mode(name)

    def action_home(self) -> None:
        """Go back to the first screen."""
        if self.current_mode != HOME:
            self.switch_mode(HOME)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer "home" where one is not at home, and neither it nor help at a prompt."""
        screen = self.screen
        pane = screen.pane if isinstance(screen, PaneScreen) else None
        if pane is not None and pane.asking:
            return action not in ("home", "help", "open", "copy_link")
        return not (action in ("home", "copy_link") and self.current_mode == HOME)

    @dataclass
    class Linked(Message):
        """What is on view in a pane was written as a link, or can't be."""

        pane: Pane
        link: str
        left_out: str
        problem: str = ""

    def action_copy_link(self) -> None:
        """Copy what is on view as a link."""
        pane = next(iter(self.screen.query(Pane)), None)
        if pane is not None:
            self.run_worker(partial(self._link, pane), thread=True, group="link", exclusive=True)

    def _link(self, pane: Pane) -> None:
        """Write the link in a thread: a file may have to be read again; ends in one message."""
        try:
            link = pane.linked()
        except UserError as problem:
            self.post_message(self.Linked(pane, "", "", str(problem)))
            return
        if link is None:
            self.post_message(self.Linked(pane, "", "", "there is nothing here to copy yet"))
        else:
            self.post_message(self.Linked(pane, *link))

    def on_laboratory_linked(self, event: Linked) -> None:
        """Put the link on the clipboard, by the terminal (OSC 52), and say it."""
        if event.problem:
            event.pane.said(event.problem)
            return
        self.copy_to_clipboard(event.link)
        shown = shortened_to(event.link, LONGEST_SAID)
        left = f" · left out: {event.left_out}" if event.left_out else ""
        event.pane.said(f"copied {shown}{left}", bad=bool(left))

    def action_help(self) -> None:
        """Show the keys of this screen."""
        screen = self.screen
        pane = screen.pane if isinstance(screen, PaneScreen) else None
        if pane is None or not isinstance(screen, PaneScreen):
            if isinstance(screen, Home):
                keys = [b for b in screen.BINDINGS if isinstance(b, Binding)]
                self._push_help("cnntui", screen.HELP, [("First screen", keys)])
        elif self.explained is None:
            self._help_of(pane, screen.entry, None)
        else:
            find = partial(self._explain, pane, screen.entry, self.explained)
            self.run_worker(find, thread=True, group="explain", exclusive=True)

    def _explain(self, pane: Pane, entry: PaneEntry, explained: Explainer) -> None:
        """Find what explains a pane, off the event loop; ends in one call."""
        self.call_from_thread(self._help_of, pane, entry, explained(entry.name))

    def _help_of(self, pane: Pane, entry: PaneEntry, lesson: Explained | None) -> None:
        if pane.screen is not self.screen:  # it was left in the meantime
            return
        text = f"{pane.HELP}\n\n{lesson.text}" if lesson else pane.HELP
        screen = self._push_help(entry.title, text, pane.sections(entry.title))
        if lesson:
            screen._bindings.bind(lesson.key, f"app.explain({lesson.pane!r})")
            self._explaining = lesson

    def _push_help(self, title: str, text: str, sections: list[tuple[str, list[Binding]]]) -> Help:
        everywhere = [b for b in self.BINDINGS if isinstance(b, Binding)]
        opens = [Binding(entry.key, "", f"{entry.title}: {entry.summary}") for entry in self.panes]
        screen = Help(title, text, [*sections, ("Panes", opens), ("Everywhere", everywhere)])
        self.push_screen(screen)
        return screen

    _explaining: Explained | None = None

    def action_explain(self, name: str) -> None:
        """Open what explains the pane whose help is on the screen."""
        lesson = self._explaining
        if lesson is not None and isinstance(self.screen, Help):
            self.pop_screen()
            self.open_in(name, lesson.state)
