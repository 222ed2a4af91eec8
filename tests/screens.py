"""Draws the pictures in samples/screens with the app itself: ``python -m tests.screens FOLDER``."""

import asyncio
import os
import sys
import tempfile
from pathlib import Path

STATE = tempfile.mkdtemp(prefix="cnntui-screens-")
RUNS = f"{STATE}/cnntui/runs"
SCREENS = {
    "home": ("home", (80, 24), ()),
    "convolution": ("conv", (80, 24), ("p", *["l"] * 11)),
    "pooling": ("pool", (80, 24), ("l", "l", "l")),
    "filters": ("filters", (80, 24), ()),
    "layers": ("layers", (120, 40), ("j",) * 20),
    "watch": ("watch", (120, 40), ()),
    "lesson": ("learn", (120, 40), ("down", "down", "down", "enter")),
}


async def drawn(pane: str, size: tuple[int, int], keys: tuple[str, ...]) -> str:
    """Return the SVG of a pane after some keys."""
    from cnntui.app import laboratory
    from cnntui.settings import Settings
    from cnntui.ui.shell.laboratory import Laboratory
    from cnntui.ui.terminal import Terminal
    from tests.waiting import settled

    app = laboratory(Laboratory, Terminal(*size, "truecolor", True, True, ""), Settings(), pane)
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        for key in keys:
            await pilot.press(key)
        await settled(pilot)
        svg: str = app.export_screenshot()
        return svg


def trained() -> None:
    """Train a small net on the digits: the run that the Watch pane shows."""
    from cnntui.cli import main as command

    asked = ["train", "--dataset", "digits", "--net", "lenet5", "--epochs", "20"]
    command([*asked, "--log-every", "0.02", "--run", f"{RUNS}/digits-lenet5", "--headless"])


def main(folder: Path) -> None:
    """Write every picture."""
    os.environ["TEXTUAL_COLOR_SYSTEM"] = "truecolor"
    os.environ["XDG_STATE_HOME"] = STATE
    trained()
    folder.mkdir(parents=True, exist_ok=True)
    for name, (pane, size, keys) in SCREENS.items():
        svg = asyncio.run(drawn(pane, size, keys))
        (folder / f"{name}.svg").write_text(svg, encoding="utf-8")
        print(folder / f"{name}.svg")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "samples/screens"))
