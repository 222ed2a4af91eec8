"""The Lessons pane: its keys, its composition, and who is told of a new state."""

from __future__ import annotations

import random
from functools import partial
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.reactive import reactive
from textual.widgets import Input

from cnntui.errors import UserError
from cnntui.panes.learn import key_verbs
from cnntui.panes.learn.background.progress_writer import ProgressWriter
from cnntui.panes.learn.background.reader import Reader
from cnntui.panes.learn.background.threads import Done, Threads, Verb
from cnntui.panes.learn.focus import keys_may_move, offered
from cnntui.panes.learn.frame import Keys
from cnntui.panes.learn.list_prompts import ListPrompts
from cnntui.panes.learn.open_lesson import Opened
from cnntui.panes.learn.screen.layout import laid_out
from cnntui.panes.learn.screen.live_view import LiveView
from cnntui.panes.learn.screen.sides import Sides
from cnntui.panes.learn.screen.text import LessonText
from cnntui.panes.learn.state import LearningState
from cnntui.ui.shell.pane import Pane
from cnntui.ui.words import Words


class LearningPane(Pane):
    """A course: its lessons, and one of them beside the live pane that it is about."""

    HELP = (
        "Words on one side, a live pane on the other. The pane's own keys really act on it, and a "
        "task turns from ✗ to ✓ the moment it is done. f2 always goes on; f6 gives the room to the "
        "pane, to the words, or to both. Progress is kept at every step: leave whenever you like."
    )

    BINDINGS = [
        Binding("f2,ctrl+n", "do('went_on')", "next", priority=True, id="learn.on", tooltip="Go on: to the question, the task, or the next page"),
        Binding("f3,ctrl+b", "do('went_back')", "back", priority=True, id="learn.back", tooltip="The page before"),
        Binding("f4", "do('hinted')", "hint", priority=True, id="learn.hint", tooltip="One more hint for the task"),
        Binding("f5", "watch", "watch it", priority=True, id="learn.watch", tooltip="Watch the solution, key by key: space pauses it, f5 ends it; f5 again sets the pane back"),
        Binding("f6", "swap", "more room", priority=True, id="learn.swap", tooltip="Give the room and the keys to the pane, to the words, to both"),
        Binding("f7", "do('skipped')", "skip", priority=True, id="learn.skip", tooltip="Skip the task or question; it is remembered as skipped"),
        Binding("space", "pause", "pause", priority=True, show=False, id="learn.pause", tooltip="While a solution is played: pause it"),
        Binding("ctrl+r", "set_back", "set back", priority=True, show=False, id="learn.set_back", tooltip="Set the pane up again as the page has it"),
        Binding("enter", "do('entered')", "open", id="learn.enter", tooltip="Open the lesson; answer; go on"),
        Binding("down,j", "move(1)", "down", show=False, id="learn.down", tooltip="Next lesson or option"),
        Binding("up,k", "move(-1)", "up", show=False, id="learn.up", tooltip="Lesson or option before"),
        Binding("pagedown,ctrl+f", "page(1)", "scroll", show=False, id="learn.pagedown", tooltip="Scroll the words down"),
        Binding("pageup", "page(-1)", "scroll back", show=False, id="learn.pageup", tooltip="Scroll the words up"),
        Binding("tab", "give_keys", "to the pane", show=False, id="learn.tab", tooltip="Give the keys to the pane; f6 takes them back"),
        Binding("space", "do('ticked')", "tick", show=False, id="learn.tick", tooltip="Tick the option under the bar, where several may be right"),
        *(Binding(str(n), f"do('chose', {n})", f"option {n}" if n == 1 else "", show=False, id=f"learn.option{n}", key_display="1–9", tooltip="Answer with this option") for n in range(1, 10)),
        Binding("n", "do('went_on')", "", show=False, id="learn.n"),
        Binding("b,N", "do('went_back')", "", show=False, id="learn.b"),
        Binding("i", "do('hinted')", "", show=False, id="learn.i"),
        Binding("w", "watch", "", show=False, id="learn.w"),
        Binding("s", "do('skipped')", "", show=False, id="learn.s"),
        Binding("c", "do('resumed')", "go on", show=False, id="learn.resume", tooltip="In the list: go on where you left"),
        Binding("t", "do('tested_out')", "test out", show=False, id="learn.test_out", tooltip="In the list: pass a lesson by its questions alone"),
        Binding("v", "do('reviewed')", "review", show=False, id="learn.review", tooltip="In the list: ask again what was missed and is due"),
        Binding("slash", "search", "search", show=False, id="learn.search", tooltip="In the list: search the lessons"),
        Binding("x", "ask_export", "export", show=False, id="learn.export", tooltip="In the list: write the progress to a file"),
        Binding("m", "ask_import", "import", show=False, id="learn.import", tooltip="In the list: take an exported file's progress in"),
        Binding("R", "ask_reset", "reset", show=False, id="learn.reset", tooltip="In the list: forget what was done in this lesson"),
        Binding("A", "ask_reset_all", "reset all", show=False, id="learn.reset_all", tooltip="In the list: forget what was done in every lesson"),
        Binding("r", "do('again')", "again", show=False, id="learn.again", tooltip="Reset: after a test take another one, after an answer ask again"),
        Binding("escape", "do('left')", "lessons", id="learn.leave", tooltip="Out of the test, the lesson; then home"),
    ]  # fmt: skip

    DEFAULT_CSS = """
    LearningPane > #lesson-heading { height: 1; padding: 0 1; }
    """

    state: reactive[LearningState | None] = reactive(
        None, init=False, always_update=True, repaint=False
    )
    keys_shown: Keys = ()

    def __init__(self, *setting: Any) -> None:
        super().__init__(*setting)
        self.seed = random.SystemRandom().randrange(1 << 30)
        self.heading = Words(id="lesson-heading")
        self.sides = Sides(self.terminal, self.device, self.look)
        threads = Threads(self)
        self.reader, self.writer = Reader(threads, self._load_pane), ProgressWriter(threads)
        self.live = LiveView(self.sides, self.reader, self.change, self._show_stage)
        self.prompts = ListPrompts(self.prompt, self.writer, self.change)

    def compose(self) -> ComposeResult:
        """Compose the heading, the words, the pane beside them and the prompt."""
        yield self.heading
        yield self.sides
        yield self.prompt

    def on_mount(self) -> None:
        """Open what was asked for, else find the course."""
        self.set_interval(0.25, self.look)
        if isinstance(self.opening, LearningState):
            self.open_state(self.opening)
        else:
            self.reader.find()

    def on_unmount(self) -> None:
        """Write what no thread has begun to write: the app ends."""
        self.writer.write()

    def _load_pane(self, name: str) -> type[Pane]:
        kind: type[Pane] = self.app.load_pane(name)  # type: ignore[attr-defined]
        return kind

    # the state, and what follows from it

    def put(self, state: LearningState) -> None:
        """Take a state, and have written what it changes in the progress."""
        self.writer.keep(state.changes)
        self.state = state.without_changes()

    def change(self, verb: Verb) -> None:
        """Take the state that a verb makes of the present one."""
        if self.state is not None and (new := verb(self.state)) is not self.state:
            self.put(new)

    def open_state(self, state: Any) -> None:
        """Open a lesson that the command line, or the help of a pane, wants."""
        if not isinstance(state, LearningState):
            return
        if self.state is None:
            self.put(state)
        elif state.wanted and state.wanted != self.state.id:
            known = state.wanted in [about.id for about in self.state.course.lessons]
            self.put(self.state.closed().wants(state.wanted) if known else state)

    def watch_state(self, old: LearningState | None, new: LearningState | None) -> None:
        """Follow the state: read, draw, set the live pane up, ask; then show it."""
        if new is None:
            return
        if new.wanted and (old is None or old.wanted != new.wanted):
            about = next(each for each in new.course.lessons if each.id == new.wanted)
            self.reader.read(about, new.progress.of(about.id).page)
        if new.wanted_test and (old is None or old.wanted_test is not new.wanted_test):
            self.reader.draw(new.wanted_test, new.course.lessons, self.seed + new.drawn)
        self.live.follow(old.opened if old else None, new.opened)
        self.show()
        if old is None or keys_may_move(old, new):
            self.call_after_refresh(self.start_focus)

    def look(self) -> None:
        """See whether the task is done, or a question can be asked now."""
        if self.app.screen_stack[0] is self.screen:  # else another pane has the screen
            self.change(partial(self.live.looked_at, seed=self.seed))

    def show(self) -> None:
        """Show the state in the room there is."""
        state, width = self.state, self.size.width
        if state is None or not width:
            return
        layout = laid_out(state, width, self.size.height)
        self.keys_shown = layout.frame.keys
        self.heading.lines = (layout.heading,)
        self.sides.show(state, layout)
        self.said(state.problem or state.message, bad=bool(state.problem))
        if self.is_attached:
            self.screen.refresh_bindings()

    def on_resize(self) -> None:
        """Lay out for the new size."""
        self.show()

    def _show_stage(self) -> None:
        self.look()
        self.show()
        self.call_after_refresh(self.start_focus)

    # messages

    @on(Reader.Found)
    def _take_course(self, event: Reader.Found) -> None:
        self.said(event.problem)
        self.open_state(event.state)

    @on(Done)
    def _take_change(self, event: Done) -> None:
        self.change(event.change)

    @on(Reader.Prepared)
    def _take_prepared(self, event: Reader.Prepared) -> None:
        self.live.take_prepared(event.link, event.problem)

    @on(Reader.Loaded)
    def _take_pane(self, event: Reader.Loaded) -> None:
        if self.state is not None and self.state.opened is not None:
            self.live.lead_to(event.view)

    def on_pane_ended(self, event: Pane.Ended) -> None:
        """Say what the pane beside the words can't show; the lesson goes on."""
        event.stop()
        self.said(str(event.problem))

    def on_pane_wanted(self, event: Pane.Wanted) -> None:
        """Open what the pane beside the words leads to there as well: the lesson is not left."""
        if self.sides.beside is not None:
            event.stop()
            self.reader.load(event.pane, event.state)

    @on(LessonText.Typed)
    def _type(self, event: LessonText.Typed) -> None:
        self.change(lambda state: key_verbs.typed(state, event.key, event.character))

    @on(Input.Changed)
    def _narrow(self, event: Input.Changed) -> None:
        if event.input.parent is self.prompt:
            self.prompts.narrow(event.value)

    def refuse(self, problem: UserError) -> None:
        """Say why an answer is refused."""
        self.change(lambda state: state.objects(str(problem)))

    # who has the keys

    def start_focus(self) -> None:
        """Give the keys to the side that is asked."""
        if self.is_attached and not self.prompt.asking and not self.screen.is_modal:
            self.sides.give_keys()

    @property
    def asking(self) -> bool:
        """Whether a prompt takes the keys, here or in the pane beside the words."""
        inner = None if self.live.playback.begun else self.sides.beside
        return self.prompt.asking or (inner is not None and inner.asking)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what makes sense where one is; letters where the words have the keys."""
        playback, sides = self.live.playback, self.sides
        if playback.pressing:
            return False
        if action == "pause":
            return playback.playing
        if self.state is None or self.prompt.asking or self.screen.is_modal:
            return False
        name = str(parameters[0]) if action == "do" else action
        return offered(name, self.state, sides.text.has_focus, sides.keys_in_pane)

    # keys

    def action_do(self, verb: str, *arguments: object) -> None:
        """Put the state into what a verb of ``key_verbs`` makes of it."""
        self.change(lambda state: getattr(key_verbs, verb)(state, *arguments))

    def action_move(self, by: int) -> None:
        """Move the bar over the lessons or the options; else scroll."""
        if self.state is not None and key_verbs.chooses(self.state):
            self.change(partial(key_verbs.moved, by=by))
        else:
            self.sides.text.scroll_relative(y=by, animate=False)

    def action_page(self, by: int) -> None:
        """Scroll the words."""
        text = self.sides.text
        (text.scroll_page_down if by > 0 else text.scroll_page_up)(animate=False)

    def action_watch(self) -> None:
        """Play the solution from the page's view; or end it, and set the pane back."""
        if self.state is not None and self.state.opened is not None:
            self.live.watch(self.state.opened)

    def action_pause(self) -> None:
        """Pause the solution, or play on."""
        self.live.playback.pause()

    def action_set_back(self) -> None:
        """Set the pane up again as the page has it."""
        if self.state is not None and self.state.opened is not None:
            self.live.set_back(self.state.opened)

    def action_swap(self) -> None:
        """Give the room to the pane, to the words, to both; lent keys come back alone."""
        opened = self.state.opened if self.state else None
        if opened is None:
            return
        lent = self.sides.lent and opened.large == "both" and opened.asking is not None
        self.sides.lent = False
        if not lent:
            self.change(lambda state: state.with_opened(Opened.swapped))
        self.call_after_refresh(self.start_focus)

    def action_give_keys(self) -> None:
        """Give the keys to the pane."""
        self.sides.lent = True
        self.start_focus()

    def action_search(self) -> None:
        """Ask for words to look for."""
        if self.state is not None:
            self.prompts.search(self.state)

    def action_ask_export(self) -> None:
        """Ask for a file to write the progress to."""
        if self.state is not None:
            self.prompts.export(self.state)

    def action_ask_import(self) -> None:
        """Ask for a file of progress to take in."""
        self.prompts.take()

    def action_ask_reset(self) -> None:
        """Ask before what was done in a lesson is forgotten."""
        if self.state is not None and self.state.about is not None:
            self.prompts.forget(self.state.about)

    def action_ask_reset_all(self) -> None:
        """Ask before all progress is forgotten."""
        self.prompts.forget_all()

    # what the shell asks

    def footer(self) -> list[Binding] | None:
        """Return the keys to press next."""
        names = {"enter": "enter"}  # its sign is in no ASCII
        return [
            Binding(key, "none", what, key_display=names.get(key)) for key, what in self.keys_shown
        ]

    def sections(self, title: str) -> list[tuple[str, list[Binding]]]:
        """Return the lesson's keys and those of the pane beside it."""
        sections, pane = super().sections(title), self.sides.beside
        if pane is not None:
            sections.append((f"{self.sides.stage.title}, beside the lesson", pane.own_bindings()))
        return sections

    def linked(self) -> tuple[str, str] | None:
        """Return what is on view in the pane beside the words as a link."""
        pane = self.sides.beside
        return pane.linked() if pane is not None else None
