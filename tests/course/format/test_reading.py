"""A lesson's file read into parts with lines, and every way to break it told by file and line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnntui.course.finding import found_lessons, shipped_folder
from cnntui.course.format.heading import LARGEST, LessonError, read_about
from cnntui.course.format.lesson import Predict, Prose, Quiz, Task, View
from cnntui.course.format.prose import keys_in, lines_of, plain, runs_of
from cnntui.course.format.reading import parse_lesson, read_lesson
from cnntui.errors import UserError
from tests.course.written import FRONT, PREDICT, QUIZ, SMALL, TASK, VIEW, in_folder, line_of

PATH = Path("small.md")


def problems(text):
    with pytest.raises(LessonError) as found:
        parse_lesson(text, PATH)
    return found.value.problems


def test_every_part_knows_its_line():
    lesson = parse_lesson(SMALL, PATH)
    first, last = lesson.pages
    assert (first.title, last.title) == ("First", "Last")
    assert first.line == line_of(SMALL, "## First")
    assert [type(part) for part in first.parts] == [Prose, View, Task]
    assert [type(part) for part in last.parts] == [Quiz, Predict]
    for part, mark in zip(first.parts, ["Words", "```view", "```task"], strict=True):
        assert part.line == line_of(SMALL, mark)
    assert lesson.marks == ("task-1", "quiz-1", "predict-1")
    assert lesson.tasks[0].note == "Padding 1."
    assert lesson.view_at(1) == first.view
    assert lesson.view_at(1).pane == "conv"
    assert (last.view, lesson.tasks[0].solution) == (None, ("p",))


def test_the_front_matter_is_read_alone(tmp_path):
    broken = SMALL.replace("```task\n", "```task\nthis is no TOML\n")
    about = read_about(in_folder(tmp_path, **{"07-small": broken}) / "07-small.md")
    assert (about.id, about.title, about.minutes, about.number) == ("small", "A small one", 5, 7)
    assert about.counts == (1, 2)


BROKEN = {
    "no front": ("Words", 1, "begins with a line"),
    "front without end": ('+++\nid = "x"\n', 1, "does not end"),
    "front TOML": (SMALL.replace('title = "A', "title = A"), 3, "TOML"),
    "front field": (SMALL.replace("minutes", "minuets"), 1, "minutes"),
    "front id": (SMALL.replace('"small"', '"../small"'), 2, "no id"),
    "TOML": (SMALL.replace('hints = ["Pad', 'hints = [Pad'), line_of(SMALL, "hints"), "TOML"),
    "field": (SMALL.replace("note =", "nota ="), line_of(SMALL, "note ="), "did you mean 'note'"),
    "missing": (SMALL.replace("goal =", "note2 ="), line_of(SMALL, "```task"), "goal is missing"),
    "check": (SMALL.replace("(6, 6)\"", "(6, 6\""), line_of(SMALL, "check ="), "check"),
    "call": (SMALL.replace("== (6, 6)", "== open(1)"), line_of(SMALL, "check ="), "not known"),
    "function": (SMALL.replace("{{ 1 }}", "{{ size(1) }}"), line_of(SMALL, "note ="), "known are"),
    "in prose": (SMALL.replace("Words", "W {{ size(1) }}"), line_of(SMALL, "Words"), "known are"),
    "kind": (SMALL.replace('"choice"', '"choise"'), line_of(SMALL, "kind ="), "several"),
    "two right": (
        SMALL.replace("that\",", "that\", right = true,"), line_of(SMALL, "options"), "exactly one"
    ),
    "no why": (SMALL.replace(', why = "no"', ""), line_of(SMALL, "options"), "why is missing"),
    "equal": (SMALL.replace('"that"', '"This"'), line_of(SMALL, "options"), "equal"),
    "about": (SMALL.replace('"cell"', '"sell"'), line_of(SMALL, "about"), "did you mean 'cell'"),
    "fence": (SMALL.replace("```view", "```viev"), line_of(SMALL, "```view"), "known are view"),
    "fence end": (SMALL.rstrip().removesuffix("```"), line_of(SMALL, "```predict"), "does not end"),
    "heading": (SMALL.replace("## Last", "# Last"), line_of(SMALL, "## Last"), "## Title"),
    "two views": (SMALL.replace(VIEW, VIEW + VIEW), line_of(SMALL, "```task") - 1, "one view"),
    "twice": (
        SMALL.replace('ask =', 'id = "task-1"\nask ='), line_of(SMALL, "```quiz"), "as well"
    ),
    "no hints": (SMALL.replace('hints = ["Pad it.", "Press p."]\n', ""), 16, "hints"),
    "no keys": (SMALL.replace('["p"]', "[]"), line_of(SMALL, "solution"), "solution"),
    "empty": (FRONT, 1, "no page"),
    "braces": (SMALL.replace("Words", "{{ Words"), line_of(SMALL, "Words"), "match"),
    "number": (
        FRONT + '## P\n\n```quiz\nkind = "number"\nask = "?"\nanswer = "many"\nwhy = "w"\n```\n',
        12, "no number",
    ),
    "deep TOML": (FRONT + "## P\n\n```view\nlink = " + "[" * 3000 + "\n```\n", 9, "deep"),
    "huge number": (FRONT.replace("5", "9" * 400) + "## P\n\nW", 5, "minutes"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_wrong_is_told_with_its_line(name):
    text, line, said = BROKEN[name]
    found = problems(text)
    assert said in str(found[0]), found
    assert found[0].line == line, found
    assert str(found[0]).startswith(f"small.md:{line}: ")


def test_all_problems_are_told_not_the_first_alone():
    text = SMALL.replace("(6, 6)", "open(1)").replace('"cell"', '"sell"').replace("why = ", "y = ")
    assert len(problems(text)) == 3


def test_control_characters_never_reach_the_screen():
    text = SMALL.replace("Words", "W\x1b]52;c;AAAA\x07").replace("## First", "## F\x1b[2J")
    lesson = parse_lesson(text.replace('ask = "Which?"', 'ask = "\\u001b[2J"'), PATH)
    shown = [page.title for page in lesson.pages]
    shown += [part.text for page in lesson.pages for part in page.prose]
    shown += [question.ask for question in lesson.questions]
    assert all(text.isprintable() for text in shown)
    assert "\\x1b]52" in shown[2]


def test_huge_and_unreadable_files(tmp_path):
    path = tmp_path / "01-huge.md"
    path.write_bytes(b"x" * (LARGEST + 1))
    with pytest.raises(LessonError, match="more than"):
        read_about(path)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(LessonError, match="can't be read"):
        read_lesson(path)
    with pytest.raises(LessonError, match="No such file"):
        read_lesson(tmp_path / "nothing.md")


@settings(max_examples=150)
@given(
    st.lists(
        st.one_of(
            st.sampled_from(
                [VIEW, TASK, QUIZ, PREDICT, "## P\n", "```\n", "{{ out(1) }}\n", "+++"]
            ),
            st.text(max_size=40),
        ),
        max_size=8,
    )
)
def test_no_text_breaks_the_reader(pieces):
    found = []
    try:
        parse_lesson(FRONT + "\n".join(pieces), PATH)
    except LessonError as error:
        found = error.problems
    assert all(problem.line > 0 and str(problem).isprintable() for problem in found)


@given(st.text(alphabet="*`[]{}ab \n#-", max_size=400))
def test_marks_are_runs_that_hold_all_the_text(text):
    assert "".join(run for run, _ in runs_of(text)) == plain(text)
    for kind in ("text", "item", "block"):
        for row in lines_of(Prose(1, " ".join(text.split()), kind), 20):
            assert sum(len(run) for run, _ in row) <= 20


def test_marks():
    runs = runs_of("Press [[s]], **now** or `3*4`; 3 * 4 stays, *this* not, [[right]].")
    assert [run for run in runs if run[1]] == [
        ("s", "key"), ("now", "strong"), ("3*4", "strong"), ("this", "strong"), ("→", "key"),
    ]  # fmt: skip
    assert keys_in("[[s]] and [[right]]") == ("s", "right")
    assert plain("*down*, **up**, `right`, left; [[down]] [[up]]") == "down, up, right, left; ↓ ↑"
    rows = lines_of(Prose(1, "one [[s]], two three", "item"), 12)
    assert ["".join(run for run, _ in row) for row in rows] == ["· one s, two", "  three"]


# the course


def test_the_course_is_what_lies_in_the_folders(tmp_path):
    mine = in_folder(
        tmp_path,
        **{"99-mine": SMALL, "98-broken": "nothing", "99-other": SMALL.replace("A s", "S")},
    )
    (mine / "README.md").write_text("not a lesson")
    course = found_lessons((mine,))
    shipped = found_lessons()
    assert [about.id for about in course.lessons] == [a.id for a in shipped.lessons] + ["small"]
    assert [each.path.name for each in course.broken] == ["98-broken.md", "99-other.md"]
    assert "taken by" in course.broken[1].problem.what
    assert course.find("99").id == course.find("small").id == course.find("A SMALL").id == "small"
    assert course.matching("small a")[0].id == "small"
    assert course.after("small") is None
    with pytest.raises(UserError, match="did you mean 'small'"):
        course.find("smlal")
    with pytest.raises(UserError, match="can't be read"):
        found_lessons((tmp_path / "nowhere",))


def test_the_shipped_lessons_can_be_read():
    paths = [about.path for about in found_lessons().lessons]
    assert shipped_folder() / "04-convolution.md" in paths
    for path in paths:
        lesson = read_lesson(path)
        tasks, questions = lesson.about.counts
        assert (len(lesson.tasks), len(lesson.questions)) == (tasks, questions)
