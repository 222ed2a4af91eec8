"""The settings' file: what is read, what is refused, and that the command line wins over it."""

from __future__ import annotations

import json

import pytest

from cnntui.cli import main
from cnntui.errors import UserError
from cnntui.settings import Settings, config_folder, load_settings, parsed, settings_file


@pytest.fixture
def file(tmp_path, monkeypatch):
    """A settings file that the command line will read."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setattr("cnntui.settings.config_folder", lambda: tmp_path / "cnntui")
    (tmp_path / "cnntui").mkdir()
    return tmp_path / "cnntui" / "settings.toml"


def test_no_file_means_the_defaults(file):
    assert load_settings() == Settings(theme="textual-dark", device="auto", glyphs="auto")


def test_what_is_given_is_taken(file):
    file.write_text("# mine\ntheme = 'nord'\nglyphs = 'ascii'\n")
    assert load_settings() == Settings(theme="nord", glyphs="ascii")
    assert settings_file() == file


def test_an_empty_file(file):
    file.touch()
    assert load_settings() == Settings()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("theme = ", "settings look like"),
        ("theme = nord", "settings look like"),
        ("\x00", "settings look like"),
        ("a = " + "[" * 100_000, "nested"),
        ("colour = 'red'", "unknown setting 'colour'; known are device, glyphs, theme"),
        ("[theme]\nname = 'x'", "theme must be a text in quotes"),
        ("theme = 3", "theme must be a text in quotes, not 3"),
        ("device = true", "device must be a text"),
        ("glyphs = 'emoji'", "give one of auto, unicode, ascii"),
        ("device = 'tpu'", "auto, cpu, cuda, cuda:N or mps"),
        ('"\\u001b[31m" = "x"', r"\x1b[31m"),
    ],
)
def test_what_is_broken_is_one_line(file, text, says):
    with pytest.raises(UserError) as caught:
        parsed(text, str(file))
    line = str(caught.value)
    assert says in line
    assert str(file) in line
    assert line.isprintable()
    assert len(line) < 400


def test_a_folder_or_bytes_in_its_place(file):
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(UserError, match="cannot be read"):
        load_settings()
    file.unlink()
    file.mkdir()
    with pytest.raises(UserError, match="move it away"):
        load_settings()


@pytest.mark.parametrize("command", [["conv", "--json"], ["pool", "--print"], []])
def test_broken_settings_stop_what_needs_them(file, capsys, command):
    file.write_text("theme = ")
    assert main(command) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"cnntui: {file}: ")
    assert err.count("\n") == 1


@pytest.mark.parametrize("command", [["samples"], ["--version"], ["--help"], ["doctor"]])
def test_broken_settings_stop_nothing_else(file, capsys, command):
    file.write_text("theme = ")
    assert main(command) == 0


def test_the_option_wins(file, capsys):
    file.write_text("device = 'cuda:99'")
    assert main(["pool", "--json"]) == 2
    assert "cuda" in capsys.readouterr().err.lower()
    assert main(["pool", "--json", "--device", "cpu"]) == 0
    assert json.loads(capsys.readouterr().out)["device"] == "cpu"


def test_the_folder_is_the_users(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert config_folder().name == "cnntui"
