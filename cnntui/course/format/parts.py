"""Makes a view, task, quiz, prediction or test of a fence's fields."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from cnntui.course.format.checks import parse_check
from cnntui.course.format.fields import Fields
from cnntui.course.format.lesson import (
    QUIZ_KINDS,
    PagePart,
    Predict,
    Quiz,
    QuizOption,
    Task,
    Test,
    View,
)
from cnntui.course.format.solutions import check_keys, pressed
from cnntui.course.questions.answers import number_of, shape_of
from cnntui.course.questions.topics import TOPICS
from cnntui.errors import UserError
from cnntui.ground.names import nearest

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


def view(fields: Fields) -> View:
    """Read a view: its link."""
    part = View(fields.line, fields.text("link", fill=False))
    fields.done()
    return part


def task(fields: Fields) -> Task:
    """Read a task."""
    part = Task(
        line=fields.line,
        id=_id(fields),
        goal=fields.text("goal"),
        check=_check(fields),
        hints=fields.texts("hints"),
        solution=_keys(fields),
        note=fields.text("note", ""),
        pane=fields.text("pane", "", fill=False),
    )
    fields.done()
    if not part.hints:
        raise fields.wrong("hints", "hints are missing; write from gentle to giving it away")
    return part


def _check(fields: Fields) -> Any:
    text = fields.text("check", fill=False)
    try:
        return parse_check(text)
    except UserError as problem:
        raise fields.wrong("check", str(problem)) from None


def _keys(fields: Fields) -> tuple[str, ...]:
    keys = tuple(key for each in fields.texts("solution", fill=False) for key in pressed(each))
    if not keys:
        raise fields.wrong("solution", 'solution is missing; write solution = ["s", "right"]')
    try:
        check_keys(keys)
    except UserError as problem:
        raise fields.wrong("solution", str(problem)) from None
    return keys


def quiz(fields: Fields) -> Quiz:
    """Read a written question."""
    kind = fields.text("kind", fill=False)
    if kind not in QUIZ_KINDS:
        known = ", ".join(QUIZ_KINDS)
        raise fields.wrong("kind", f"unknown kind {kind[:40]!r}; known are {known}")
    part = _chosen(fields, kind) if kind in ("choice", "several") else _typed(fields, kind)
    fields.done()
    return part


def _chosen(fields: Fields, kind: str) -> Quiz:
    id, ask = _id(fields), fields.text("ask")
    given = fields.tables("options")
    options = tuple(_option(fields, "options", table, "text") for table in given)
    rights = sum(option.right for option in options)
    if len(options) < 2:
        raise fields.wrong("options", "options are missing; a question has two or more")
    if rights < 1 or (kind == "choice" and rights > 1):
        wanted = "exactly one" if kind == "choice" else "at least one"
        raise fields.wrong("options", f"{rights} options are right; mark {wanted} right = true")
    if len({option.text.casefold() for option in options}) < len(options):
        raise fields.wrong("options", "two options are equal; each must say something else")
    why, here = fields.text("why", ""), fields.flag("here")
    return Quiz(fields.line, id, kind, ask, options=options, why=why, here=here)


def _typed(fields: Fields, kind: str) -> Quiz:
    part = Quiz(
        line=fields.line,
        id=_id(fields),
        kind=kind,
        ask=fields.text("ask"),
        answers=fields.answers("answer"),
        mistakes=tuple(
            _option(fields, "mistakes", table, "answer") for table in fields.tables("mistakes")
        ),
        why=fields.text("why"),
        tolerance=fields.number("tolerance", 0.0),
        here=fields.flag("here"),
    )
    read = {"number": number_of, "shape": shape_of}.get(kind)
    for name, values in (
        ("answer", part.answers),
        ("mistakes", tuple(wrong.text for wrong in part.mistakes)),
    ):
        for value in values:
            if read is not None and read(value) is None:
                raise fields.wrong(name, f"{value[:40]!r} is no {kind}")
    return part


def _option(fields: Fields, name: str, table: Mapping[str, Any], text: str) -> QuizOption:
    known = (text, "why", "right") if name == "options" else (text, "why")
    for key in table:
        if key not in known:
            raise fields.wrong(name, f"{name}: unknown {key[:40]!r}; known are {', '.join(known)}")
    for key in (text, "why"):
        if not str(table.get(key, "")).strip():
            raise fields.wrong(name, f"{name}: {key} is missing; every option says why")
    right = table.get("right", False)
    if not isinstance(right, bool):
        raise fields.wrong(name, f"{name}: right must be true or false")
    shown = fields.shown(text, table[text], name), fields.shown("why", table["why"], name)
    return QuizOption(shown[0], right, shown[1])


def predict(fields: Fields) -> Predict:
    """Read a question whose answer is computed."""
    part = Predict(
        line=fields.line,
        id=_id(fields),
        about=fields.text("about", fill=False),
        ask=fields.text("ask", ""),
        typed=fields.flag("typed"),
    )
    fields.done()
    if part.about not in TOPICS:
        known = sorted(TOPICS)
        raise fields.wrong(
            "about",
            f"nothing is known about {part.about[:40]!r}; {nearest(part.about, known)}"
            f"known are {', '.join(known)}",
        )
    return part


def test(fields: Fields) -> Test:
    """Read a test mixed from all lessons."""
    part = Test(fields.line, _id(fields), int(fields.number("questions", 20, least=1)))
    fields.done()
    return part


def _id(fields: Fields) -> str:
    """Take the id; "" leaves it to the place in the file."""
    id = fields.text("id", "", fill=False)
    if id and not _ID.fullmatch(id):
        raise fields.wrong("id", f"{id[:40]!r} is no id; write small letters, digits and hyphens")
    return id


PARTS: dict[str, Callable[[Fields], PagePart]] = {
    "view": view,
    "task": task,
    "quiz": quiz,
    "predict": predict,
    "test": test,
}
