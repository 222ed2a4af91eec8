"""What is asked of a run: the code it would execute is what its worker reads, never its log."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cnntui.errors import UserError
from cnntui.parts.runs import requests
from cnntui.training import launching
from cnntui.training.events import Start, Step
from cnntui.training.runs import RunWriter

CODE = "/their/evil.py:F"
START = Start("digits", "lenet5", ("0",), (1, 8, 8), 61, 3, 9, (10, 2, 3), "cpu", "fp32", 1)


def run_of(path: Path, **config) -> Path:
    """A run that lost its worker, whose log says that it trains lenet5."""
    with RunWriter(path, {"dataset": "digits", "net": "lenet5", **config}) as run:
        run.append(START)
        run.append(Step(9, 1.0, 0.75, 0.5, 0.1, 9.0))
    return path


@pytest.fixture
def launched(monkeypatch):
    """The runs that a worker would have been started for."""
    runs = []
    monkeypatch.setattr(launching, "launch", lambda run, nice: runs.append((run, nice)))
    return runs


@pytest.mark.parametrize(
    ("config", "code"),
    [
        ({}, ""),
        ({"net": CODE}, CODE),
        ({"net": "os:abort"}, "os:abort"),
        ({"net": CODE, "net_text": "input 1x8x8\nflatten\ndense 10\n"}, ""),
    ],
)
def test_the_code_of_a_run_is_what_its_settings_name(tmp_path, config, code):
    assert requests.code_of(run_of(tmp_path / "run", **config)) == code


def test_the_code_is_what_the_worker_reads(tmp_path):
    from cnntui.training.options import worker_request

    run = run_of(tmp_path / "run", net=CODE)
    assert worker_request([str(run)])[1].net == requests.code_of(run)


def test_code_runs_where_it_is_trusted_or_in_the_users_own_folder(tmp_path, launched):
    runs = tmp_path / "runs"
    own, stranger = run_of(runs / "own", net=CODE), run_of(tmp_path / "stranger", net=CODE)
    for trusted in ("", "/their/other.py:F"):
        with pytest.raises(UserError, match=f"--net {CODE}"):
            requests.go_on(own, trusted)
        with pytest.raises(UserError, match="lies outside"):
            requests.go_on(stranger, trusted, runs=runs)
    assert launched == []
    requests.go_on(own, CODE)
    requests.go_on(own, runs=runs, nice=3)
    requests.go_on(stranger, CODE, runs=runs)
    assert launched == [(own, 10), (own, 3), (stranger, 10)]


def test_settings_that_cannot_be_read_start_nothing(tmp_path, launched):
    run = run_of(tmp_path / "run")
    (run / "config.json").write_text(json.dumps({"v": 1, "net": {"a": 1}}))
    with pytest.raises(UserError, match="net"):
        requests.go_on(run)
    assert launched == []
