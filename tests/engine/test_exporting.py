"""The exported file: runs with torch alone, equals what is built, and is formatted as by hand."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from torch import nn

from cnntui.engine.building.built import build
from cnntui.engine.building.exporting import code
from cnntui.engine.building.parsing import parse, shaped
from cnntui.errors import UserError
from tests.engine.written import Shape, legal_networks

SAMPLES = sorted((Path(__file__).parents[2] / "samples/networks").glob("*.txt"))
LONG = "conv 1000 3x5 s2x3 p100x120 d2x3 nobias bn leaky-relu\nconv 1000 7x9 g1000 p3x4 s2x1 d1x3\n"

# each file as a program of its own, with nothing of this project in reach
ALONE = """
import runpy, sys
sys.modules["cnntui"] = None
for file in sys.argv[1:]:
    runpy.run_path(file, run_name="__main__")
"""

pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same' with even")


def net_of(source: str) -> nn.Module:
    names: dict[str, Any] = {"__name__": "exported"}
    exec(compile(source, "exported", "exec"), names)
    made: nn.Module = names["Net"]()
    return made


def kinds(net: nn.Module) -> list[tuple[str, str]]:
    return [(name, type(module).__name__) for name, module in net.named_modules() if name]


def check_equal(net: nn.Module, own: nn.Module, start: Shape) -> None:
    ours, theirs = net.state_dict(), own.state_dict()
    assert {k: v.shape for k, v in ours.items()} == {k: v.shape for k, v in theirs.items()}
    assert kinds(net) == kinds(own)
    net.load_state_dict(theirs)
    x = torch.randn(2, *start)
    with torch.no_grad():
        assert torch.equal(net.eval()(x), own.eval()(x))


def ruff(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "ruff", *arguments], capture_output=True, text=True, check=False
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_each_sample_runs_on_its_own(tmp_path: Path) -> None:
    expected = []
    for path in SAMPLES:
        blueprint = parse(path.read_text(encoding="utf-8"))
        (tmp_path / f"{path.stem}.py").write_text(code(blueprint), encoding="utf-8")
        count = sum(p.numel() for p in build(blueprint).parameters())
        expected += [f"output shape: (1, {shaped(blueprint).output[0]})", f"parameters: {count}"]
    files = [str(tmp_path / f"{path.stem}.py") for path in SAMPLES]
    done = subprocess.run(
        [sys.executable, "-I", "-c", ALONE, *files],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        cwd=tmp_path,
    )
    assert done.stderr == ""
    assert done.stdout.splitlines() == expected


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_equals_what_is_built(path: Path) -> None:
    blueprint = parse(path.read_text(encoding="utf-8"))
    check_equal(net_of(code(blueprint)), build(blueprint), shaped(blueprint).input)


@settings(max_examples=60)
@given(legal_networks())
def test_any_network_equals_what_is_built(drawn: tuple[str, Shape, list[nn.Module]]) -> None:
    blueprint = parse(drawn[0])
    check_equal(net_of(code(blueprint)), build(blueprint), drawn[1])


def test_it_is_formatted_and_clean(tmp_path: Path) -> None:
    texts = {path.stem: path.read_text(encoding="utf-8") for path in SAMPLES}
    texts["long"] = "input 1000x64x64\n" + LONG + "relu\n" * 9 + "gelu\ngap\ndropout 0.25\nsoftmax"
    for name, text in texts.items():
        (tmp_path / f"{name}.py").write_text(code(parse(text)), encoding="utf-8")
    assert ruff("format", "--isolated", "--no-cache", "--diff", str(tmp_path)) == ""
    rules = "E,F,W,I,UP,B,C4,SIM,RET,PIE"
    assert ruff("check", "--isolated", "--no-cache", f"--select={rules}", str(tmp_path)) == ""


def test_it_reads_as_written_by_hand() -> None:
    text = "input 1x28x28\nconv 32 3 relu\nmaxpool 2\nflatten\ndropout 0.5\ndense 10"
    assert """
    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, kernel_size=3)
        self.relu1 = nn.ReLU()
        self.pool1 = nn.MaxPool2d(2)
        self.flatten = nn.Flatten()
        self.dropout1 = nn.Dropout(0.5)
        self.dense1 = nn.Linear(5408, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.relu1(self.conv1(x))  # (N, 32, 26, 26)
        x = self.pool1(x)  # (N, 32, 13, 13)
        x = self.flatten(x)  # (N, 5408)
        x = self.dropout1(x)  # (N, 5408)
        return self.dense1(x)  # (N, 10)
""" in code(parse(text))


def test_the_block_is_there_only_where_it_is_used() -> None:
    assert "class Residual" not in code(parse("relu"), (3, 8, 8))
    assert "class Residual" in code(parse("residual 8"), (3, 8, 8))


def test_nothing_of_a_strangers_text_gets_into_the_file() -> None:
    text = 'relu # """ + __import__("os").system("x")\n# {classes} \\'
    assert code(parse(text), (3, 8, 8)) == code(parse("relu"), (3, 8, 8))
    ast.parse(code(parse(text), (3, 8, 8)))


def test_classes_and_faults_are_as_for_the_module() -> None:
    assert "nn.Linear(192, 4)" in code(parse("flatten\ndense 10"), (3, 8, 8), 4)
    with pytest.raises(UserError, match=r"line 1: .*flatten"):
        code(parse("dense 10"), (3, 8, 8))


def test_writing_code_loads_no_torch() -> None:
    script = (
        "import sys; from cnntui.engine.building.parsing import parse;"
        "from cnntui.engine.building.exporting import code;"
        "code(parse('residual 8'), (3, 8, 8)); assert 'torch' not in sys.modules"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
