"""The list of runs: cursor, filter, marks, order; the table at every width; the words below."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnntui.errors import UserError
from cnntui.ground.lines import plain
from cnntui.panes.runs.frame import (
    MARK,
    SHORTEST,
    details,
    heading,
    nothing,
    options_of,
    sort_of,
    table_of,
)
from cnntui.panes.runs.state import SORTS, RunsList
from cnntui.panes.watch.state import MOST_RUNS
from cnntui.parts.runs.report import TITLES, cells
from cnntui.training.config import Config, as_json
from cnntui.training.run.listing import RunStatus
from cnntui.training.run.locking import Holder
from cnntui.ui.table import table_text

FOLDER = Path("/home/me/runs")
PLAIN = RunStatus(
    path=FOLDER / "digits-lenet5-0001",
    state="finished",
    since=5.0,
    title="",
    dataset="digits",
    net="lenet5",
    started=1000.0,
    updated=1060.0,
    epochs=3,
    epochs_total=3,
    step=63,
    steps_total=63,
    loss=0.25,
    val_loss=0.5,
    val_accuracy=0.875,
    test_accuracy=0.9,
    reason="",
    size=1_300_000,
    holder=None,
    seconds=12.34,
)


def run(name: str, **values) -> RunStatus:
    return replace(PLAIN, path=FOLDER / name, **values)


RUNS = (
    run("new", state="running", val_accuracy=None, val_loss=None, size=5),
    run("mnist-old", dataset="mnist", val_accuracy=0.99, val_loss=0.4, size=900),
    run("broken", state="failed", reason="no luck", net="resnet18", val_accuracy=0.5, val_loss=2.0),
    run("quiet", state="silent", since=61.0, val_accuracy=0.7, val_loss=0.45, size=70),
)
LISTED = RunsList().telling(RUNS)


def names(state: RunsList) -> list[str]:
    return [one.name for one in state.runs]


# the cursor


@given(st.lists(st.integers(-30, 30), max_size=12), st.integers(0, 25), st.integers(1, 9))
def test_the_cursor_stays_on_a_run_and_on_view(moves, count, height):
    runs = tuple(run(f"run{i}") for i in range(count))
    state = RunsList(height=height).telling(runs)
    at = 0
    for by in moves:
        state = state.moved(by)
        at = max(0, min(at + by, count - 1))  # what clamping means
        assert state.cursor == at
        assert 0 <= state.top <= at < state.top + height or not count
        assert state.top + height <= max(count, height)
    assert (state.chosen is None) == (count == 0)
    assert (state.first().cursor, state.last().cursor) == (0, max(0, count - 1))


def test_the_cursor_stays_on_its_run_when_others_come_and_go():
    state = LISTED.to(2)
    more = state.telling((run("newest"), *RUNS))
    assert (more.cursor, more.chosen.name) == (3, "broken")
    gone = state.telling([one for one in RUNS if one.name != "broken"])
    assert (gone.cursor, gone.chosen.name) == (2, "quiet")  # the one that took its line
    assert state.telling(()).chosen is None


def test_a_run_from_elsewhere_is_awaited_and_gone_to():
    there = Path("/else/there")
    state = LISTED.finding("mnist").adding([there])
    assert (state.added, state.find, state.awaited) == ((there,), "", there)
    assert state.telling(RUNS).awaited == there  # not told of yet
    found = state.telling((*RUNS, replace(PLAIN, path=there)))
    assert (found.chosen.path, found.awaited) == (there, None)
    assert found.adding([there]).added == (there,)


def test_a_problem_outlives_a_look_but_no_key():
    state = LISTED.refused(UserError("no luck"))
    assert state.telling(RUNS).problem == "no luck"
    assert state.sized(4).problem == "no luck"
    assert state.moved(1).problem == ""


# what is listed


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("mnist", ["mnist-old"]),
        ("DIGITS lenet5", ["new", "quiet"]),
        ("failed", ["broken"]),
        ("silent", ["quiet"]),
        ("", ["new", "mnist-old", "broken", "quiet"]),
    ],
)
def test_words_are_looked_for_in_names_states_and_nets(words, kept):
    assert names(LISTED.finding(words)) == kept


def test_what_nothing_holds_is_refused_and_a_filter_may_run_empty():
    state = LISTED.finding("no such \x1b[31m")
    assert state.runs == LISTED.runs
    assert state.problem.isprintable()
    emptied = LISTED.finding("mnist").telling(RUNS[2:])
    assert emptied.runs == ()
    assert "r lists all" in plain(nothing(emptied, FOLDER, 78)[0])
    assert names(emptied.reset()) == ["broken", "quiet"]


@pytest.mark.parametrize(
    ("by", "order"),
    [
        ("started", ["new", "mnist-old", "broken", "quiet"]),
        ("run", ["broken", "mnist-old", "new", "quiet"]),
        ("val acc", ["mnist-old", "quiet", "broken", "new"]),
        ("val loss", ["mnist-old", "quiet", "broken", "new"]),
        ("size", ["broken", "mnist-old", "quiet", "new"]),
        ("net", ["new", "mnist-old", "broken", "quiet"]),  # no such order: nothing changes
    ],
)
def test_runs_are_sorted_and_the_cursor_stays_on_its_run(by, order):
    state = LISTED.to(1).sorted_by(by)
    assert names(state) == order
    assert state.chosen.name == "mnist-old"


def test_s_goes_through_every_order():
    state, seen = LISTED, []
    for _ in SORTS:
        seen.append(state.sort)
        state = state.sorted_by()
    assert (seen, state.sort) == (list(SORTS), SORTS[0])


# marks


def test_marks_are_set_taken_away_and_at_most_three():
    state = LISTED
    for at in range(MOST_RUNS):
        state = state.to(at).marked()
    assert [path.name for path in state.marks] == ["new", "mnist-old", "broken"]
    full = state.to(3).marked()
    assert (full.marks, "3 runs" in full.problem) == (state.marks, True)
    less = full.to(1).marked()
    assert [path.name for path in less.marks] == ["new", "broken"]
    assert [path.name for path in less.telling(RUNS[1:]).marks] == ["broken"]  # deleted
    assert less.reset().marks == ()
    assert RunsList().marked().marks == ()


def test_the_marked_runs_are_compared_and_one_with_the_chosen_one():
    for state in (LISTED, LISTED.marked(), RunsList()):
        with pytest.raises(UserError, match="mark two or three"):
            state.compared()
    one = LISTED.to(2).marked().to(0)
    assert [path.name for path in one.compared()] == ["broken", "new"]
    two = one.to(3).marked().to(0)
    assert [path.name for path in two.compared()] == ["broken", "quiet"]


# the table


@pytest.mark.parametrize("width", range(20, 181))
def test_the_table_fits_and_keeps_what_matters(width):
    state = LISTED.marked().sized(3)
    frame = table_of(state, width)
    titles = [sort_of(column.title) for column in frame.columns[1:]]
    assert sum(column.width + 1 for column in frame.columns) - 1 <= max(width, 7)
    assert titles == [title for title in TITLES if title in titles]  # in their order
    assert titles[0] == "run"
    assert (width < 60) or {"state", "val acc", "epoch"} <= set(titles)
    assert (width < 130) or len(titles) == len(TITLES)
    assert [row[0] for row in frame.rows] == [MARK, "", ""]
    assert (frame.top, frame.total, frame.cursor) == (0, 4, 0)
    for row, one in zip(frame.rows, state.runs, strict=False):
        told = dict(zip(TITLES, cells(one), strict=True))
        assert row[1:] == tuple(told[title] for title in titles)


def test_states_are_told_by_words_and_colour():
    frame = table_of(LISTED, 120)
    assert frame.roles == ("block", "", "bad", "bad")
    printed = "\n".join(table_text(frame))
    for words in ("running", "finished", "failed", "silent for 1 min"):
        assert words in printed


def test_a_long_name_is_cut_before_the_columns_that_matter_go():
    long = run("x" * 90)
    frame = table_of(RunsList().telling((long,)), 78)
    assert frame.columns[1].width >= SHORTEST
    assert "val acc" in [column.title for column in frame.columns]
    assert "…" in table_text(frame)[1]


def test_the_sorted_column_is_marked():
    titles = [column.title for column in table_of(LISTED.sorted_by("val acc"), 120).columns]
    assert "val acc↓" in titles
    assert sort_of("val acc↓") == "val acc"


# the words


def said(lines) -> str:
    return "\n".join(plain(one) for one in lines)


def test_the_words_tell_result_options_and_place():
    config = as_json(Config(epochs=2, seed=7, flip_test=True, net="lenet5", lr=0.003))
    lines = details(PLAIN, options_of(config | {"v": 1}), 78, 5)
    text = said(lines)
    assert "digits · lenet5 · test accuracy 90.00% · loss 0.25 · 12.3 s of training" in text
    assert "epochs 2 · lr 0.003 · flip_test yes · seed 7" in text
    assert "1.24 MiB  /home/me/runs/digits-lenet5-0001" in text
    assert "batch_size" not in text  # the usual one


def test_a_failure_tells_its_reason_and_a_silent_run_its_process():
    assert "no luck" in said(details(RUNS[2], [], 78, 5))
    assert "without a word" in said(details(replace(RUNS[2], reason=""), [], 78, 5))
    holder = Holder("host\x1b[2J", "boot", 321, "1")
    text = said(details(replace(RUNS[3], holder=holder), [], 78, 5))
    assert "process 321 on host\\x1b[2J" in text


@pytest.mark.parametrize("width", [10, 30, 78, 200])
@pytest.mark.parametrize("most", [2, 3, 5])
def test_the_words_fit(width, most):
    long = replace(RUNS[2], reason="because " * 90)
    told = options_of({f"option{i}": "x" * 500 for i in range(90)})
    lines = details(long, told, width, most)
    assert len(lines) <= most
    assert all(len(plain(one)) <= width or " " not in plain(one).strip() for one in lines)


def test_options_of_a_stranger_are_printable_and_short():
    told = options_of(
        {
            "v": 1,
            "title": "t",
            "batch": 4,
            "bad\x1b]0;x\x07": "\x1b[2J\nsecond",
            "deep": {"a": 1},
            "many": [1],
            "nothing": None,
            "epochs": "thirty",
            "lr": float("nan"),
            "big": 10**400,
            "text": "y" * 10_000,
        }
    )
    assert told[0] == "batch 4"
    assert {"epochs thirty", "lr nan"} <= set(told)
    assert not any(word.startswith(("deep", "many", "nothing", "v ", "title")) for word in told)
    assert all(one.isprintable() and len(one) < 130 for one in told)
    assert options_of(json.loads('{"seed": 0, "lr": 0.0, "epochs": 30}')) == []


def test_the_heading_counts_and_nothing_says_how_to_begin():
    assert "reading" in plain(heading(RunsList(), FOLDER, 78))
    state = LISTED.marked().finding("lenet5").sorted_by("size")
    text = plain(heading(state, FOLDER, 120))
    for words in ("3 of 4", "1 running", "by size", "find 'lenet5'", "1 marked", str(FOLDER)):
        assert words in text
    begin = said(nothing(RunsList().telling(()), FOLDER, 78))
    assert "cnntui train" in begin
    assert nothing(RunsList(), FOLDER, 78) == ()
