"""The lint: with a made laboratory every complaint, and with the real panes the shipped lessons."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import partial

import pytest

from cnntui.course.finding import lesson_files, shipped_folder
from cnntui.course.format.checks import parse_check
from cnntui.course.format.lesson import Task, View
from cnntui.course.format.reading import read_lesson
from cnntui.course.format.solutions import check_keys, harmless, pressed
from cnntui.course.linting import FITS, PaneAccess, Played, lint_lesson, linted
from cnntui.course.pane_facts import facts_of, facts_there
from cnntui.errors import UserError
from cnntui.panes.conv.state import ConvolutionState
from cnntui.panes.learn.headless import checking
from cnntui.parts.links.link import parse_link, state_of
from tests.course.written import PREDICT, QUIZ, SMALL, TASK, VIEW, in_folder, line_of
from tests.panes.driving import made

VERBS = {"p": ("padded", 1), "s": ("strided", 1), "w": ("resized", 1)}

play = partial(checking.play, made)


def played(view, task):
    state = state_of(parse_link(view.link), trusted=False)
    for key in () if task is None else task.solution:
        verb, by = VERBS[key]
        state = getattr(state, verb)(by)
    return Played(facts_of("conv", state), state)


MADE = PaneAccess(
    facts=lambda view: facts_there(parse_link(view.link).pane),
    bound=lambda view: frozenset(VERBS),
    play=played,
)


def said(tmp_path, *, others=(), whole=False, made=MADE, **files):
    found = linted(in_folder(tmp_path, **files), made, others, whole)
    return [str(problem).removeprefix(f"{tmp_path}/") for problem in found]


def test_a_good_lesson_has_no_problem(tmp_path):
    assert said(tmp_path, small=SMALL) == []


COMPLAINTS = {
    "key": (SMALL.replace("[[p]]", "[[Q]]"), "Words", "[[Q]] is not bound here; known are p s w"),
    "link": (SMALL.replace("conv?", "conf?"), "```view", "no pane is called"),
    "link key": (SMALL.replace("&kernel", "&kernle"), "```view", "no key"),
    "link file": (SMALL.replace("edge-6x6", "/etc/passwd"), "```task", "not opened for a lesson"),
    "fact": (SMALL.replace("output_shape", "outputs"), "```task", "no fact 'outputs'"),
    "holds": (SMALL.replace("== (6, 6)", "!= (6, 6)"), "```task", "before anything is done"),
    "solution": (SMALL.replace('["p"]', '["s"]'), "```task", "output_shape = (2, 2)"),
    "types": (SMALL.replace("== (6, 6)", "< 6"), "```task", "no order"),
    "needs": (SMALL.replace("needs = []", 'needs = ["none"]'), "needs", "known are small"),
    "itself": (SMALL.replace("needs = []", 'needs = ["small"]'), "needs", "before it"),
    "prediction": (SMALL.replace('"cell"', '"winner"'), "```predict", "view of pool"),
    "no view": (SMALL.replace(VIEW, ""), "```task", "no view yet"),
    "long": (SMALL.replace("Words", "Words " * 200), "## First", f"at most {FITS}"),
    "TOML": (SMALL.replace("goal =", "goal"), "goal", "TOML"),
}


@pytest.mark.parametrize("name", COMPLAINTS)
def test_complaints_name_file_and_line(tmp_path, name):
    text, part, what = COMPLAINTS[name]
    found = said(tmp_path, small=text)
    assert found
    assert what in found[0]
    assert found[0].startswith(f"small.md:{line_of(text, part)}: ")


def test_ids_and_needs_between_files(tmp_path):
    second = SMALL.replace('id = "small"', 'id = "later"').replace("[]", '["small"]', 1)
    assert said(tmp_path, a=SMALL, b=second) == []
    found = said(tmp_path, a=SMALL, b=SMALL)
    assert found == [found[0]]
    assert "b.md:2: the id 'small' is taken by" in found[0]
    assert "does not come before" in said(tmp_path, a=second, b=SMALL)[0]


def test_a_teachers_folder_may_need_shipped_lessons(tmp_path):
    text = SMALL.replace("[]", '["convolution"]', 1)
    assert "no lesson" in said(tmp_path, small=text)[0]
    assert said(tmp_path, others=(shipped_folder(),), small=text) == []


def test_whole_lessons_have_enough_of_everything(tmp_path):
    found = "\n".join(said(tmp_path, whole=True, small=SMALL))
    for what in ("1 pages with a view", "1 tasks", "1 predictions", "2 questions on the last"):
        assert what in found
    test = f"{SMALL}\n## Test\n\n```test\nquestions = 20\n```\n"
    assert said(tmp_path, whole=True, small=test) == []


def test_an_empty_folder_is_told(tmp_path):
    assert "no lesson here" in said(tmp_path)[0]
    with pytest.raises(UserError, match="can't be read"):
        list(linted(tmp_path / "nowhere", MADE))


def test_without_playing_nothing_is_played(tmp_path):
    wrong = SMALL.replace('["p"]', '["s"]')
    assert said(tmp_path, made=replace(MADE, play=None), small=wrong) == []


# the real panes


def doing(*keys, check="finished", pane=""):
    return Task(1, "t", "", parse_check(check), (), keys, pane=pane)


CONV = View(1, "conv?input=edge-6x6&kernel=sobel-x")


def test_the_real_panes_tell_their_keys_and_facts():
    bound = checking.bound_there(CONV)
    assert {"s", "S", "p", "K", "right", "space", ":", "colon", "enter", "1"} <= bound
    assert not {"Q", "ctrl+z"} & bound
    assert "output_shape" in checking.facts_there(CONV)
    with pytest.raises(UserError, match="no pane"):
        checking.bound_there(View(1, "nothing?x=1"))
    with pytest.raises(UserError, match="not opened for a lesson"):
        checking.facts_there(View(1, "conv?input=/etc/passwd"))


def test_keys_are_really_played():
    found = play(CONV, doing("p", "K", *"sobel-y", "enter", "right"))
    assert isinstance(found.state, ConvolutionState)
    assert (found.facts["kernel"], found.facts["output_shape"]) == ("sobel-y", (6, 6))


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        (("escape",), "not pressed for a lesson"),
        (("2",), "not pressed for a lesson"),
        (("y",), "not pressed for a lesson"),
        (("question_mark",), "not pressed for a lesson"),
        (("ctrl+p",), "no key for a solution"),
        (("i", *"evil.py:make", "enter"), "names no code"),
    ],
)
def test_keys_that_could_do_harm_are_refused(keys, why):
    with pytest.raises(UserError, match=why):
        play(CONV, doing(*keys))


def test_a_table_is_not_written():
    with pytest.raises(UserError, match="ask_export"):
        play(View(1, "compare"), doing("x"))


@pytest.mark.parametrize(
    "solution",
    [
        '["text:evil.py:make"]', '["e colon m"]', '["text:a:7", "backspace"]', '["text:b:"]',
        '["text:b", "home", "text:a:"]', '["text:a:7b:c"]', '["ctrl+s"]', '["alt+x"]',
        '["x", "enter", "text:/tmp/x.csv"]', '["text:~x"]', '["c slash d"]',
        '["s"' + ', "s"' * 200 + "]",
    ],
)  # fmt: skip
def test_a_strangers_solution_names_no_code_and_no_file(tmp_path, solution):
    found = said(tmp_path, small=SMALL.replace('["p"]', solution))
    assert "small.md:20: task: " in found[0]


def test_harmless_solutions_are_read():
    for keys in (
        ("i", *"digit:7", "enter"),
        (":", "2", ",", "3"),
        ("slash", *"conv"),
        ("shift+tab",),
    ):
        check_keys(keys)
    assert pressed("text:a b") == ("a", "space", "b")
    assert harmless("do('strided',1)")
    assert not harmless("app.open('runs')")


@pytest.mark.slow
def test_a_training_that_a_solution_starts_ends_with_it(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    view = View(1, "train?dataset=digits&epochs=500")
    found = play(view, doing("g", check="steps > 2", pane="watch"))
    assert found.facts["steps"] > 2
    assert found.facts["dataset"] == "digits"
    assert list(tmp_path.iterdir()) == []
    assert os.environ["XDG_STATE_HOME"] == str(tmp_path)


def test_the_shipped_lessons_follow_each_other_and_are_whole():
    unplayed = replace(checking.pane_access(made), play=None)
    assert [str(problem) for problem in linted(shipped_folder(), unplayed, whole=True)] == []


@pytest.mark.slow
@pytest.mark.parametrize("path", lesson_files(shipped_folder()), ids=lambda path: path.stem)
def test_every_shipped_solution_is_played_and_passes(path):
    """Each is played here and nowhere else: what a lesson's own file tests is its figures."""
    with checking.untrained():  # as the command does; a view of a run would begin its training
        problems = list(lint_lesson(read_lesson(path), checking.pane_access(made)))
    assert [str(problem) for problem in problems] == []


def test_quiz_and_prediction_stand_in_any_page(tmp_path):
    text = SMALL.replace("## Last", f"## Between\n\n{QUIZ}{PREDICT}{TASK}\n## Last")
    assert said(tmp_path, small=text) == []
