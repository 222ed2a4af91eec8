"""What the user set once and for all: one frozen Settings from a TOML file.

The file is ``settings.toml`` in the user's configuration folder (XDG on Linux). Options of the
command line win over it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from pathlib import Path

from cnntui.errors import UserError

GLYPHS = ("auto", "unicode", "ascii")


@dataclass(frozen=True)
class Settings:
    """All settings with their defaults."""

    theme: str = "textual-dark"  # a Textual theme; ctrl+p "theme" shows them
    device: str = "auto"  # auto, cpu, cuda, cuda:N or mps
    glyphs: str = "auto"  # auto, unicode or ascii


def config_folder() -> Path:
    """Return where the settings live."""
    import platformdirs

    return platformdirs.user_config_path("cnntui")


def runs_folder() -> Path:
    """Return where the runs live."""
    import platformdirs

    return platformdirs.user_state_path("cnntui") / "runs"


def settings_file() -> Path:
    """Return the settings' file, which need not exist."""
    return config_folder() / "settings.toml"


def load_settings(file: Path | None = None) -> Settings:
    """Read the settings; the defaults where there is no file. Raises UserError."""
    file = file or settings_file()
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Settings()
    except (OSError, UnicodeDecodeError) as problem:
        raise UserError(f"{file} cannot be read ({problem}); mend it or move it away") from None
    return parsed(text, str(file))


def parsed(text: str, name: str) -> Settings:
    """Return the settings in TOML. Raises UserError for what is unknown or of another type."""
    import tomllib

    from cnntui.engine.device import check_name

    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise UserError(f"{name}: {problem}; settings look like: theme = 'nord'") from None
    except RecursionError:  # tomllib's, for arrays in arrays
        raise UserError(f"{name}: nested too deeply; settings are texts in quotes") from None
    known = {field.name for field in fields(Settings)}
    for key, value in given.items():
        if key not in known:
            raise UserError(
                f"{name}: unknown setting {key!r}; known are {', '.join(sorted(known))}"
            )
        if not isinstance(value, str):
            raise UserError(f"{name}: {key} must be a text in quotes, not {value!r}")
    settings = replace(Settings(), **given)
    if settings.glyphs not in GLYPHS:
        raise UserError(f"{name}: glyphs is {settings.glyphs!r}; give one of {', '.join(GLYPHS)}")
    try:
        check_name(settings.device)
    except UserError as problem:
        raise UserError(f"{name}: {problem}") from None
    return settings
