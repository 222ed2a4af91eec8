"""The wheel and the sdist hold what is needed and nothing else; each way to start finds samples."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

import cnntui

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
SAMPLES = {
    str(file.relative_to(ROOT / "samples"))
    for file in (ROOT / "samples").rglob("*")
    if file.is_file()
}

pytestmark = pytest.mark.slow


def done(*words: object, cwd: Path, **environ: str) -> str:
    """Run a program that must succeed, and return what it prints."""
    ran = subprocess.run(
        [str(word) for word in words],
        cwd=cwd,
        env={k: v for k, v in os.environ.items() if k != "PYTHONPATH"} | environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


@pytest.fixture(scope="module")
def package() -> set[str]:
    """Every file of the package, listed just before it is built."""
    return {
        str(file.relative_to(ROOT))
        for file in (ROOT / "cnntui").rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }


@pytest.fixture(scope="module")
def wheel(package, tmp_path_factory) -> Path:
    """The wheel, built from this folder without a network."""
    out = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet"]
    done(*pip, "--no-deps", "--no-build-isolation", "--no-index", "-w", out, ".", cwd=ROOT)
    (file,) = out.glob("*.whl")
    return file


@pytest.fixture(scope="module")
def sdist(tmp_path_factory) -> Path:
    """The source distribution."""
    out = tmp_path_factory.mktemp("sdist")
    done(sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", out, cwd=ROOT)
    (file,) = out.glob("*.tar.gz")
    return file


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """A new environment's ``bin`` with the wheel in it and the dependencies of this one behind it.

    A folder named in a ``.pth`` comes after the environment's own, and its own ``.pth`` files,
    the one of the editable cnntui among them, are not read.
    """
    folder = tmp_path_factory.mktemp("environment")
    done(sys.executable, "-m", "venv", "--without-pip", folder, cwd=folder)
    scripts = folder / Path(sysconfig.get_path("scripts")).name
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", scripts]
    python = scripts / Path(sys.executable).name
    pip[-1] = python if python.exists() else scripts / "python"
    done(*pip, "install", "--quiet", "--no-deps", "--no-index", "--no-compile", wheel, cwd=folder)
    where = done(
        pip[-1], "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder
    )
    (Path(where.strip()) / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return scripts


# what is in them


def test_the_wheel_holds_the_package_and_the_samples(wheel, package):
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert names == package | {f"cnntui/samples/{name}" for name in SAMPLES}
    assert "cnntui/py.typed" in names
    assert wheel.stat().st_size < 3 << 20


def test_the_wheels_metadata(wheel):
    with zipfile.ZipFile(wheel) as archive:
        info = {n.rpartition("/")[2]: n for n in archive.namelist() if ".dist-info/" in n}
        metadata = archive.read(info["METADATA"]).decode()
        scripts = archive.read(info["entry_points.txt"]).decode()
    assert f"\nVersion: {cnntui.__version__}\n" in metadata
    assert "\nRequires-Python: >=3.11\n" in metadata
    assert "cnntui = cnntui.cli:main" in scripts
    assert "LICENSE" in info
    for dependency in PROJECT["dependencies"]:
        assert f"Requires-Dist: {dependency.split('>')[0]}" in metadata
    assert "Requires-Dist: pytest" in metadata
    assert all("extra == " in line for line in metadata.splitlines() if "pytest" in line[:30])


def test_the_sdist_holds_what_builds_and_tests_it(sdist, package):
    with tarfile.open(sdist) as archive:
        files = {m.name.partition("/")[2] for m in archive.getmembers() if m.isfile()}
    assert files >= package
    assert {f"samples/{name}" for name in SAMPLES} <= files
    wanted = {"pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "Makefile"}
    assert wanted <= files
    assert "tests/conftest.py" in files
    assert not [f for f in files if "__pycache__" in f or f.startswith((".venv", "shared"))]


def test_a_wheel_from_the_sdist_is_the_same(sdist, wheel, tmp_path):
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    (folder,) = (path for path in tmp_path.iterdir() if path.is_dir())
    done(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path, cwd=folder)
    (again,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(again) as one, zipfile.ZipFile(wheel) as other:
        assert set(one.namelist()) == set(other.namelist())


# each way to start it

CHELSEA = ("conv", "--input", "chelsea", "--cells", "16", "--device", "cpu", "--json")


def test_from_the_wheel(installed, tmp_path):
    code = "import cnntui, cnntui.sources.samples as s; print(cnntui.__file__); print(s.folder())"
    where, samples = done(installed / "python", "-c", code, cwd=tmp_path).split()
    assert Path(where).is_relative_to(installed.parent)
    assert Path(samples) == Path(where).parent / "samples"
    found = json.loads(done(installed / "cnntui", *CHELSEA, cwd=tmp_path))
    assert found["input_shape"] == [3, 11, 16]
    assert "torch" in done(installed / "cnntui", "doctor", cwd=tmp_path)


def test_the_whole_cat_from_the_wheel(installed, tmp_path):
    words = ("conv", "--input", "chelsea", "--json")
    found = json.loads(done(installed / "cnntui", *words, cwd=tmp_path))
    assert found["output_shape"] == [1, 211, 318]


def test_the_wheel_lists_the_panes_and_samples(installed, tmp_path):
    assert "cnntui filters" in done(installed / "cnntui", cwd=tmp_path)
    clone = done(sys.executable, "-m", "cnntui", "samples", "--json", cwd=ROOT)
    assert done(installed / "cnntui", "samples", "--json", cwd=tmp_path) == clone


def test_from_the_clone(tmp_path):
    code = "import cnntui.sources.samples as s; print(s.folder())"
    assert Path(done(sys.executable, "-c", code, cwd=ROOT).strip()) == ROOT / "samples"
    found = json.loads(done(sys.executable, "-m", "cnntui", *CHELSEA, cwd=ROOT))
    assert found["input_shape"] == [3, 11, 16]


def test_from_an_editable_installation(tmp_path):
    script = Path(sysconfig.get_path("scripts")) / "cnntui"
    if not script.exists():
        pytest.skip("cnntui is not installed here")
    assert done(script, "--version", cwd=tmp_path) == f"cnntui {cnntui.__version__}\n"
    assert "chelsea" in done(script, "samples", cwd=tmp_path)
