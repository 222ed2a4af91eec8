"""A lesson as plain Markdown, its views as still frames and its answers at the end.

Convolutions, poolings and comparisons are printed as their commands print them; of any other pane
its screen is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from cnntui.course.format.lesson import Lesson, LessonPage, Predict, Prose, Quiz, Task, Test, View
from cnntui.course.format.prose import KEY
from cnntui.course.questions.question import Question
from cnntui.course.questions.topics import posed
from cnntui.errors import UserError
from cnntui.registry import entries

if TYPE_CHECKING:
    from cnntui.panes.learn.headless.checking import AppMaker

WIDTH = 80
FENCE = "```"
Still = Callable[[View], list[str]]
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def printed(lesson: Lesson, still: Still, seed: int = 0) -> str:
    """Return a lesson as Markdown; the same seed draws the same questions.

    Raises UserError for a view that can't be opened.
    """
    answers: list[str] = []
    rows = [f"# {lesson.about.title}", ""]
    for at, page in enumerate(lesson.pages):
        rows += [f"## {page.title}", ""]
        rows += _page(page, lesson.view_at(at), still, seed, answers)
    if answers:
        rows += ["## Answers", "", *answers]
    return "\n".join(rows).rstrip() + "\n"


def _page(
    page: LessonPage, view: View | None, still: Still, seed: int, answers: list[str]
) -> Iterator[str]:
    for part in page.parts:
        match part:
            case Prose():
                yield from _prose(part)
            case View():
                yield from (*_fenced(still(part)), f"`cnntui open '{part.link}'`", "")
            case Task():
                yield from (f"**Task** {_keyless(part.goal)}", "")
                note = f" {_keyless(part.note)}" if part.note else ""
                answers += [f"- {_keyless(part.goal)}: `{' '.join(part.solution)}`.{note}"]
            case Quiz() | Predict():
                yield from _question(part, view, seed, answers)
            case Test():
                yield from (f"*A test of {part.questions} questions from all lessons.*", "")


def _prose(part: Prose) -> Iterator[str]:
    if part.kind == "block":
        yield from _fenced(part.text.splitlines())
    else:
        yield ("- " if part.kind == "item" else "") + _keyless(part.text)
        yield ""


def _fenced(rows: list[str]) -> Iterator[str]:
    yield from (FENCE, *rows, FENCE, "")


def _keyless(text: str) -> str:
    """Write keys as code: Markdown knows no other sign for them."""
    return KEY.sub(lambda key: f"`{key[1]}`", text)


def _question(
    part: Quiz | Predict, view: View | None, seed: int, answers: list[str]
) -> Iterator[str]:
    question = posed(part, _state_of(part, view), seed).question
    yield from (f"**Question** {_keyless(question.ask)}", "")
    if question.shown:
        yield from _fenced(list(question.shown))
    for letter, option in zip(LETTERS, question.options, strict=False):
        yield f"- {letter}) {_keyless(option.text)}"
    if question.options:
        yield ""
    answers += [f"- {_keyless(question.ask)} **{_answer(question)}** {_keyless(question.reason)}"]


def _answer(question: Question) -> str:
    rights = [
        f"{letter}) {option.text}"
        for letter, option in zip(LETTERS, question.options, strict=False)
        if option.right
    ]
    return ", ".join(rights) or question.answer


def _state_of(part: Quiz | Predict, view: View | None) -> Any:
    if view is None or isinstance(part, Quiz):
        return None
    from cnntui.parts.links.link import parse_link, state_of

    state = state_of(parse_link(view.link), trusted=False)
    try:
        posed(part, state, 0)
    except UserError:  # a pane that must load first: the drawn question stands in
        return None
    return state


def still_of(make: AppMaker, view: View) -> list[str]:
    """Return a view as lines: as its pane's command prints it, else its screen's.

    Raises UserError for a link that is none.
    """
    from cnntui.parts.links.link import parse_link, state_of

    link = parse_link(view.link)
    state = state_of(link, trusted=False)
    command = next(e for e in entries("panes") if e.name == link.pane).part("command")
    draw = getattr(command, "still", None)
    if state is None or draw is None:
        from cnntui.panes.learn.headless.checking import still

        return still(make, view)
    lines: list[str] = draw(state, WIDTH)
    return lines
