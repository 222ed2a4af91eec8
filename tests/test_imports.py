"""Who imports whom: the contracts catch what they forbid, and a start loads nothing heavy."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HEAVY = ("torch", "numpy", "PIL", "scipy", "safetensors")
OURS = ("cnntui.engine", "cnntui.sources", "cnntui.models", "cnntui.training", "cnntui.course")

TELL = """
import sys
PLUGINS = ("cnntui.panes.", "cnntui.parts.")
loaded = sorted(n for n in sys.modules if n.startswith(PLUGINS) and n.endswith((".pane", ".state"))
                or any(n == h or n.startswith(h + ".") for h in FORBIDDEN))
sys.stderr.write("loaded: " + " ".join(loaded) + "\\n")
"""


def loaded_by(code: str, forbidden=(*HEAVY, *OURS)) -> str:
    """Return which forbidden modules and panes are loaded after running ``code``."""
    done = subprocess.run(
        [sys.executable, "-c", f"FORBIDDEN = {forbidden!r}\n{code}\n{TELL}"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    return done.stderr.splitlines()[-1].removeprefix("loaded: ").strip()


@pytest.mark.parametrize(
    "code",
    [
        "from cnntui.cli import main; main(['--version'])",
        "from cnntui.cli import main; main(['--help'])",
        "from cnntui.cli import main; main(['conv', '--help'])",
        "from cnntui.cli import main; main(['bogus'])",
        "from cnntui.registry import entries; assert len(entries('panes')) >= 3",
    ],
)
def test_what_prints_loads_nothing_heavy_and_no_screen(code):
    assert loaded_by(code, (*HEAVY, *OURS, "textual")) == ""


@pytest.mark.parametrize(
    "code",
    [
        "from cnntui.cli import main; main([])",
        "import cnntui.app, cnntui.cli.commands.doctor, cnntui.settings",
    ],
)
def test_a_start_loads_nothing_heavy(code):
    assert loaded_by(code) == ""


def test_the_samples_are_listed_without_torch():
    code = "from cnntui.cli import main; main(['samples', '--json'])"
    assert loaded_by(code, ("textual", "torch")) == ""


def test_import_cnntui_loads_nothing_at_all():
    code = """
import sys
before = set(sys.modules)
import cnntui
assert set(sys.modules) - before <= {"cnntui", "__future__"}, set(sys.modules) - before
"""
    assert loaded_by(code) == ""


def test_no_pane_loads_torch_by_itself():
    code = """
from cnntui.registry import entries
for entry in entries("panes"):
    for name in ("pane", "command", "link", "facts"):
        entry.part(name)
"""
    assert not [name for name in loaded_by(code, ("torch",)).split() if "torch" in name]


FIRST_FRAME = """
import asyncio
from cnntui.app import laboratory
from cnntui.settings import Settings
from cnntui.ui.shell.laboratory import Laboratory
from cnntui.ui.terminal import Terminal

async def main():
    terminal = Terminal(80, 24, "truecolor", True, True, "")
    app = laboratory(Laboratory, terminal, Settings())
    app.after_first_frame = None
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        first = app.screen.query_one("OptionList").get_option_at_index(0)
        assert "Lessons" in str(first.prompt)

asyncio.run(main())
"""


def test_the_first_frame_loads_nothing_heavy():
    assert loaded_by(FIRST_FRAME) == ""


def test_the_command_reads_and_works_out_a_step_without_torch():
    code = """
