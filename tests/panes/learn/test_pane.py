"""The Lessons pane: lessons gone through key by key, and what is kept of it; screens."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
import torch
from torch.nn import functional as F

from cnntui.course.finding import found_lessons
from cnntui.course.keeping import load_progress, progress_file, save_progress
from cnntui.course.progress import GOING, NEW, PASSED, SKIPPED, Progress
from cnntui.panes.learn.screen import playback as learn_playback
from cnntui.panes.learn.state import LearningState
from cnntui.ui.prompt import PromptInput
from tests.panes.driving import SIZES, app_on, notice, pane_of, press, settled, texts
from tests.waiting import until

FOLDER = """+++
id = "own"
title = "A teacher's own"
needs = ["pictures"]
minutes = 3
+++

## Two keys

Press [[right]] in the pane.

```view
link = "conv?input=edge-5x5&kernel=vertical-edge"
```

```task
id = "go"
goal = "Go two steps on"
check = "step == 2"
hints = ["One.", "Two."]
solution = ["right", "right"]
note = "There."
```

## Questions

```quiz
id = "one"
kind = "choice"
ask = "Which is even?"
options = [
  { text = "2", right = true, why = "It halves." },
  { text = "3", why = "It leaves one." },
]
```

```quiz
id = "many"
kind = "several"
ask = "Which are odd?"
options = [
  { text = "1", right = true, why = "Odd." },
  { text = "2", why = "Even." },
  { text = "5", right = true, why = "Odd." },
]
```

