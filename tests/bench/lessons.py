"""The course's first frame, turning a page of a lesson, and a task's check."""

from __future__ import annotations

import time
from collections.abc import Iterator
from statistics import median

from tests.bench.commands import CNNTUI, LABEL
from tests.bench.figures import Figure, percentile
from tests.bench.start import first_frame
from tests.bench.terminals import Program

F2, F3, RIGHT = "\x1bOQ", "\x1bOR", "\x1b[C"
TURNS = 40


def figures() -> Iterator[Figure]:
    yield first_frame("first frame: learn", (CNNTUI, "learn"), "Pictures are numbers", 2, False)
    turns, label = page_turns()
    what = "page turn of lesson 4, words and pane"
    yield Figure(f"{what}, p50", median(turns), median(label), "ms", 50, relative=False)
    p95 = percentile(turns, 0.95), percentile(label, 0.95)
    yield Figure(f"{what}, p95", *p95, "ms", 50, relative=False, binding=False)
    yield Figure("a task's facts and check, worst of 200", worst_check(), None, "ms", 5, False)


def page_turns() -> tuple[list[float], list[float]]:
    """Return the milliseconds of page turns, on and back, and of one label's keys beside them."""
    with Program((CNNTUI, "learn", "convolution")) as lesson, Program(LABEL) as label:
        lesson.shown(r"torch (cpu|cuda|mps)")
        label.shown("pressed")
        lesson.settled(1.0)
        for _ in range(2):  # the task of the first page
            lesson.press(RIGHT)
        turns = []
        for n in range(TURNS):
            turns.append(lesson.press(F3 if n % 2 else F2, silence=0.2)[0])
        return turns[2:], [label.press("l")[0] for _ in range(TURNS)]


def worst_check() -> float:
    """Return the most milliseconds that a state's facts and a check of them take."""
    from cnntui.course.format.checks import parse_check
    from cnntui.course.pane_facts import facts_of
    from cnntui.parts.links.link import parse_link, state_of

    state = state_of(parse_link("conv?input=digit:7&kernel=sobel-x&stride=2"))
    check = parse_check("output_shape == (3, 3) and stride == 2 and params == 9")
    taken = []
    for n in range(210):
        moved = state.to_step(n % state.steps)
        began = time.perf_counter()
        check.holds(facts_of("conv", moved))
        taken.append((time.perf_counter() - began) * 1000)
    return max(taken[10:])
