"""A question as lines of words: options, what is typed, what it was worth."""

from __future__ import annotations

from cnntui.course.format.prose import plain, wrapped
from cnntui.ground.lines import Line, cropped, flowed, line
from cnntui.ground.widths import padded
from cnntui.panes.learn.asking import Asking

INDENT = 7  # columns of "Task   "


def offer(what: str, width: int) -> list[Line]:
    """Say what the key that goes on does."""
    return wrapped(f"[[f2]] {what}", width)


def led(lead: str, text: str, width: int, role: str) -> list[Line]:
    """Wrap text behind a word that leads it."""
    rows = wrapped(text, max(12, width - INDENT))
    first = padded(lead, INDENT)
    return [((first if not at else " " * INDENT, role), *row) for at, row in enumerate(rows)]


def asked_lines(asking: Asking, width: int) -> list[Line]:
    """Return a question, its options or what is typed, and what the answer is worth."""
    question = asking.question
    lines: list[Line] = [*wrapped(question.ask, width)]
    lines += [cropped(line(f"  {row}"), width) for row in question.shown]
    for at in range(len(question.options)):
        lines += _option(asking, at, width)
    if not question.chosen:
        lines += _typed(asking, width)
    return [*lines, *(_worth(asking, width) if asking.verdict else _how(asking, width))]


def _option(asking: Asking, at: int, width: int) -> list[Line]:
    sign, role = _option_sign(asking, at)
    tick = ("[x] " if at in asking.ticked else "[ ] ") if asking.several else ""
    lead = f"{sign} {at + 1}  {tick}"
    rows = wrapped(asking.question.options[at].text, max(12, width - len(lead)))
    if role in ("good", "bad"):
        rows = [((plain_of(row), role),) for row in rows]
    return [
        ((lead if not n else " " * len(lead), role or "key"), *row) for n, row in enumerate(rows)
    ]


def plain_of(row: Line) -> str:
    """Return a line's text."""
    return "".join(text for text, _ in row)


def _option_sign(asking: Asking, at: int) -> tuple[str, str]:
    if asking.verdict is None:
        return ("▸", "strong") if at == asking.cursor else (" ", "")
    given = asking.ticked if asking.several else {asking.given}
    right = asking.question.options[at].right
    if at in given:
        return ("✓", "good") if right else ("✗", "bad")
    return ("·", "dim") if not (right and asking.several) else ("✗", "bad")


def _typed(asking: Asking, width: int) -> list[Line]:
    kind = {"number": "a number", "shape": "a shape, as 3x32x32"}.get(asking.question.kind, "")
    if asking.verdict is None:
        example = f"   {kind or 'a word'}, then enter" if not asking.text else ""
        return [cropped((("answer ", "strong"), (f"{asking.text}▏", ""), (example, "dim")), width)]
    sign, role = ("✓", "good") if asking.verdict.right else ("✗", "bad")
    return [cropped(((f"{sign} answer ", role), (asking.text, role)), width)]


def _how(asking: Asking, width: int) -> list[Line]:
    """Say which keys answer."""
    if not asking.question.chosen:
        return []
    if asking.several:
        return flowed(line("several may be right: numbers tick, enter answers", "dim"), width, 2)
    return flowed(line("a number answers; or ↑ ↓ and enter", "dim"), width, 2)


def _worth(asking: Asking, width: int) -> list[Line]:
    verdict = asking.verdict
    assert verdict is not None
    if verdict.right:
        return [*led("right", verdict.why, width, "good")]
    why = verdict.why
    if asking.before is not None or asking.question.kind in ("number", "shape", "text"):
        why = why if verdict.answer in plain(why) else f"{why} It is {verdict.answer}."
    return [*led("wrong", why, width, "bad")]
