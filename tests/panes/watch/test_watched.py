"""A run's files become curves; what is on view is changed by verbs."""

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnntui.errors import UserError
from cnntui.ground.lines import plain
from cnntui.panes.watch.confusion import confusion_board, confusion_words
from cnntui.panes.watch.frame import heading, status_line
from cnntui.panes.watch.sheets import kernels
from cnntui.panes.watch.state import MOST_RUNS, TABS, Rows, WatchState
from cnntui.panes.watch.tables import epochs_table
from cnntui.panes.watch.watched import Watched, overlaid
from cnntui.training.events import Resumed
from cnntui.training.runs import RunWriter
from tests.training.logged import CLASSES, STEPS, confusion, epoch, step, written


@pytest.fixture
def run(tmp_path):
    return written(tmp_path / "run")


def records(run):
    lines = (run / "events.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def test_the_curves_are_the_log(run):
    watched = Watched(run)
    assert watched.poll(("step", "epoch"))
    told = [r for r in records(run) if r["event"] == "step"]
    judged = [r for r in records(run) if r["event"] == "epoch"]
    for quantity, name, judged_name in (
        ("loss", "loss", "val_loss"),
        ("accuracy", "accuracy", "val_accuracy"),
    ):
        train, validation = watched.curves(quantity, "step")
        assert train.series.x.tolist() == [r["step"] for r in told]
        assert validation.series.x.tolist() == [r["step"] for r in judged]
        for curve, rows, key in ((train, told, name), (validation, judged, judged_name)):
            for row in rows:
                found = curve.series.nearest(row["step"])
                assert found == (row["step"], pytest.approx(row[key]))
    by_epoch = watched.curves("loss", "epoch")[1]
    assert by_epoch.series.x.tolist() == [1.0, 2.0, 3.0]
    assert watched.curves("learning rate", "step")[0].series.nearest(1)[1] == 1e-3


def test_nothing_new_is_no_news(run):
    watched = Watched(run)
    assert watched.poll()
    assert not watched.poll(look=False)


def test_a_resume_replaces_what_came_after_it(run):
    watched = Watched(run)
    watched.poll()
    with RunWriter(run) as writer:
        writer.append(Resumed(25, 1))
        for n in range(26, 31):
            writer.append(step(n))
        watched.poll()
        assert watched.curves("loss", "step")[0].series.x.tolist() == list(range(1, 31))
        assert watched.curves("loss", "step")[1].series.x.tolist() == [STEPS]
        writer.append(epoch(2))
        watched.poll()
    assert watched.curves("loss", "step")[1].series.x.tolist() == [STEPS, 2 * STEPS]


def test_a_strangers_numbers_are_curves_too(tmp_path):
    with RunWriter(tmp_path / "mine") as run:
        for n in range(1, 6):
            run.step(n, loss=1 / n, temperature=20 + n)
    watched = Watched(tmp_path / "mine")
    watched.poll()
    assert "temperature" in watched.quantities
    assert watched.curves("temperature", "step")[0].series.nearest(3)[1] == 23


def test_the_pace_is_that_of_the_last_half_minute(run):
    watched = Watched(run)
    watched.poll()
    assert watched.pace() == pytest.approx(1.0, rel=0.1)  # the log has a step a second


def test_a_folder_that_is_no_run(tmp_path):
    with pytest.raises(UserError, match=r"config\.json"):
        Watched(tmp_path).poll()


def test_runs_overlaid_are_named_and_drawn_apart(tmp_path):
    runs = [written(tmp_path / name) for name in ("one", "two")]
    watched = {run: Watched(run) for run in runs}
    for each in watched.values():
        each.poll()
    curves = list(overlaid(watched, "loss", "step"))
    assert [c.name for c in curves] == ["one", "one val", "two", "two val"]
    assert len({c.style for c in curves}) == 4


# the state


def state(tmp_path):
    return WatchState.of(tmp_path)


@given(st.lists(st.sampled_from([1, -1]), max_size=30))
def test_tabs_go_round(turns):
    found = WatchState.of("run")
    for by in turns:
        found = found.tabbed(by)
    assert found.tab == TABS[sum(turns) % len(TABS)]


@given(st.integers(0, 40), st.integers(1, 12), st.lists(st.integers(-9, 9), max_size=12))
def test_the_chosen_row_is_on_view(count, room, moves):
    state = WatchState.of("run").on_tab("epochs")
    state = replace(state, rows=state.rows.sized(room).counting(count))
    for by in moves:
        state = state.moved(by, 0)
        rows = state.rows
        assert 0 <= rows.cursor < max(1, count)
        assert rows.top <= rows.cursor < rows.top + room


def test_another_run_is_put_beside_and_taken_away(tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    found = WatchState.of(one).beside(two)
    assert found.runs == (one, two)
    assert found.beside(two).runs == (one,)
    with pytest.raises(UserError, match="on view"):
        found.beside(one)
    for at in range(MOST_RUNS - 2):
        found = found.beside(tmp_path / f"more{at}")
    with pytest.raises(UserError, match="already"):
        found.beside(tmp_path / "one more")


def test_down_in_the_confusion_matrix_is_the_next_class():
    state = replace(WatchState.of("run").on_tab("confusion"), rows=Rows(count=100))
    assert state.moved(1, 0).rows.cursor == 10
    assert state.moved(0, 1).rows.cursor == 1
    assert state.moved(-1, -1).rows.cursor == 0


def kernel_epoch(found):
    """The epoch whose kernels are shown, of a run of three."""
    history = SimpleNamespace(kernels=[(n, np.full((2, 1, 3, 3), n)) for n in (1, 2, 3)])
    about = kernels(history, found.back).about(0)
    return int(plain(about).removeprefix(" after epoch ").split()[0])


@given(st.lists(st.integers(-3, 3), max_size=12))
def test_the_epoch_of_the_kernels_is_one_there_is(pans):
    found = WatchState.of("run").on_tab("kernels")
    for by in pans:
        found = found.panned(by)
        assert kernel_epoch(found) in (1, 2, 3)
    last = found.panned(99)  # later than the last there is none
    assert kernel_epoch(last) == 3
    assert [kernel_epoch(last.panned(-n)) for n in (1, 2, 3)] == [2, 1, 1]


# what is said


def test_the_heading_says_how_far_it_is(run):
    watched = Watched(run)
    watched.poll()
    said = plain(heading(watched, 100))
    assert "digits · lenet5 · epoch 3/3" in said
    assert "100%" in said
    assert "finished" in said
    assert len(plain(heading(watched, 40))) <= 40


def test_the_ending_is_told(run):
    watched = Watched(run)
    watched.poll()
    assert "test accuracy 97.00% · best epoch 3" in plain(status_line(watched, 100))


def test_a_killed_run_is_told(tmp_path):
    watched = Watched(written(tmp_path / "run", until=2, end=False))
    watched.poll()
    assert "space goes on from the last checkpoint" in plain(status_line(watched, 120))


def test_the_epochs_stand_with_the_last_foremost(run):
    watched = Watched(run)
    watched.poll()
    frame = epochs_table(watched.history).frame(Rows(height=2, count=3))
    assert [row[0] for row in frame.rows] == ["3", "2"]
    assert frame.rows[0][4] == "95.00%"


def test_the_confusion_matrix_is_the_counts():
    board = confusion_board(epoch(3), 8 * 10 + 1, 60, 20)
    assert np.array_equal(np.array(board.values), np.array(confusion()))
    said = plain(confusion_words(epoch(3), CLASSES, 8 * 10 + 1))
    assert said == " 2 of 14 pictures of 8 (14.3%) taken for 1"
    small = confusion_board(epoch(3), 9 * 10 + 9, 16, 5)
    assert (small.top, small.left) == (6, 5)
    assert small.values[-1][-1] == 14
