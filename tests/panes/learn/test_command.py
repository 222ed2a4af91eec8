"""``cnntui learn`` without the app: list, check, print, export and import."""

from __future__ import annotations

import argparse
import json
from functools import partial

import pytest

from cnntui.course import keeping
from cnntui.course.finding import found_lessons
from cnntui.course.format.reading import read_lesson
from cnntui.course.progress import Progress
from cnntui.errors import UserError
from cnntui.panes.learn import command as learn_commands
from cnntui.panes.learn.headless.printing import printed, still_of
from tests.course.written import SMALL, in_folder
from tests.panes.driving import made


@pytest.fixture(autouse=True)
def state_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def parsed(*words):
    parser = argparse.ArgumentParser()
    learn_commands.prepare(parser)
    return parser.parse_args(words)


def said(*words):
    return learn_commands.without_app(parsed(*words), made)


def test_the_list_tells_states_and_counts(tmp_path):
    mine = in_folder(tmp_path, **{"99-small": SMALL, "98-bad": "x"})
    keeping.save_progress(Progress().seen("small", 1))
    found = said("--list", "--json", "--lessons", str(mine))
    rows = json.loads(found.text)
    assert {
        "id": "small", "title": "A small one", "state": "going", "tasks": 1, "questions": 2,
        "minutes": 5,
    } in rows["lessons"]  # fmt: skip
    assert [row["id"] for row in rows["lessons"]].index("convolution") >= 0
    assert rows["broken"][0]["line"] == 1
    assert "98-bad.md:1" in found.aside
    text = said("--list", "--lessons", str(mine)).text
    assert "99  small" in " ".join(text.split("\n")[-1:])


def test_a_broken_progress_is_told_beside_the_list():
    path = keeping.progress_file()
    path.parent.mkdir(parents=True)
    path.write_text("{")
    assert "aside-1" in said("--list").aside
    assert said("--list").aside == ""


def test_export_and_import(tmp_path):
    keeping.save_progress(Progress().seen("small", 1))
    assert "1 lesson is in" in said("--export", str(tmp_path / "p.json")).text
    keeping.save_progress(Progress())
    said("--import", str(tmp_path / "p.json"))
    assert keeping.load_progress().progress.of("small").page == 1


def test_a_lesson_is_printed_with_frames_and_answers(tmp_path):
    mine = in_folder(tmp_path, **{"99-small": SMALL})
    text = said("small", "--print", "--lessons", str(mine)).text
    for part in ("# A small one", "## First", "Words, `p`.", "input 6×6", "cnntui open 'conv?",
                 "**Task** Make the output 6×6", "## Answers", "`p`. Padding 1."):  # fmt: skip
        assert part in text
    path = tmp_path / "out.md"
    said("small", "--print", "--out", str(path), "--lessons", str(mine))
    assert path.read_text(encoding="utf-8").rstrip("\n") == text


def test_what_was_not_stepped_is_hidden_in_print():
    about = found_lessons().find("convolution")
    text = printed(read_lesson(about.path), partial(still_of, made))
    first = next(row for row in text.split("\n") if row.startswith("[10 10 10]"))
    assert first.rstrip().endswith("·   ·")


def test_a_page_of_any_other_pane_is_its_screen(tmp_path):
    text = SMALL.replace("conv?input=edge-6x6&kernel=sobel-x", "filters?input=digit:7")
    shown = said("small", "--print", "--lessons", str(in_folder(tmp_path, **{"99-x": text}))).text
    assert "Filters" in shown


def test_check_tells_problems_and_ends_with_1(tmp_path):
    good = said("--check", str(in_folder(tmp_path, **{"99-small": SMALL})))
    assert (good.code, good.text) == (0, "1 lesson: every link, key, number and solution holds")
    in_folder(tmp_path, **{"99-small": SMALL.replace('["p"]', '["s"]')})
    bad = said("--check", str(tmp_path))
    assert bad.code == 1
    assert "99-small.md:16: the solution 's' does not pass" in bad.text


def test_bad_options_are_told(tmp_path):
    for words in (("--json",), ("--out", "x.md"), ("--print",), ("nothing", "--print")):
        with pytest.raises(UserError):
            said(*words)
    with pytest.raises(UserError, match="can't be written"):
        said("convolution", "--print", "--out", str(tmp_path / "no" / "x.md"))
    with pytest.raises(UserError, match="known are"):
        learn_commands.opening(parsed("nothing"))
    assert learn_commands.opening(parsed("4")).lesson == "convolution"
    assert learn_commands.opening(parsed()) == learn_commands.Opening()
    assert said() is None
