"""A format of files that is one file of datasets/: its suffix is all there is to say of it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cnntui.datasets.naming import absolute, file_kinds, file_names, reader_of

ROOT = Path(__file__).parents[2]
TABLE = '''"""Pictures of two pixels, a line each: class,left,right."""

import numpy as np

from cnntui.datasets.dataset import Dataset, Split, Wanted
from cnntui.datasets.splitting import divided, finished

ABOUT = {
    "entry": "load",
    "order": 22,
    "datasets": [
        {
            "name": "table",
            "title": "A table of pixels",
            "classes": None,
            "shape": None,
            "train": None,
            "test": None,
            "licence": "the user's",
            "source": "--dataset FILE.csv",
            "offline": False,
            "flip": True,
            "options": {},
            "files": [],
            "suffixes": [".csv"],
        },
    ],
}


def load(wanted: Wanted) -> Dataset:
    rows = np.loadtxt(wanted.folder, delimiter=",", dtype=np.int64)
    images = rows[:, 1:].astype(np.uint8).reshape(len(rows), 1, 1, 2)
    train, test = divided(Split(images, rows[:, 0]), 0.2)
    return finished(wanted, "table", ("one", "other"), (train, None, test))
'''
USED = """
import argparse, json
from cnntui.datasets.naming import load_dataset
from cnntui.training.options import add_options, config_of

parser = argparse.ArgumentParser()
add_options(parser)
config = config_of(parser.parse_args(["--dataset", "pixels.csv:validation=0.2", "--net", "lenet5"]))
print(json.dumps([config.dataset, len(load_dataset("pixels.csv").test)]))
"""


@pytest.fixture
def package(tmp_path) -> Path:
    """A folder with a copy of the package, the format in it, and a file of that format beside."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "cnntui", tmp_path / "cnntui", ignore=ignored)
    (tmp_path / "cnntui/datasets/table.py").write_text(TABLE)
    rows = [f"{n % 2},{n},{255 - n}" for n in range(40)]
    (tmp_path / "pixels.csv").write_text("\n".join(rows))
    return tmp_path


def run(package: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(package)}
    return subprocess.run(
        [sys.executable, *words],
        cwd=package, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_format_is_found_by_its_suffix_and_kept_absolute(package):
    used = run(package, "-c", USED)
    assert used.stderr == ""
    assert json.loads(used.stdout) == [f"{package}/pixels.csv:validation=0.2", 8]
    shown = run(package, "-m", "cnntui", "gallery", "pixels.csv", "--json")
    assert json.loads(shown.stdout)["shape"] == [1, 1, 2]
    help_text = run(package, "-m", "cnntui", "gallery", "--help").stdout
    assert "FILE.npz or FILE.csv" in " ".join(help_text.split())
    assert ".npz or .csv file" in run(package, "-m", "cnntui", "gallery", "no/where").stderr


def test_the_formats_there_are():
    assert (file_kinds(), file_names()) == (".npz", "FILE.npz")
    assert (reader_of("a/b.NPZ"), reader_of("b.csv"), reader_of("npz")) == ("npz", None, None)


def test_what_is_there_by_its_path_becomes_absolute(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pets").mkdir()
    (tmp_path / "digits").mkdir()
    (tmp_path / "some.npz").touch()
    for text in ("pets", "./pets:size=64", "some.npz", "some.npz:layout=NCHW"):
        assert absolute(text) == f"{tmp_path}/{text.removeprefix('./')}"
    for text in ("digits", "digits:split=writers", "digits:writers", "other.npz", ""):
        assert absolute(text) == text
