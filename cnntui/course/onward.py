"""What a learner does next: the lesson to go on with, the questions that are due, those missed."""

from __future__ import annotations

from datetime import date

from cnntui.course.finding import Course
from cnntui.course.format.lesson import Lesson
from cnntui.course.progress import NEW, PASSED, LessonProgress, Progress


def onward(course: Course, progress: Progress) -> str:
    """Return the lesson to go on with: the last that is not done, else the first that is new.

    "" where there is no lesson.
    """
    last, ids = progress.last, [about.id for about in course.lessons]
    if last in ids and progress.of(last).state != PASSED:
        return last
    after = ids[ids.index(last) + 1 :] if last in ids else ids
    undone = [id for id in (*after, *ids) if progress.of(id).state == NEW]
    return next(iter((*undone, *ids)), "")


def due(course: Course, progress: Progress, today: date) -> tuple[tuple[str, str], ...]:
    """Return (lesson, question) of what is to be asked again, of the lessons there are."""
    ids = {about.id for about in course.lessons}
    return tuple(each for each in progress.due(today) if each[0] in ids)


def missed(lesson: Lesson, progress: LessonProgress) -> tuple[str, ...]:
    """Return the questions of a lesson that were missed and come back."""
    marks = progress.marks
    questions = [part.id for part in lesson.questions]
    return tuple(id for id in questions if id in marks and marks[id].review is not None)
