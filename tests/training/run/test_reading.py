"""The run's reader: torn lines, truncations at every byte, replaced logs, hostile lines."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnntui.training.events import (
    KINDS,
    Checkpoint,
    ClassFigures,
    Ended,
    Epoch,
    Failed,
    Noted,
    Resumed,
    Start,
    Step,
    WrongExample,
    line_of,
    number,
    record_of,
)
from cnntui.training.run.event_parsing import event_of
from cnntui.training.run.history import History
from cnntui.training.run.reading import OVER, RunReader

EVENTS = (
    Start("digits", "lenet5", ("0", "é"), (1, 8, 8), 61, 3, 9, (10, 2, 3), "cpu", "fp32", 1),
    Step(1, 0.5, math.nan, 0.125, 1e-3, 640.0, 2.0, 99),
    Noted(1, "warning", "slow"),
    Epoch(
        *(1, 2, 1.0, 0.5, 1.5, 0.25, 1.0, 1e-3, 2.0, 640.0, True),
        confusion=((1, 0), (2, 3)),
        per_class=(ClassFigures(0.5, 1.0, 0.75, 4), ClassFigures(0.0, 0.0, 0.0, 0)),
        wrong=(WrongExample(3, 1, 0, 0.875, 2.5),),
        kernels=((((0.5, -0.5),),),),
    ),
    Checkpoint(2, 1, True),
    Resumed(2, 1),
    Failed(3, "non-finite loss", "lower the rate", 0.1, {"conv1": math.inf}),
    Ended(3, 1, "asked", 2.0, 600.0, 1.0, None, 0.25, 1, confusion=((1, 1), (0, 2))),
)
LINES = [line_of(record_of(event, 100.0 + at)) for at, event in enumerate(EVENTS)]


def log(folder: Path, content: bytes) -> Path:
    (folder / "events.jsonl").write_bytes(content)
    return folder


def ran(records: list[dict[str, Any]]) -> list[str]:
    return [record["event"] for record in records]


def same(first: Any, second: Any) -> bool:
    return repr(first) == repr(second)  # NaN is itself here


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.kind)
def test_an_event_comes_back_as_it_was(event: Any) -> None:
    record = json.loads(line_of(record_of(event, 1.0)))
    assert same(event_of(record), event)


def test_every_field_of_every_kind_can_be_read_back() -> None:
    for kind in KINDS:
        assert isinstance(event_of({"event": kind}), KINDS[kind])
    assert event_of({"event": "later"}) is None
    assert event_of({"event": ["step"]}) is None


def test_records_come_once_each_as_they_are_written(tmp_path: Path) -> None:
    reader = RunReader(tmp_path)
    assert reader.poll() == []
    got = []
    with (tmp_path / "events.jsonl").open("ab", buffering=0) as file:
        for line in LINES:
            file.write(line[:7])
            assert reader.poll() == []
            file.write(line[7:])
            got += reader.poll()
    assert got == [json.loads(line) for line in LINES]
    assert reader.poll() == []


def test_a_truncation_at_every_byte_loses_the_torn_line_alone(tmp_path: Path) -> None:
    whole, ends = b"".join(LINES), []
    for line in LINES:
        ends.append((ends[-1] if ends else 0) + len(line))
    for cut in range(len(whole) + 1):
        log(tmp_path, whole[:cut])
        reader = RunReader(tmp_path)
        records = reader.poll()
        assert len(records) == sum(end <= cut for end in ends)
        History().extend(records)
        if cut % 16 == 0:  # a writer comes back and goes on in a line of its own
            log(tmp_path, whole[:cut] + b"\n" + LINES[1])
            assert ran(reader.poll())[-1] == "step"


@pytest.mark.parametrize("size", [1, 7, 100, 5000])
def test_a_limit_only_cuts_the_work(tmp_path: Path, size: int) -> None:
    reader = RunReader(log(tmp_path, b"".join(LINES)))
    got = reader.poll(size)
    while reader.behind:
        got += reader.poll(size)
    assert got == [json.loads(line) for line in LINES]


def test_a_line_longer_than_what_is_read_at_once(tmp_path: Path) -> None:
    long = line_of(record_of(Noted(1, "warning", "x" * 700_000), 1.0))
    reader = RunReader(log(tmp_path, LINES[1] + long + LINES[1]))
    assert ran(reader.poll()) == ["step", "noted", "step"]


@pytest.mark.parametrize(
    "line",
    [
        *(b"", b"{", b"null", b"[1]", b"3", b"\xff\xfe", b"\0\0\0", b'{"v":1}', b"[" * 3000),
        *(
            b'{"event":"later","v":9}',
            b'{"event":["step"]}',
            b'{"event":{"a":1}}',
            b'{"event":null}',
        ),
        b'{"event":"step" {"v":1,"event":"step","step":1}',
    ],
)
def test_what_is_no_record_is_left_out(tmp_path: Path, line: bytes) -> None:
    reader = RunReader(log(tmp_path, LINES[1] + line + b"\n" + LINES[2]))
    assert ran(reader.poll()) == ["step", "noted"]


def test_fields_of_a_later_version_are_passed_over(tmp_path: Path) -> None:
    later = {"v": 2, "event": "checkpoint", "step": 3, "epoch": 1, "best": True, "size": [1]}
    reader = RunReader(log(tmp_path, line_of(later)))
    history = History()
    history.extend(reader.poll())
    assert history.checkpoint == Checkpoint(3, 1, True)


@pytest.mark.parametrize("other", [LINES[2], b"".join(LINES[1:]) * 2, b""])
def test_a_replaced_log_is_read_anew(tmp_path: Path, other: bytes) -> None:
    reader, history = RunReader(log(tmp_path, b"".join(LINES[:2]))), History()
    history.extend(reader.poll())
    assert len(history.steps) == 1
    (tmp_path / "beside").write_bytes(other)
    os.replace(tmp_path / "beside", tmp_path / "events.jsonl")
    records = reader.poll()
    assert ran(records)[0] == OVER
    history.extend(records)
    assert history.start is None
    assert len(history.steps) == other.count(b'"event":"step"')
    assert reader.poll() == []


def test_a_copy_of_the_same_log_is_read_on(tmp_path: Path) -> None:
    reader = RunReader(log(tmp_path, LINES[0]))
    reader.poll()
    (tmp_path / "beside").write_bytes(LINES[0] + LINES[1])  # as rsync does
    os.replace(tmp_path / "beside", tmp_path / "events.jsonl")
    assert ran(reader.poll()) == ["step"]


def test_a_log_that_went_away_is_waited_for(tmp_path: Path) -> None:
    reader = RunReader(log(tmp_path, LINES[0]))
    reader.poll()
    (tmp_path / "events.jsonl").unlink()
    assert reader.poll() == []
    (tmp_path / "events.jsonl").mkdir()
    assert reader.poll() == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
FIELDS = sorted({name for kind in KINDS.values() for name in kind.__dataclass_fields__})


@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(KINDS)), st.dictionaries(st.sampled_from(FIELDS), JSON))
    )
)
def test_no_record_of_wrong_values_breaks_a_history(told: list[tuple[str, dict[str, Any]]]) -> None:
    records = [{**values, "v": 1, "event": kind} for kind, values in told]
    for record in records:
        assert isinstance(event_of(record), KINDS[record["event"]])
    history = History()
    history.extend(records)
    assert len(history.steps["loss"]) == len(history.steps)


@given(st.floats())
def test_any_float_comes_back(value: float) -> None:
    event = Step(1, 0.0, value, 0.0, 0.0, 0.0)
    back = number(json.loads(line_of(record_of(event, 0.0)))["loss"])
    assert same(back, value)
