"""The Lessons pane: keys, layout and composition; the state and the words are elsewhere."""

from __future__ import annotations

from typing import Any

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container

from cnntui.ground.lines import Line, cropped
from cnntui.panes.learn.frame import TextFrame, course_frame
from cnntui.panes.learn.keys import LearnKeys
from cnntui.panes.learn.page_lines import lesson_frame
from cnntui.panes.learn.state import LearningState
from cnntui.ui.shell.pane import Pane
from cnntui.ui.words import Words

WIDE = 110  # columns from which words and pane stand side by side
PANE_WIDTH = 80  # columns a pane is made for
WORDS_WIDTH = (40, 64)  # columns of the words beside it
PANE_LINES = 10  # lines the pane has at least, where there is no question
ASKED_LINES = 7  # with a question


class LearningPane(LearnKeys):
    """A course: its lessons, and one of them beside the live pane that it is about."""

    HELP = (
        "Words on one side, a live pane on the other. The pane's own keys really act on it, and a "
        "task turns from ✗ to ✓ the moment it is done. f2 always goes on; f6 gives the room to the "
        "pane, to the words, or to both. Progress is kept at every step: leave whenever you like."
    )

    BINDINGS = [
        Binding("f2,ctrl+n", "on", "next", priority=True, id="learn.on", tooltip="Go on: to the question, the task, or the next page"),
        Binding("f3,ctrl+b", "back", "back", priority=True, id="learn.back", tooltip="The page before"),
        Binding("f4", "hint", "hint", priority=True, id="learn.hint", tooltip="One more hint for the task"),
        Binding("f5", "watch", "watch it", priority=True, id="learn.watch", tooltip="Watch the solution, key by key: space pauses it, f5 ends it; f5 again sets the pane back"),
        Binding("f6", "swap", "more room", priority=True, id="learn.swap", tooltip="Give the room and the keys to the pane, to the words, to both"),
        Binding("f7", "skip", "skip", priority=True, id="learn.skip", tooltip="Skip the task or question; it is remembered as skipped"),
        Binding("space", "pause", "pause", priority=True, show=False, id="learn.pause", tooltip="While a solution is played: pause it"),
        Binding("ctrl+r", "set_back", "set back", priority=True, show=False, id="learn.set_back", tooltip="Set the pane up again as the page has it"),
        Binding("enter", "enter", "open", id="learn.enter", tooltip="Open the lesson; answer; go on"),
        Binding("down,j", "move(1)", "down", show=False, id="learn.down", tooltip="Next lesson or option"),
        Binding("up,k", "move(-1)", "up", show=False, id="learn.up", tooltip="Lesson or option before"),
        Binding("pagedown,ctrl+f", "page(1)", "scroll", show=False, id="learn.pagedown", tooltip="Scroll the words down"),
        Binding("pageup", "page(-1)", "scroll back", show=False, id="learn.pageup", tooltip="Scroll the words up"),
        Binding("tab", "give_keys", "to the pane", show=False, id="learn.tab", tooltip="Give the keys to the pane; f6 takes them back"),
        Binding("space", "tick", "tick", show=False, id="learn.tick", tooltip="Tick the option under the bar, where several may be right"),
        *(Binding(str(n), f"choose({n})", f"option {n}" if n == 1 else "", show=False, id=f"learn.option{n}", key_display="1–9", tooltip="Answer with this option") for n in range(1, 10)),
        Binding("n", "on", "", show=False, id="learn.n"),
        Binding("b,N", "back", "", show=False, id="learn.b"),
        Binding("i", "hint", "", show=False, id="learn.i"),
        Binding("w", "watch", "", show=False, id="learn.w"),
        Binding("s", "skip", "", show=False, id="learn.s"),
        Binding("c", "resume", "go on", show=False, id="learn.resume", tooltip="In the list: go on where you left"),
        Binding("t", "test_out", "test out", show=False, id="learn.test_out", tooltip="In the list: pass a lesson by its questions alone"),
        Binding("v", "review", "review", show=False, id="learn.review", tooltip="In the list: ask again what was missed and is due"),
        Binding("slash", "search", "search", show=False, id="learn.search", tooltip="In the list: search the lessons"),
        Binding("x", "ask_export", "export", show=False, id="learn.export", tooltip="In the list: write the progress to a file"),
        Binding("m", "ask_import", "import", show=False, id="learn.import", tooltip="In the list: take an exported file's progress in"),
        Binding("R", "ask_reset", "reset", show=False, id="learn.reset", tooltip="In the list: forget what was done in this lesson"),
        Binding("A", "ask_reset_all", "reset all", show=False, id="learn.reset_all", tooltip="In the list: forget what was done in every lesson"),
        Binding("r", "again", "again", show=False, id="learn.again", tooltip="Reset: after a test take another one, after an answer ask again"),
        Binding("escape", "leave", "lessons", id="learn.leave", tooltip="Out of the test, the lesson; then home"),
    ]  # fmt: skip

    DEFAULT_CSS = """
    LearningPane > #lesson-heading { height: 1; padding: 0 1; }
    LearningPane > #sides { layout: vertical; height: 1fr; }
    LearningPane.wide > #sides { layout: horizontal; }
    LearningPane.wide #stage { border-left: solid $foreground 20%; }
    """

    def compose(self) -> ComposeResult:
        """Compose the heading, the words, the pane beside them and the prompt."""
        self.heading = Words(id="lesson-heading")
        yield self.heading
        with Container(id="sides"):
            yield self.text
            yield self.stage
        yield self.prompt

    def on_mount(self) -> None:
        """Open what was asked for, else find the course."""
        self.stage.display = False
        self.set_interval(0.25, self.look)
        if isinstance(self.opening, LearningState):
            self.open_state(self.opening)
        else:
            self.off_loop(self.find, "find")

    def on_resize(self) -> None:
        """Lay out for the new size."""
        self.show()

    # what is shown

    @property
    def wide(self) -> bool:
        """Whether words and pane stand side by side."""
        opened = self.state.opened if self.state else None
        return self.size.width >= WIDE and not (opened and opened.large == "pane")

    @property
    def words_alone(self) -> bool:
        """Whether there is no pane beside the words."""
        state = self.state
        if state is None or state.opened is None or state.sitting is not None:
            return True
        opened = state.opened
        return opened.ended or opened.view is None or opened.large == "text"

    def show(self) -> None:
        """Show the state in the room there is."""
        state, width = self.state, self.size.width
        if state is None or not width:
            return
        alone, wide = self.words_alone, self.wide
        column = self._column(width) if wide and not alone else width
        frame = self.frame_at(state, max(20, column - 3))
        self.keys_shown = frame.keys
        self.heading.lines = (self._heading(state, width - 2),)
        self._lay_out(frame, column, alone, wide)
        small = state.opened is not None and state.opened.large == "pane" and not alone
        lines, keep = (frame.short, (0, 0)) if small else (frame.lines, frame.keep)
        self.text.show(lines, keep)
        self.text.typing = self.is_typing
        self.said(state.problem or state.said, bad=bool(state.problem))
        self.show_focus()
        self.refresh_footer()

    def frame_at(self, state: LearningState, width: int) -> TextFrame:
        """Return the words."""
        if state.opened is None and state.sitting is None:
            return course_frame(state, width, self.size.height - 1)
        room = self.size.height - 1 if self.words_alone or self.wide else self._most_words()
        return lesson_frame(state, width, room)

    def _heading(self, state: LearningState, width: int) -> Line:
        """Return the heading for the whole width, where the words have a part of it."""
        return cropped(self.frame_at(state, width).heading, width)

    def _column(self, width: int) -> int:
        least, most = WORDS_WIDTH
        return max(least, min(most, width - PANE_WIDTH))

    def _lay_out(self, frame: TextFrame, column: int, alone: bool, wide: bool) -> None:
        """Give the words the lines they need, and the pane the rest."""
        self.set_class(wide and not alone, "wide")
        self.stage.display = not alone
        styles = self.text.styles
        width: Any = "1fr" if alone or not wide else column
        height: Any = "1fr" if alone or wide else self._words_lines(frame)
        if str(styles.width) != str(width) or str(styles.height) != str(height):
            styles.width, styles.height = width, height

    def _words_lines(self, frame: TextFrame) -> int:
        opened = self.state.opened if self.state else None
        if opened is not None and opened.large == "pane":
            return max(1, min(5, len(frame.short)))
        return max(1, min(len(frame.lines), self._most_words()))

    def _most_words(self) -> int:
        """Return the lines of words that leave the pane below them what it needs."""
        opened = self.state.opened if self.state else None
        least = ASKED_LINES if opened is not None and opened.asking is not None else PANE_LINES
        return max(1, self.size.height - 2 - least)

    def show_focus(self) -> None:
        """Say above the pane whether the keys are its own."""
        pane = self.stage.pane
        name = self.titles.get(self.stage.name_shown, "")
        if pane is None or not name:
            self.stage.says(((self.waiting, "dim"),))
        elif self.keys_in_pane:
            asked = self.state and self.state.opened and self.state.opened.asking
            keys = "f6 gives them back" if asked else "f2 f4 f5 are the lesson's"
            keys = f"its keys act now; {keys}"
            self.stage.says(((f"▸ {name}, live ", "strong"), (f"· {keys}", "dim")))
        else:
            self.stage.says(((f"  {name}, live ", ""), ("· tab gives it the keys", "dim")))

    # what the shell asks

    def footer(self) -> list[Binding] | None:
        """Return the keys to press next."""
        names = {"enter": "enter"}  # its sign is in no ASCII
        return [
            Binding(key, "none", what, key_display=names.get(key)) for key, what in self.keys_shown
        ]

    def sections(self, title: str) -> list[tuple[str, list[Binding]]]:
        """Return the lesson's keys and those of the pane beside it."""
        found = super().sections(title)
        pane = self.stage.pane if not self.words_alone else None
        if pane is not None:
            name = self.titles.get(self.stage.name_shown, "")
            found.append((f"{name}, beside the lesson", pane.own_bindings()))
        return found

    def linked(self) -> tuple[str, str] | None:
        """Return what is on view in the pane beside the words as a link."""
        pane: Pane | None = self.stage.pane if not self.words_alone else None
        return pane.linked() if pane is not None else None
