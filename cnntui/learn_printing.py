"""A lesson as plain Markdown, its views as still frames and its answers at the end; opens no app.

Convolutions, poolings and comparisons are printed as their commands print them; of any other pane
its screen is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from cnntui.course.lesson import Lesson, Page, Predict, Prose, Quiz, Task, Test, View
from cnntui.course.prose import KEY
from cnntui.course.questions import Question
from cnntui.course.topics import posed
from cnntui.errors import UserError

WIDTH = 80
FENCE = "```"
Still = Callable[[View], list[str]]
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def printed(lesson: Lesson, still: Still | None = None, seed: int = 0) -> str:
    """Return a lesson as Markdown; the same seed draws the same questions.

    Raises UserError for a view that can't be opened.
    """
    answers: list[str] = []
    rows = [f"# {lesson.about.title}", ""]
    for at, page in enumerate(lesson.pages):
        rows += [f"## {page.title}", ""]
        rows += _page(page, lesson.view_at(at), still or still_of, seed, answers)
    if answers:
        rows += ["## Answers", "", *answers]
    return "\n".join(rows).rstrip() + "\n"


def _page(
    page: Page, view: View | None, still: Still, seed: int, answers: list[str]
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
    return KEY.sub(lambda found: f"`{found[1]}`", text)


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
    from cnntui.states.links import parse_link, state_of

    state = state_of(parse_link(view.link), trusted=False)
    try:
        posed(part, state, 0)
    except UserError:  # a pane that must load first: the drawn question stands in
        return None
    return state


def still_of(view: View) -> list[str]:
    """Return a view as lines. Raises UserError for a link that is none."""
    from cnntui.states.links import parse_link, state_of

    link = parse_link(view.link)
    state = state_of(link, trusted=False)
    draw = {"convolution": _convolution, "pooling": _pooling, "comparing": _comparing}
    if state is None or link.pane not in draw:
        from cnntui import learn_playing

        return learn_playing.still(view)
    return draw[link.pane](state)


def _convolution(state: Any) -> list[str]:
    from cnntui.states.convolution_frame import frame_of

    return _stepper("Convolution", state, frame_of)


def _pooling(state: Any) -> list[str]:
    from cnntui.states.pooling_frame import frame_of

    return _stepper("Pooling", state, frame_of)


def _stepper(title: str, state: Any, frame_of: Callable[..., Any]) -> list[str]:
    """Draw a stepper's boards as ``cnntui conv --print`` does; what wasn't stepped is hidden."""
    from cnntui import reports

    for grid in state.grids:
        state = state.sized(grid, 64 * 8, 64)
    frame = frame_of(state, WIDTH, 24)
    heading = [f"{title}  {frame.subtitle}", frame.counter]
    return reports.page(heading, list(frame.boards.values()), frame.words, WIDTH).splitlines()


def _comparing(state: Any) -> list[str]:
    from cnntui import compare_commands

    return compare_commands.text(state, "", WIDTH).splitlines()