```quiz
id = "size"
kind = "shape"
ask = "Type 3 by 3"
answer = "3x3"
why = "Three and three."
mistakes = [ { answer = "3x4", why = "One too wide." } ]
```
"""


@pytest.fixture(autouse=True)
def no_progress(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture
def own(tmp_path):
    folder = tmp_path / "lessons"
    folder.mkdir()
    (folder / "90-own.md").write_text(FOLDER, encoding="utf-8")
    return folder


def running(lesson=None, folder=None, size=(80, 24), **terminal):
    state = LearningState.of(lesson, folder) if lesson or folder else None
    return app_on("learn", state, size, **terminal).run_test(size=size)


def screen(pilot):
    return "\n".join(texts(pilot))


async def on_stage(pilot):
    """Wait until the pane beside the words is there, and torch has checked it."""
    for _ in range(500):
        await settled(pilot)
        if "largest difference" in screen(pilot):
            return
    pytest.fail("the pane beside the words never came")


def kept(lesson):
    return load_progress().progress.of(lesson)


async def typed(pilot, text):
    pane_of(pilot).prompt.query_one(PromptInput).value = text
    await press(pilot, "enter")


def shown_question(pane):
    sitting = pane.state.sitting
    return (sitting.asking if sitting else pane.state.opened.asking).question


async def answered(pilot, right=True):
    """Answer what is asked, by its keys alone."""
    question = shown_question(pane_of(pilot))
    if question.kind == "several":
        wanted = [str(at + 1) for at, o in enumerate(question.options) if o.right is right]
        return await press(pilot, *wanted, "enter")
    if question.chosen:
        at = next(at for at, o in enumerate(question.options) if o.right is right)
        return await press(pilot, str(at + 1))
    return await press(pilot, *(question.answers[0] if right else "7"), "enter")


async def test_the_list_shows_every_lesson_and_opens_one():
    async with running() as pilot:
        await settled(pilot)
        pane = pane_of(pilot)
        for about in pane.state.course.lessons:
            assert any(about.title[:20] in row and "new" in row for row in texts(pilot))
        second = pane.state.course.lessons[1]
        pane = await press(pilot, "j", "enter")
        assert pane.state.id == second.id
        assert kept(second.id).state == GOING
        pane = await press(pilot, "escape")
        assert pane.state.opened is None
        assert any("going" in row for row in texts(pilot))
        await pilot.press("escape")
        assert pilot.app.current_mode == "home"


@pytest.mark.slow
async def test_the_convolution_is_gone_through_from_the_first_page_to_the_last():
    async with running("conv") as pilot:
        await settled(pilot)
        pane = pane_of(pilot)
        lesson = pane.state.opened.lesson
        for _ in range(200):
            opened = pane.state.opened
            if opened.ended:
                break
            if opened.asking is not None and opened.asking.open:
                pane = await answered(pilot)
                assert pane.state.opened.asking.verdict.right
            elif opened.task is not None and not pane.state.may_go_on:
                assert "✗ not yet" in screen(pilot)
                pane = await press(pilot, *opened.task.solution)
                assert pane.state.opened.done
                assert "✓ done" in screen(pilot)
            else:
                pane = await press(pilot, "f2")
        assert pane.state.opened.ended
        assert {mark.state for mark in kept(lesson.about.id).marks.values()} == {PASSED}
        assert set(kept(lesson.about.id).marks) == set(lesson.marks)
        assert kept(lesson.about.id).state == PASSED
        assert "✓ passed" in screen(pilot)
        after = pane.state.course.after(lesson.about.id)
        pane = await press(pilot, "f2")
        assert pane.state.id == after.id


async def test_a_task_is_seen_the_moment_it_is_done_and_lingering_keeps_it(own):
    async with running("own", own) as pilot:
        await settled(pilot)
        pane = await press(pilot, "right")
        assert "now step 1" in screen(pilot)
        assert not pane.state.may_go_on
        pane = await press(pilot, "f2")
        assert "do the task first" in notice(pilot)
        assert pane.state.opened.page == 0
        pane = await press(pilot, "right")
        assert "There." in screen(pilot)
        assert kept("own").mark("go").state == PASSED
        pane = await press(pilot, "right", "s")
        assert pane.sides.stage.state.conv.stride == (2, 2)
        assert "✓ done" in screen(pilot)
        pane = await press(pilot, "f2")
        assert pane.state.opened.page == 1


async def test_what_was_done_is_kept_where_the_app_ends_at_once(own):
    async with running("own", own) as pilot:
        await settled(pilot)
        await pilot.press("right", "right", "ctrl+q")
    assert kept("own").mark("go").state == PASSED


async def test_hints_come_one_at_a_time(own):
    async with running("own", own) as pilot:
        await settled(pilot)
        assert "hint (2 left)" in screen(pilot)
        await press(pilot, "f4")
        assert "One." in screen(pilot)
        assert "Two." not in screen(pilot)
        assert "hint (1 left)" in screen(pilot)
        await press(pilot, "f4", "f4")
        assert "Two." in screen(pilot)
        assert "hint (" not in screen(pilot)


async def test_skipping_is_remembered_as_skipped(own):
    async with running("own", own) as pilot:
        await settled(pilot)
        pane = await press(pilot, "f7")
        assert kept("own").mark("go").state == SKIPPED
        assert pane.state.opened.page == 1
        pane = await press(pilot, "f7", "f7", "f7")
        assert pane.state.opened.ended
        assert kept("own").state == SKIPPED
        assert "4 skipped" in screen(pilot)


async def test_the_solution_is_played_and_then_left_to_the_learner(own, monkeypatch):
    monkeypatch.setattr(learn_playback, "PACE", 0.01)
    async with running("own", own) as pilot:
        await settled(pilot)
        pane = await press(pilot, "f5")
        assert pane.sides.stage.state.index == 2
        assert "watched" in screen(pilot)
        assert kept("own").mark("go").state == SKIPPED
        pane = await press(pilot, "f5")
        assert pane.sides.stage.state.index == 0
        await press(pilot, "right", "right")
        assert kept("own").mark("go").state == PASSED


async def test_what_the_pane_refuses_is_the_panes_alone(own):
    async with running("own", own) as pilot:
        await settled(pilot)
        pane = await press(pilot, "colon", "z", "z", "enter")
        assert "is not a cell" in notice(pilot)
        assert (pane.state.problem, pane.sides.stage.state.index) == ("", 0)
        pane = await press(pilot, "backspace", "backspace", "0", "comma", "1", "enter")
        assert (notice(pilot), pane.sides.stage.state.index) == ("", 1)


async def test_space_pauses_the_solution(own, monkeypatch):
    held = asyncio.Event()

    async def slept(seconds):
        await (held.wait() if seconds == learn_playback.PACE else asyncio.sleep(seconds))

    monkeypatch.setattr(learn_playback, "asyncio", SimpleNamespace(sleep=slept))
    async with running("own", own) as pilot:
        await settled(pilot)
        await pilot.press("f5")
        pane = await until(pilot, lambda: pane_of(pilot).live.playback and pane_of(pilot))
        await pilot.press("space")
        await until(pilot, lambda: pane.live.playback.paused)
        held.set()
        await pilot.pause()
        assert pane.sides.stage.state.index == 0
        assert not pane.live.playback.ended
        assert not pane.sides.stage.pane.player.playing
        await press(pilot, "space")
        assert pane.sides.stage.state.index == 2


async def test_answers_by_number_ticks_and_typing(own):
    async with running("own", own) as pilot:
        await settled(pilot)
        pane = await press(pilot, "f7")
        pane = await answered(pilot, right=False)
        assert "It leaves one." in screen(pilot)
        assert "wrong" in screen(pilot)
        assert kept("own").mark("one").review is not None
        pane = await press(pilot, "enter")  # once more
        assert pane.state.opened.asking.open
        pane = await answered(pilot)
        assert "right" in screen(pilot)
        assert "It halves." in screen(pilot)
        pane = await press(pilot, "f2", "enter")
        assert "tick what is right" in notice(pilot)
        pane = await answered(pilot)
        assert kept("own").mark("many").state == PASSED
        pane = await press(pilot, "f2", *"3x4n", "backspace", "enter")
        assert "One too wide." in screen(pilot)
        pane = await press(pilot, "enter", *"three", "enter")
        assert "no shape" in notice(pilot)
        pane = await press(pilot, "ctrl+u", *"3,3", "enter")
        assert pane.state.opened.asking.verdict.right
        pane = await press(pilot, "enter")
        assert pane.state.opened.ended
        assert "2 questions were missed" in screen(pilot)
        pane = await press(pilot, "enter")
        assert pane.state.sitting.kind == "review"


async def test_the_stepper_stops_before_the_cell_that_is_asked():
    async with running("conv") as pilot:
        await settled(pilot)
        pane = await press(pilot, "right", "right", "f2", "f2")
        asking = pane.state.opened.asking
        assert pane.sides.stage.state.index == asking.before.index == asking.after.index - 1
        conv = asking.after.conv
        output = F.conv2d(torch.tensor(conv.input)[None], torch.tensor(conv.weight))
        right = next(option for option in asking.question.options if option.right)
        asked = float(output.flatten()[asking.after.index])
        assert float(right.text.replace(",", "")) == pytest.approx(asked)
        pane = await answered(pilot)
        assert pane.sides.stage.state.index == asking.after.index
        pane = await press(pilot, "r")
        assert pane.state.opened.asking.question != asking.question


async def test_it_is_left_and_come_back_to_on_the_same_page(own):
    async with running("own", own) as pilot:
        await settled(pilot)
        pane = await press(pilot, "right", "right", "f2")
        pilot.app.switch_mode("home")
        await settled(pilot)
        await press(pilot, "f9")
        assert pane_of(pilot) is pane
        assert pane.state.opened.page == 1
    async with running("own", own) as pilot:
        await settled(pilot)
        assert pane_of(pilot).state.opened.page == 1


async def test_a_lesson_is_passed_by_its_test_alone(own):
    async with running(folder=own) as pilot:
        await settled(pilot)
        pane = await press(pilot, "end", *["j"] * 30, "t")
        assert "Test out of" in screen(pilot)
        count = len(pane.state.sitting.items)
        for _ in range(count):
            pane = await answered(pilot)
            pane = await press(pilot, "f2")
        assert f"{count} of {count} right" in screen(pilot)
        assert kept("own").state == PASSED
        await press(pilot, "enter")
        assert pane.state.sitting is None


async def test_a_failed_test_leaves_the_lesson_as_it_was(own):
    async with running(folder=own) as pilot:
        await settled(pilot)
        pane = await press(pilot, *["j"] * 30, "t")
        for _ in range(len(pane.state.sitting.items)):
            pane = await press(pilot, "f7")
        assert "0 of 3 right" in screen(pilot)
        assert kept("own").state == NEW


async def test_what_was_missed_and_is_due_is_asked_again(own):
    then = date.today() - timedelta(days=2)
    save_progress(Progress().answered("own", "one", False, then))
    async with running(folder=own) as pilot:
        await settled(pilot)
        assert "1 question that was missed is due again" in screen(pilot)
        pane = await press(pilot, "v")
        assert pane.state.sitting.kind == "review"
        await answered(pilot)
        await press(pilot, "f2", "enter")
        assert kept("own").mark("one").review.due > date.today()
        assert "due again" not in screen(pilot)


async def test_search_export_reset_and_import(own, tmp_path):
    save_progress(Progress().ended("own", ()))
    file = tmp_path / "mine.json"
    async with running(folder=own) as pilot:
        await settled(pilot)
        pane = await press(pilot, "slash", *"teacher", "enter")
        assert [row.id for row in pane.state.rows] == ["own"]
        await press(pilot, "x")
        await typed(pilot, str(file))
        assert file.exists()
        await press(pilot, "R", "n", "o", "enter")
        assert kept("own").state == PASSED
        await press(pilot, "R", "y", "e", "s", "enter")
        assert kept("own").state == NEW
        await press(pilot, "m")
        await typed(pilot, str(file))
        assert kept("own").state == PASSED
        assert "passed" in screen(pilot)
        await press(pilot, "A", "y", "e", "s", "enter")
        assert kept("own").state == NEW


async def test_a_search_narrows_while_it_is_typed_and_escape_lists_all(own):
    async with running(folder=own) as pilot:
        await settled(pilot)
        everything = pane_of(pilot).state.rows
        pane = await press(pilot, "slash", *"teach")
        assert pane.prompt.asking
        assert [row.id for row in pane.state.rows] == ["own"]
        pane = await press(pilot, "escape")
        assert not pane.prompt.asking
        assert pane.state.rows == everything
        pane = await press(pilot, "x", "ctrl+u", "t", "escape")  # what another question is given
        assert pane.state.rows == everything


async def test_a_refused_answer_leaves_the_question_open_and_the_keys_come_back(own, tmp_path):
    async with running(folder=own) as pilot:
        await settled(pilot)
        pane = await press(pilot, "x", "ctrl+u", "enter")
        assert pane.prompt.asking
        assert "name a file" in notice(pilot)
        await typed(pilot, str(tmp_path / "mine.json"))
        assert (tmp_path / "mine.json").exists()
        assert "progress is in" in notice(pilot)
        assert not pane.prompt.asking
        assert pane.sides.text.has_focus


async def test_a_view_that_cannot_be_opened_is_told_and_the_page_can_be_read(tmp_path):
    folder = tmp_path / "l"
    folder.mkdir()
    second = '## Questions\n\n```view\nlink = "conv?input=no-such-input"\n```\n'
    text = FOLDER.replace("## Questions\n", second)
    (folder / "90-own.md").write_text(text, encoding="utf-8")
    async with running("own", folder) as pilot:
        await settled(pilot)
        pane = await press(pilot, "f7")
        assert pane.state.opened.page == 1
        assert "this page's view" in notice(pilot)
        assert "can't be set up" in screen(pilot)
        assert pane.sides.stage.pane is None
        pane = await answered(pilot)
        assert pane.state.opened.asking.verdict.right


async def test_broken_lessons_are_listed_and_the_others_work(own):
    (own / "91-torn.md").write_text("+++\nid = 7\n", encoding="utf-8")
    text = FOLDER.replace('id = "own"', 'id = "late"').replace("step == 2", "step ==")
    (own / "92-late.md").write_text(text, encoding="utf-8")
    async with running(folder=own) as pilot:
        await settled(pilot)
        await press(pilot, "slash", *"torn", "enter")
        assert "broken" in screen(pilot)
        assert "91-torn.md:" in screen(pilot)
        await press(pilot, "slash", "ctrl+u", *"own", "enter")
        pane = await press(pilot, "j", "enter")  # the second of that title: its check is broken
        assert "92-late.md:" in screen(pilot)
        assert pane.state.opened is None
        pane = await press(pilot, "k", "k", "enter")
        assert pane.state.id == "own"


async def test_a_broken_progress_file_is_put_aside_and_said():
    progress_file().parent.mkdir(parents=True)
    progress_file().write_text("{", encoding="utf-8")
    async with running() as pilot:
        await settled(pilot)
        assert "kept as progress.json.aside-1" in notice(pilot)


async def test_another_pane_opens_beside_the_words(tmp_path):
    folder = tmp_path / "l"
    folder.mkdir()
    text = FOLDER.replace("conv?input=edge-5x5&kernel=vertical-edge", "layers?net=lenet5")
    (folder / "90-own.md").write_text(text.replace("step == 2", "depth == 2"), encoding="utf-8")
    async with running("own", folder) as pilot:
        await settled(pilot)
        pane = pane_of(pilot)
        assert pane.sides.stage.name_shown == "layers"
        await press(pilot, "enter")
        assert pilot.app.current_mode == "learn"
        await press(pilot, "ctrl+r")
        assert pane.sides.stage.name_shown == "layers"


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_screens(size, own, snapshot):
    async with running("own", own, size) as pilot:
        await on_stage(pilot)
        pane_of(pilot).seed = 3
        name = f"{size[0]}x{size[1]}"
        snapshot(pilot, f"learning_task_{name}")
        assert 0 < len(pane_of(pilot).keys_shown) <= 6
        await press(pilot, "right", "right", "f2", "j")
        snapshot(pilot, f"learning_question_{name}")
        assert 0 < len(pane_of(pilot).keys_shown) <= 6
    state = LearningState.of(folders=own)
    state = replace(state, course=found_lessons((own,), shipped=False), cursor=0)
    async with app_on("learn", state, size).run_test(size=size) as pilot:
        await settled(pilot)
        snapshot(pilot, f"learning_list_{name}")


async def test_every_shown_text_fits_and_the_footer_is_whole(own):
    async with running("own", own) as pilot:
        await settled(pilot)
        assert texts(pilot)[-1].rstrip().endswith("help")
        assert len(pane_of(pilot).keys_shown) <= 6


def test_the_summary_fits_the_first_screen():
    from cnntui.panes.learn import ABOUT

    assert len(ABOUT["summary"]) <= 57


async def test_the_help_of_a_pane_leads_to_the_lesson_that_explains_it():
    from cnntui.panes.learn.explaining import explained_in, explaining
    from cnntui.ui.shell.pane import Explained

    about = explaining()["conv"]
    state = LearningState.of(about.id)
    app = app_on("conv")
    app.explained = lambda _: Explained(explained_in(about), "f9", "learn", state)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("question_mark")
        await settled(pilot)
        assert f"explained in lesson {about.number}, {about.title}: f9" in screen(pilot)
        pane = await press(pilot, "f9")
        assert app.current_mode == "learn"
        assert pane.state.id == about.id


async def test_the_help_of_a_lesson_has_the_keys_of_both_sides(own):
    async with running("own", own, (120, 40)) as pilot:
        await settled(pilot)
        await pilot.press("question_mark")
        await settled(pilot)
        sections = [title for title, _ in pilot.app.screen.sections]
        assert sections[:2] == ["Lessons", "Convolution, beside the lesson"]


async def test_f6_gives_the_room_to_one_side_and_tab_the_keys(own):
    async with running("own", own) as pilot:
        await settled(pilot)
        pane = await press(pilot, "f6")
        assert pane.sides.keys_in_pane
        assert pane.sides.text.size.height <= 3
        pane = await press(pilot, "f6")
        assert not pane.sides.keys_in_pane
        assert not pane.sides.stage.display
        pane = await press(pilot, "f6")
        assert pane.sides.stage.display
        assert pane.sides.keys_in_pane
        pane = await press(pilot, "f7")
        assert not pane.sides.keys_in_pane  # a question is asked
        pane = await press(pilot, "tab", "right")
        assert pane.sides.keys_in_pane
        pane = await press(pilot, "f6")
        assert not pane.sides.keys_in_pane
