"""The history of a run: columns against a brute-force replay, resumes, tables and endings."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnntui.training.events import (
    Checkpoint,
    Ended,
    Epoch,
    Failed,
    Noted,
    Resumed,
    Start,
    Step,
    record_of,
)
from cnntui.training.run.columns import Columns
from cnntui.training.run.history import History

Record = dict[str, Any]
START = Start("digits", "lenet5", ("0",), (1, 8, 8), 61, 3, 9, (10, 2, 3), "cpu", "fp32", 1)


def step(at: int, loss: float = 0.5) -> Record:
    return record_of(Step(at, at / 10, loss, 0.25, 0.1, 9.0), float(at))


def epoch(at: int, steps: int, **more: Any) -> Record:
    said = Epoch(at, steps, 1.0, 0.5, 1.5, 0.25, 1.0, 0.1, 2.0, 9.0, False, **more)
    return record_of(said, float(steps))


def resumed(at: int, epochs: int) -> Record:
    return record_of(Resumed(at, epochs), 0.0)


def history(*records: Record) -> History:
    made = History()
    made.extend(records)
    return made


@st.composite
def runs(draw: st.DrawFn) -> list[Record]:
    """Draw a log as a trainer writes one: steps, an epoch every four, kills and resumes."""
    records: list[Record] = []
    at = 0
    for _ in range(draw(st.integers(0, 60))):
        if draw(st.integers(0, 9)) == 0:
            at = draw(st.integers(0, at))
            records.append(resumed(at, at // 4))
        else:
            at += 1
            records.append(step(at, draw(st.floats(allow_nan=False))))
            if at % 4 == 0:
                records.append(epoch(at // 4, at))
    return records


def replayed(records: list[Record]) -> tuple[list[Record], list[Record]]:
    """Return the steps and epochs that stand, one list comprehension a record."""
    steps: list[Record] = []
    epochs: list[Record] = []
    for record in records:
        if record["event"] == "resumed":
            steps = [one for one in steps if one["step"] <= record["step"]]
            epochs = [one for one in epochs if one["step"] <= record["step"]]
        else:
            (steps if record["event"] == "step" else epochs).append(record)
    return steps, epochs


@given(runs(), st.lists(st.integers(0, 70), max_size=6))
def test_columns_are_those_of_a_replay(records: list[Record], cuts: list[int]) -> None:
    made = History()
    places = [0, *sorted(cuts), len(records)]
    for begin, end in pairwise(places):
        made.extend(records[begin:end])
    steps, epochs = replayed(records)
    for name in ("step", "loss", "time"):
        assert made.steps[name].tolist() == [float(one[name]) for one in steps]
    for name in ("epoch", "step", "val_loss"):
        assert made.epochs[name].tolist() == [one[name] for one in epochs]
    assert sorted(set(made.steps["step"].tolist())) == made.steps["step"].tolist()  # none doubled


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["a", "b", "c"]),
            st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["nan", "x"]),
        )
    ),
    st.integers(0, 5),
)
def test_columns_hold_whatever_keys_come(rows: list[Record], cut: int) -> None:
    columns = Columns(("a",))
    records = [{"v": 1, "event": "step", **row} for row in rows]
    columns.extend(records[:cut])
    columns.extend(records[cut:])
    assert len(columns) == len(rows)
    for name in ("a", "b", "c"):
        wanted = [_number(row.get(name)) for row in rows]
        np.testing.assert_array_equal(columns[name], wanted)
        assert (name in columns.names) >= (not all(map(math.isnan, wanted)))


def _number(value: Any) -> float:
    try:
        return math.nan if value in (None, "nan", "x") else float(value)
    except OverflowError:
        return math.inf


def test_a_log_with_a_new_name_at_each_step_ends_in_few_columns() -> None:
    columns = Columns(("loss",))
    columns.extend([{"v": 1, "event": "step", f"n{at}": at} for at in range(2000)])
    columns.extend([{"v": 1, "event": "step", "loss": 1.0, f"m{at}": at} for at in range(2000)])
    assert len(columns.names) <= 256
    assert columns["loss"][-1] == 1.0


def test_arrays_given_out_stay_as_they_are() -> None:
    made = history(step(1), step(2, 9.0))
    before = made.steps["loss"]
    made.extend([resumed(1, 0), step(2, 7.0), step(3)])
    assert before.tolist() == [0.5, 9.0]
    assert made.steps["loss"].tolist() == [0.5, 7.0, 0.5]
    with pytest.raises(ValueError, match="read-only"):
        before[0] = 1.0


def test_a_column_that_comes_late_has_gaps_before() -> None:
    made = history(step(1), {**step(2), "momentum": 0.9}, step(3))
    np.testing.assert_array_equal(made.steps["momentum"], [math.nan, 0.9, math.nan])
    assert np.isnan(made.steps["never"]).all()
    assert len(made.steps["never"]) == 3


def test_many_steps_come_in_any_portions() -> None:
    records = [step(at, at / 7) for at in range(1, 10_001)]
    at_once, by_parts = history(*records), History()
    for begin in range(0, len(records), 333):
        by_parts.extend(records[begin : begin + 333])
    wanted = np.arange(1, 10_001) / 7
    np.testing.assert_array_equal(at_once.steps["loss"], wanted)
    np.testing.assert_array_equal(by_parts.steps["loss"], wanted)


def test_the_last_epochs_tables_go_back_with_a_resume() -> None:
    made = history(
        step(4),
        epoch(1, 4, confusion=((4, 0), (1, 3))),
        step(8),
        epoch(2, 8, confusion=((5, 0), (0, 3))),
    )
    assert made.epoch is not None
    assert made.epoch.confusion == ((5, 0), (0, 3))
    made.extend([resumed(4, 1)])
    assert made.epoch.confusion == ((4, 0), (1, 3))
    made.extend([resumed(0, 0)])
    assert made.epoch is None


def test_kernels_are_kept_for_each_epoch_that_stands() -> None:
    first, second = [[[[0.5, 1.0]]]], [[[[2.0, 3.0]]]]
    made = history(epoch(1, 4, kernels=first), epoch(2, 8, kernels=second), epoch(3, 12))
    assert [at for at, _ in made.kernels] == [1, 2]
    assert made.kernels[1][1].tolist() == second
    assert made.kernels[0][1].shape == (1, 1, 1, 2)
    made.extend([resumed(4, 1)])
    assert [at for at, _ in made.kernels] == [1]


@pytest.mark.parametrize("kernels", [[[1.0]], [[[["x"]]]], [[[[1.0], [1.0, 2.0]]]], 3, None])
def test_kernels_that_are_none_are_left_out(kernels: Any) -> None:
    assert history({**epoch(1, 4), "kernels": kernels}).kernels == []


def test_events_are_kept_as_they_were_told() -> None:
    failed, ended = Failed(2, "NaN"), Ended(2, 0, "asked", 1.0, 2.0, None, None, None, None)
    made = history(record_of(START, 1.0), record_of(Checkpoint(2, 0, True), 2.0))
    made.extend([record_of(Checkpoint(3, 0, False), 3.0), record_of(failed, 4.0)])
    assert (made.start, made.failure) == (START, failed)
    assert (made.checkpoint, made.best) == (Checkpoint(3, 0, False), Checkpoint(2, 0, True))
    assert made.updated == 4.0
    made.extend([resumed(2, 0), record_of(ended, 5.0)])
    assert (made.failure, made.ended) == (None, ended)
    made.extend([step(3)])
    assert made.ended is None


def test_a_pause_lasts_until_the_run_goes_on() -> None:
    made = history(record_of(Noted(1, "paused", ""), 0.0), record_of(Noted(1, "warning", "w"), 0.0))
    assert made.paused
    assert [note.what for note in made.notes] == ["paused", "warning"]
    made.extend([record_of(Noted(1, "continued", ""), 0.0)])
    assert not made.paused
    made.extend([record_of(Noted(1, "paused", ""), 0.0), resumed(1, 0)])
    assert not made.paused
