"""The end of a lesson, and a test, as lines of words."""

from __future__ import annotations

from cnntui.course.format.prose import plain, wrapped
from cnntui.course.progress import PASSED, SKIPPED, LessonProgress
from cnntui.ground.lines import Line, cropped, flowed, line
from cnntui.panes.learn.frame import Keys, TextFrame
from cnntui.panes.learn.lines.question import asked_lines, offer
from cnntui.panes.learn.open_lesson import Opened
from cnntui.panes.learn.sitting import MIXED, OUT, Taken
from cnntui.panes.learn.state import LearningState


def end_frame(state: LearningState, opened: Opened, width: int) -> TextFrame:
    """Return what came of a lesson, and what was missed in it."""
    kept, lesson = state.progress.of(state.id), opened.lesson
    done = sum(kept.mark(mark).state == PASSED for mark in lesson.marks)
    skipped = sum(kept.mark(mark).state == SKIPPED for mark in lesson.marks)
    lines = [*flowed(_result(kept, done, len(lesson.marks), skipped), width, 3), ()]
    if state.missed:
        lines += _missed(state, opened, width)
    after = state.course.after(state.id)
    lines += offer(f"begins {after.title}" if after else "goes back to the lessons", width)
    keys: Keys = (("f2", "next lesson" if after else "lessons"), ("f3", "back"))
    keys += ((("enter", "ask again"),) if state.missed else ()) + (("question_mark", "help"),)
    heading = cropped((("End of ", ""), (lesson.about.title, "strong")), width)
    return TextFrame(heading, tuple(lines), (*keys, ("escape", "lessons")))


def _result(kept: LessonProgress, done: int, count: int, skipped: int) -> Line:
    if done == count:
        return line(f"✓ passed: all {count} tasks and questions are done", "good")
    rest = f" · {skipped} skipped" if skipped else ""
    if kept.state == PASSED:
        return line("✓ passed, by its test", "good")
    return line(f"– {done} of {count} tasks and questions are done{rest}: not passed yet", "")


def _missed(state: LearningState, opened: Opened, width: int) -> list[Line]:
    count = len(state.missed)
    what = "question was" if count == 1 else "questions were"
    lines = [*wrapped(f"{count} {what} missed at first, and will come back for review:", width)]
    names = {part.id: getattr(part, "ask", "") or part.id for part in opened.lesson.questions}
    for id in state.missed[:8]:
        lines.append(cropped((("· ", "dim"), (plain(names.get(id) or id), "")), width))
    return [*lines, *wrapped("[[enter]] asks them again now, with other numbers", width), ()]


def sitting_frame(state: LearningState, sitting: Taken, width: int) -> TextFrame:
    """Return a question of a test, or what came of the test."""
    right, count = sitting.sitting.score
    if sitting.ended:
        return _score(state, sitting, width)
    place = f"  question {sitting.place + 1} of {count} · {right} right"
    heading = cropped(((sitting.title, "strong"), (place, "")), width)
    assert sitting.asking is not None
    item = sitting.item
    lines = [line(f"from {item.title}" if item and sitting.kind != OUT else "", "dim"), ()]
    lines += asked_lines(sitting.asking, width)
    if sitting.asking.open:
        keys: Keys = (("enter", "answer"), ("f7", "leave it out"))
    else:
        keys = (("enter", "next question"), ("f2", "next"))
    return TextFrame(heading, tuple(lines), (*keys, ("question_mark", "help"), ("escape", "leave")))


def _score(state: LearningState, sitting: Taken, width: int) -> TextFrame:
    right, count = sitting.sitting.score
    enough = sitting.passed
    lines: list[Line] = [
        line(f"{'✓' if enough else '✗'} {right} of {count} right", "good" if enough else "bad")
    ]
    if sitting.kind == OUT:
        needed = f"{sitting.needed} are needed: the lesson stays as it was. It is worth its pages."
        lines += [(), *wrapped("The lesson counts as passed." if enough else needed, width)]
    elif sitting.kind == MIXED and not enough:
        lines += [(), *wrapped(f"{sitting.needed} are needed to pass.", width)]
    if sitting.sitting.repeats:
        lines += [(), line("to repeat:", "strong")]
    for _, title, missed in sitting.sitting.repeats[:10]:
        lines.append(cropped(line(f"· {title}: {missed} missed"), width))
    lines += [(), (("enter ", "key"), ("goes back", "dim"))]
    if sitting.kind == MIXED:
        lines += wrapped("[[r]] takes another test, with other questions", width)
    heading = cropped((("End of: ", ""), (sitting.title, "strong")), width)
    return TextFrame(heading, tuple(lines), (("enter", "back"), ("question_mark", "help")))
