"""Requests to a worker: in order, once, whole, and only where somebody listens."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from cnntui.errors import UserError
from cnntui.training.run.control import KINDS, Request, Requests, ask
from cnntui.training.runs import RunWriter


@pytest.mark.parametrize("kind", KINDS)
def test_a_request_arrives_once(tmp_path: Path, kind: str) -> None:
    now = [0.0]
    with RunWriter(tmp_path):
        requests = Requests(tmp_path, lambda: now[0])
        asked = Request(kind, 0.125 if kind == "learning-rate" else None)
        ask(tmp_path, asked)
        assert requests.poll() == [asked]
        now[0] += 1
        assert requests.poll() == []
        assert os.listdir(tmp_path / "control") == []


def test_requests_arrive_in_order(tmp_path: Path) -> None:
    asked = [Request("pause"), *(Request("learning-rate", 1.0 / n) for n in range(1, 30))]
    with RunWriter(tmp_path):
        for request in asked:
            ask(tmp_path, request)
        assert Requests(tmp_path).poll() == asked


def test_the_folder_is_looked_into_ten_times_a_second(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, looks, scandir = [0.0], [], os.scandir
    requests = Requests(tmp_path, lambda: now[0])
    monkeypatch.setattr(os, "scandir", lambda path: (looks.append(now[0]), scandir(path))[1])
    for now[0] in (0.0, 0.05, 0.0999, 0.11, 0.15, 0.2, 0.22, 0.3):
        assert requests.poll() == []
    assert looks == [0.0, 0.11, 0.22]


def test_nothing_is_asked_of_a_run_that_nobody_writes(tmp_path: Path) -> None:
    with RunWriter(tmp_path):
        pass
    with pytest.raises(UserError, match="isn't running"):
        ask(tmp_path, Request("stop"))
    assert os.listdir(tmp_path / "control") == []


def test_what_a_killed_worker_never_read_is_not_obeyed_by_the_next(tmp_path: Path) -> None:
    with RunWriter(tmp_path):
        ask(tmp_path, Request("stop"))
    with RunWriter(tmp_path):
        assert Requests(tmp_path).poll() == []


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[]", "3", '{"kind": 3}', '{"kind": "erase"}', '{"kind": ["stop"]}'),
        *('{"kind": "learning-rate"}', '{"kind": "learning-rate", "value": "1"}'),
        '{"kind": "learning-rate", "value": -1}',
        '{"kind": "learning-rate", "value": NaN}',
        "[" * 3000,
    ],
)
def test_what_is_no_request_is_removed(tmp_path: Path, text: str) -> None:
    with RunWriter(tmp_path):
        (tmp_path / "control" / "1.json").write_text(text)
        (tmp_path / "control" / "2.json").write_text(json.dumps({"kind": "pause"}))
        (tmp_path / "control" / ".tmp-3.json").write_text('{"kind": "stop"}')
        (tmp_path / "control" / "notes.txt").write_text("mine")
        assert Requests(tmp_path).poll() == [Request("pause")]
        assert sorted(os.listdir(tmp_path / "control")) == [".tmp-3.json", "notes.txt"]


@pytest.mark.parametrize("value", [None, 0.0, -0.1, float("nan"), float("inf"), True])
def test_a_rate_that_is_none_is_refused(value: float | None) -> None:
    with pytest.raises(UserError, match="no learning rate"):
        Request("learning-rate", value)


def test_a_request_that_is_none_is_refused() -> None:
    with pytest.raises(UserError, match="pause, resume, stop"):
        Request("explode")
