"""Fixtures that run the command line in this process and read what it prints."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from cnntui.cli import main


@dataclass(frozen=True)
class Ran:
    """The exit code and what was printed."""

    code: int
    out: str
    err: str


@pytest.fixture
def ran(capfd: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Run a command; what is written to the file descriptors counts as well."""

    def run(*argv: object) -> Ran:
        capfd.readouterr()
        code = main([str(word) for word in argv])
        return Ran(code, *capfd.readouterr())

    return run


@pytest.fixture
def found(ran: Callable[..., Ran]) -> Callable[..., dict[str, Any]]:
    """Run a command on the CPU with ``--json`` and return its one object."""

    def run(*argv: object) -> dict[str, Any]:
        done = ran(*argv, "--device", "cpu", "--json")
        assert (done.code, done.err) == (0, "")
        assert done.out.count("\n") == 1
        object_: dict[str, Any] = json.loads(done.out, parse_constant=_refuse)
        return object_

    return run


def _refuse(name: str) -> None:
    raise AssertionError(f"{name} is not JSON")


@pytest.fixture
def refused(ran: Callable[..., Ran]) -> Callable[..., str]:
    """Run a command that must be refused, and return its one line."""

    def run(*argv: object) -> str:
        done = ran(*argv)
        assert (done.code, done.out) == (2, "")
        assert done.err.startswith("cnntui: ")
        assert done.err.endswith("\n")
        line = done.err[:-1]
        assert line.isprintable(), line
        assert "Traceback" not in line
        return line

    return run
