"""The list of lessons as lines of words, and what a frame of words is."""

from __future__ import annotations

from dataclasses import dataclass

from cnntui.course.finding import BrokenLesson
from cnntui.course.format.lesson import About
from cnntui.course.progress import GOING, NEW, PASSED, SKIPPED, LessonProgress
from cnntui.ground.lines import Line, cropped, line
from cnntui.ground.widths import padded, shortened_to
from cnntui.panes.learn.state import CourseRow, LearningState

SIGNS = {NEW: "·", GOING: "→", PASSED: "✓", SKIPPED: "–"}
ROLES = {NEW: "dim", GOING: "strong", PASSED: "good", SKIPPED: "dim"}
LEAST_TITLE = 16
Keys = tuple[tuple[str, str], ...]  # (key, what it does), at most six


@dataclass(frozen=True)
class TextFrame:
    """Words on one side of the screen.

    ``lines`` scroll; ``keep`` are the (first, last) of them that must be on view. ``facts`` are
    few lines that stand for all where the pane has the room.
    """

    heading: Line
    lines: tuple[Line, ...]
    keys: Keys
    keep: tuple[int, int] = (0, 0)
    short: tuple[Line, ...] = ()


def course_frame(state: LearningState, width: int, room: int = 1000) -> TextFrame:
    """Return the list of lessons and what can be done with the one under the bar.

    Of a list that is too long for ``room`` lines, those around the bar are shown.
    """
    title = max(LEAST_TITLE, width - 41)
    head = f"     {'lesson':<{title}}{'state':<11}{'done':>9}  {'tasks':>5}  {'min':>3}"
    about = _about(state, width)
    first, last = _window(len(state.rows), state.cursor, max(3, room - 2 - len(about)))
    rows = [_row(state, at, state.rows[at], title, width) for at in range(first, last)]
    if not rows:
        rows = [cropped(line(f"  no lesson has {state.search!r}; / searches again"), width)]
    lines = (cropped(line(head, "dim"), width), *rows, (), *about)
    return TextFrame(_heading(state, width), lines, _keys(state))


def _window(count: int, cursor: int, most: int) -> tuple[int, int]:
    """Return the first row on view and the one after the last, the cursor's in the middle."""
    first = max(0, min(cursor - most // 2, count - most))
    return first, min(count, first + most)


def _heading(state: LearningState, width: int) -> Line:
    lessons = state.course.lessons
    done = sum(state.progress.of(about.id).state == PASSED for about in lessons)
    minutes = sum(a.minutes for a in lessons if state.progress.of(a.id).state != PASSED)
    summary = f"{done} of {len(lessons)} lessons passed · {minutes} minutes to go"
    if state.search:
        summary = f"with {state.search!r}: {len(state.rows)}"
    return cropped((("Lessons  ", "strong"), (summary, "")), width)


def _row(state: LearningState, at: int, row: CourseRow, title: int, width: int) -> Line:
    bar = "▸ " if at == state.cursor else "  "
    if isinstance(row, BrokenLesson):
        return cropped(((bar, "strong"), (f"✗ {row.path.name}  broken", "bad")), width)
    kept = state.progress.of(row.id)
    count = sum(row.counts)
    done = f"{min(kept.counted(PASSED), count)} of {count}" if count else ""
    if kept.state == PASSED and not kept.marks:
        done = "by test"
    number = "" if row.number is None else str(row.number)
    fitted = padded(shortened_to(row.title, title - 1), title)
    return cropped(
        (
            (f"{bar}{number:>2} {fitted}", "strong" if at == state.cursor else ""),
            (f"{SIGNS[kept.state]} {kept.state:<9}", ROLES[kept.state]),
            (f"{done:>9}  {row.counts[0]:>5}  {row.minutes:>3}", ""),
        ),
        width,
    )


def _about(state: LearningState, width: int) -> list[Line]:
    row = state.row
    if isinstance(row, BrokenLesson):
        from cnntui.course.format.prose import wrapped

        where = f"{row.path.name}:{row.problem.line}"
        return wrapped(f"This file is broken. {where}: {row.problem.what}", width)[:5]
    lines = [] if row is None else _lesson_about(state, row)
    if state.due:
        count = len(state.due)
        what = "question that was missed is" if count == 1 else "questions that were missed are"
        lines.append((("v ", "key"), (f"review: {count} {what} due again", "strong")))
    return [cropped(each, width) for each in lines]


def _lesson_about(state: LearningState, row: About) -> list[Line]:
    kept = state.progress.of(row.id)
    tasks, questions = row.counts
    counts = f"{tasks} task{'s' * (tasks != 1)} and {questions} question{'s' * (questions != 1)}"
    words = f"{counts}, about {row.minutes} minutes"
    if tasks + questions == 0:
        words = f"about {row.minutes} minutes"
    lines: list[Line] = [((f"{row.title}: ", "strong"), (words, ""))]
    titles = {about.id: about.title for about in state.course.lessons}
    needs = [titles.get(id, id) for id in row.needs if state.progress.of(id).state != PASSED]
    if needs:
        lines.append(line(f"better after {', '.join(needs)}"))
    lines.append((("enter ", "key"), (_offer(kept), "")))
    onward = state.onward
    if onward in titles and onward != row.id:
        begins = "goes on with" if state.progress.of(onward).state == GOING else "begins"
        lines.append((("c ", "key"), (f"{begins} {titles[onward]}", "")))
    return lines


def _offer(kept: LessonProgress) -> str:
    if kept.state in (GOING, SKIPPED) and kept.page:
        return f"goes on where you left, on page {kept.page + 1}"
    return "goes through it again" if kept.state in (PASSED, SKIPPED) else "begins it"


def _keys(state: LearningState) -> Keys:
    if state.about is None:
        return (("slash", "search"), ("question_mark", "help"), ("escape", "home"))
    return (
        ("enter", "open"),
        ("c", "go on"),
        ("t", "test out"),
        ("slash", "search"),
        ("question_mark", "help"),
        ("escape", "home"),
    )
