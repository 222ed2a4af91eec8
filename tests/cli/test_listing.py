"""``samples``, ``doctor``, ``--version``, help, the first screen's words, and where they go."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

import cnntui
from cnntui.registry import entries
from cnntui.sources.inputs import load_input
from cnntui.sources.kernels import load_kernel

COMMANDS = ["samples", "doctor", *(entry.name for entry in entries("panes"))]


def test_version(ran):
    assert ran("--version").out == f"cnntui {cnntui.__version__}\n"
    assert version("cnntui") == cnntui.__version__


def test_samples_tells_everything_by_name_and_shape(ran):
    done = ran("samples", "--json")
    listed = json.loads(done.out)
    assert (done.code, list(listed)) == (0, ["inputs", "kernels"])
    for kind, load in (("inputs", load_input), ("kernels", load_kernel)):
        for entry in listed[kind]:
            assert list(load(entry["name"]).values.shape) == entry["shape"]
            assert entry["summary"]
    names = {entry["name"] for kind in listed.values() for entry in kind}
    assert {"digit", "chelsea", "pool-4x4", "sobel-x", "edges-bank", "rgb-bank"} <= names


def test_samples_in_words(ran):
    done = ran("samples")
    listed = json.loads(ran("samples", "--json").out)
    lines = [line.split() for line in done.out.splitlines()]
    for entry in (*listed["inputs"], *listed["kernels"]):
        size = "×".join(map(str, entry["shape"]))
        assert [entry["name"], size, *entry["summary"].split()] in lines
    assert max(map(len, done.out.splitlines())) <= 100


def test_doctor(ran, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "c"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "s"))
    monkeypatch.setenv("COLUMNS", "132")
    monkeypatch.setenv("LINES", "43")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("COLORTERM", raising=False)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    found = json.loads(ran("doctor", "--json").out)
    assert found["versions"]["torch"] == version("torch")
    assert found["versions"]["textual"] == version("textual")
    assert found["versions"]["python"] == platform.python_version()
    import torch

    device = "cuda:0" if torch.cuda.is_available() else "cpu"
    assert found["device"]["name"].startswith(device) or found["device"]["name"] == "mps"
    assert found["device"]["memory"] >= found["device"]["free"] > 0
    terminal = found["terminal"]
    assert (terminal["colors"], terminal["unicode"]) == ("256", True)
    assert (terminal["columns"], terminal["rows"]) == (132, 43)
    assert terminal["paints"] is False
    if sys.platform == "linux":
        assert found["paths"]["settings"] == str(tmp_path / "c/cnntui/settings.toml")
        assert found["paths"]["runs"] == str(tmp_path / "s/cnntui/runs")
    words = ran("doctor").out
    for fact in (version("torch"), device, "256", "132 columns, 43 rows", found["paths"]["runs"]):
        assert fact in words
    assert not list(tmp_path.iterdir())  # it looks and changes nothing


@pytest.mark.parametrize("command", [[], *([name] for name in COMMANDS)])
def test_help(ran, command):
    done = ran(*command, "--help")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"usage: cnntui{''.join(' ' + word for word in command)}")
    assert done.out.isascii()


def test_help_lists_every_command_and_option(ran):
    out = ran("--help").out
    for name in COMMANDS:
        assert f"\n    {name} " in out
    promised = (
        "--input --kernel --stride --padding --padding-mode --dilation --groups --bias "
        "--activation --step --device --print --json"
    )
    out = ran("conv", "--help").out
    assert all(f"{option} " in out or f"{option}\n" in out for option in promised.split())
    promised = (
        "--input --kind --size --stride --padding --dilation --ceil-mode --exclude-pad "
        "--output-size --step --device --print --json"
    )
    out = ran("pool", "--help").out
    assert all(f"{option} " in out or f"{option}\n" in out for option in promised.split())


def test_without_a_terminal_the_first_screen_is_words(ran):
    done = ran()
    assert (done.code, done.err) == (0, "")
    assert "is not a terminal" in done.out
    for entry in entries("panes"):
        assert f"cnntui {entry.name}" in done.out
    example = done.out.strip().splitlines()[-1].removeprefix("Example: cnntui ")
    assert ran(*example.split()).code == 0


# in a process of its own


def shell(command, **environ):
    """Run a shell line in which ``cnntui`` is this one; streams buffered as they usually are."""
    words = {k: v for k, v in os.environ.items() if k not in ("PYTHONUNBUFFERED", "LC_ALL")}
    return subprocess.run(
        ["bash", "-c", f'cnntui() {{ "{sys.executable}" -m cnntui "$@"; }}\n{command}'],
        env=words | {"LANG": "C.UTF-8"} | environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=Path(cnntui.__file__).parents[1],
    )


@pytest.mark.parametrize(
    ("command", "unbuffered"),
    [
        ("samples | head -1", ""),
        ("samples | head -1", "1"),
        ("samples | true", ""),
        ("--help | true", ""),
        ("--version | true", ""),
        ("pool --input chelsea --json | head -c 20", ""),
    ],
)
def test_the_reader_of_a_pipe_may_leave(command, unbuffered):
    done = shell(f"cnntui {command}", PYTHONUNBUFFERED=unbuffered)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_a_full_disk_is_one_line():
    done = shell("cnntui samples > /dev/full")
    assert done.returncode == 1
    assert done.stderr.startswith("cnntui: ")
    assert done.stderr.count("\n") == 1


def test_the_exit_code_reaches_the_shell():
    done = shell(
        "cnntui conv --stride 0; echo $?; cnntui bogus; echo $?; cnntui --version; echo $?"
    )
    lines = done.stdout.splitlines()
    assert [lines[0], lines[1], lines[-1]] == ["2", "2", "0"]
    assert done.stderr.count("\n") == 2


@pytest.mark.parametrize(
    ("encoding", "command"),
    [
        ("ascii", "samples"),
        ("ascii", "conv --padding same --print"),
        ("latin-1", "pool --print"),
    ],
)
def test_an_encoding_without_our_signs(encoding, command):
    done = shell(f"cnntui {command}", PYTHONIOENCODING=encoding)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.isascii()
    assert "?" not in done.stdout


def test_json_is_ascii_whatever_the_encoding(ran):
    assert ran("samples", "--json").out.isascii()