import cnntui.app, cnntui.cli, cnntui.ui.terminal
from cnntui.ui.terminal import Terminal
opened = []
cnntui.ui.terminal.here = lambda: Terminal(80, 24, "truecolor", True, True, "")
cnntui.app.run = lambda *given: opened.append(given) or 0
assert cnntui.cli.main(["conv", "--input", "chelsea", "--cells", "16", "--step", "3"]) == 0
assert cnntui.cli.main(["pool", "--kind", "avg", "--step", "3"]) == 0
assert cnntui.cli.main(["filters"]) == 0
assert [given[2] for given in opened] == ["conv", "pool", "filters"]
assert [given[3].index for given in opened[:2]] == [3, 3]
import cnntui.panes.conv.pane, cnntui.panes.pool.pane, cnntui.panes.filters.pane
"""
    loaded = loaded_by(code, ("torch",)).split()
    assert {f"cnntui.panes.{name}.pane" for name in ("conv", "pool", "filters")} <= set(loaded)
    assert all(name.startswith("cnntui.") for name in loaded)  # and nothing of torch


# the contracts


def contracts():
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return {c["id"]: c for c in config["tool"]["importlinter"]["contracts"]}


def test_every_room_has_its_floor():
    floors = {
        name.strip() for floor in contracts()["layers"]["layers"] for name in floor.split("|")
    }
    there = {p.parent.name if p.name == "__init__.py" else p.stem for p in rooms_and_files()}
    assert floors == there - {"__init__", "cnntui"}


def rooms_and_files():
    package = ROOT / "cnntui"
    return [*package.glob("*/__init__.py"), *package.glob("*.py")]


@pytest.mark.parametrize(
    ("contract", "forbids"),
    [
        ("engine", {"textual", "argparse", "PIL"}),
        ("readers", {"textual", "argparse"}),
        ("states", {"torch", "textual", "argparse"}),
        ("screens", {"torch", "numpy", "argparse"}),
        ("training", {"textual", "rich"}),
        ("runs", {"torch", "numpy", "textual"}),
        ("ui", {"torch", "numpy"}),
        ("ground", {"torch", "numpy", "textual"}),
    ],
)
def test_the_contracts_forbid_what_the_design_forbids(contract, forbids):
    assert forbids <= set(contracts()[contract]["forbidden_modules"])


def test_no_contract_has_a_list_of_exceptions():
    for contract in contracts().values():
        assert len(contract.get("ignore_imports", ())) <= 3, contract["id"]


VIOLATIONS = {
    "layers": ("engine/padded.py", "from cnntui.ui.drawing import cells"),
    "panes": ("panes/conv/words.py", "from cnntui.panes.pool import frame"),
    "parts": ("parts/boards/viewport.py", "from cnntui.parts.stepping import state"),
    "ground": ("ground/bars.py", "import numpy"),
    "engine": ("engine/geometry.py", "import argparse"),
    "nets": ("nets/lenet.py", "import numpy"),
    "readers": ("models/naming.py", "import textual"),
    "arrays": ("sources/files.py", "import torch"),
    "training": ("training/loop/schedules.py", "import rich"),
    "runs": ("training/run/control.py", "import orjson"),
    "ui": ("ui/drawing/cells.py", "import numpy"),
    "states": ("panes/layers/state.py", "import torch"),
    "screens": ("panes/pool/pane.py", "import numpy"),
    "commands": ("panes/pool/command.py", "import textual"),
}


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Check the contracts of the copy in ``folder``, whatever is installed."""
    return subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from importlinter.cli import lint_imports;"
            "sys.exit(lint_imports(config_filename='pyproject.toml', no_cache=True))",
        ],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.fixture
def copy(tmp_path):
    """A copy of the package and its contracts."""
    shutil.copytree(
        ROOT / "cnntui", tmp_path / "cnntui", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_contracts_hold_and_catch_a_violation_of_each(copy):
    clean = lint_imports(copy)
    assert (clean.returncode, clean.stdout.count("KEPT")) == (0, len(contracts())), clean.stdout
    assert set(VIOLATIONS) == set(contracts())
    for name, line in VIOLATIONS.values():
        file = copy / "cnntui" / name
        file.write_text(f"{file.read_text(encoding='utf-8')}\n{line}\n", encoding="utf-8")
    broken = lint_imports(copy)
    assert broken.returncode == 1
    for contract in VIOLATIONS:
        assert f"{contracts()[contract]['name']} BROKEN" in broken.stdout


def test_every_module_says_what_it_knows():
    for file in (ROOT / "cnntui").rglob("*.py"):
        assert file.read_text(encoding="utf-8").startswith('"""'), file
