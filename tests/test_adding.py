"""Every example of docs/adding.md, laid into a copy of the package and used; nothing is edited."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCS = (ROOT / "docs" / "adding.md").read_text(encoding="utf-8")
NAMED = re.compile(
    r"`((?:panes|nets|datasets)/[\w/]+\.py|95-hello\.md)`.*?\n(`{3,4})\w+\n(.*?)\n\2\n", re.DOTALL
)
FILES = {name: text for name, _, text in NAMED.findall(DOCS)}

PRESSED = """
import asyncio
from cnntui.app import laboratory
from cnntui.settings import Settings
from cnntui.ui.shell.help import Help
from cnntui.ui.shell.laboratory import Laboratory
from cnntui.ui.terminal import Terminal

async def main():
    app = laboratory(Laboratory, Terminal(80, 24, "truecolor", True, True, ""), Settings())
    app.after_first_frame = None
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f10")
        while not app.screen.query("HelloPane"):
            await pilot.pause()
        pane = app.screen.query_one("HelloPane")
        await pilot.press("space", "space")
        assert pane.state.count == 3, pane.state
        assert len(pane.query_one("Words").lines) == 3
        assert pane.link() == "hello?count=3", pane.link()
        palette = [hit.help for hit in [h async for h in app_commands(app)]]
        assert "greet somebody, as often as is wanted" in palette
        app._help_of(pane, app.screen.entry, None)
        await pilot.pause()
        assert isinstance(app.screen, Help)

def app_commands(app):
    from cnntui.ui.shell.laboratory import PaneCommands
    return PaneCommands(app.screen).discover()

asyncio.run(main())
print("pressed")
"""


@pytest.fixture(scope="module")
def package(tmp_path_factory) -> Path:
    """A folder with a copy of the package, the samples beside it, and the examples in it."""
    folder = tmp_path_factory.mktemp("added")
    shutil.copytree(
        ROOT / "cnntui", folder / "cnntui", ignore=shutil.ignore_patterns("__pycache__")
    )
    (folder / "samples").symlink_to(ROOT / "samples")
    for name, text in FILES.items():
        file = folder / ("mine" if name.endswith(".md") else "cnntui") / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{text}\n", encoding="utf-8")
    return folder


@pytest.fixture
def run(package):
    """Run Python in that folder; it must succeed, and say nothing on stderr unless it ``says``."""

    def done(*words: str, says: bool = False) -> str:
        ran = subprocess.run(
            [sys.executable, *words],
            cwd=package,
            env=os.environ | {"PYTHONPATH": str(package)},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert (ran.returncode, bool(ran.stderr)) == (0, says), ran.stdout + ran.stderr
        return ran.stderr if says else ran.stdout

    return done


def cnntui(run, *words):
    return run("-m", "cnntui", *words)


def test_the_examples_are_those_of_the_page():
    names = {"__init__", "state", "frame", "pane", "options", "command", "link", "facts"}
    panes = {f"panes/hello/{name}.py" for name in names}
    assert set(FILES) == panes | {"nets/tiny.py", "datasets/stripes.py", "95-hello.md"}


def test_a_pane_has_its_command(run):
    assert json.loads(cnntui(run, "hello", "--count", "2", "--json"))["lines"] == 2 * [
        "hello, world"
    ]
    assert "greet somebody" in cnntui(run, "--help")
    refused = run("-c", "from cnntui.cli import main; main(['hello', '--count', '10'])", says=True)
    assert refused.startswith("cnntui: argument --count: '10' is no count; give 1 to 9;")
    assert "--name N" in cnntui(run, "hello", "--help")


def test_a_pane_has_its_key_palette_entry_help_and_link(run):
    assert run("-c", PRESSED) == "pressed\n"
    code = "from cnntui.cli.commands.open import opened; print(opened('hello?name=Ada&count=3'))"
    assert run("-c", code) == "('hello', HelloState(name='Ada', count=3))\n"


@pytest.mark.slow
def test_a_lesson_checks_its_facts(run):
    assert cnntui(run, "learn", "--check", "mine").startswith("1 lesson: every link, key")


@pytest.mark.slow
def test_an_architecture_is_traced(run):
    traced = json.loads(cnntui(run, "layers", "tiny", "--json"))
    assert traced["total_params"] == 16 * 9 + 16 + 576 * 10 + 10
    assert '"tiny"' in cnntui(run, "nets", "--json")


def test_a_data_set_is_read(run):
    figures = json.loads(cnntui(run, "gallery", "stripes", "--json"))
    assert figures["counts"] == {"train": [36, 36], "validation": [4, 4], "test": [10, 10]}
    assert figures["shape"] == [1, 8, 8]


def test_the_contracts_hold_with_them(package, run):
    shutil.copy(ROOT / "pyproject.toml", package)
    code = (
        "from importlinter.cli import lint_imports as lint; raise SystemExit(lint(no_cache=True))"
    )
    assert "0 broken" in run("-c", code)
