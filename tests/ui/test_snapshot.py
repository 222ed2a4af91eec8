"""The snapshot fixture fails where it must."""

from __future__ import annotations

import pytest
from textual.app import App
from textual.widgets import Static


class Words(App):
    def __init__(self, text):
        super().__init__()
        self.text = text

    def compose(self):
        yield Static(self.text)


@pytest.fixture
def take(request, snapshot, tmp_path, monkeypatch):
    """A snapshot outside the tree, compared or written."""

    def take(app, update):
        monkeypatch.setattr(request.config.option, "update_snapshots", update)
        snapshot(app, str(tmp_path / "words"))

    return take


async def test_missing_same_and_changed(take, tmp_path):
    app = Words("[bold]one[/] two")
    async with app.run_test(size=(20, 3)) as pilot:
        with pytest.raises(pytest.fail.Exception, match="--update-snapshots"):
            take(app, update=False)
        take(pilot, update=True)
        take(app, update=False)
        kept = (tmp_path / "words.txt").read_text(encoding="utf-8")
        assert kept.startswith("one two\n")
        assert "0-2 #e0e0e0 on #121212 bold" in kept
        app.query_one(Static).update("[italic]one[/] two")
        await pilot.pause()
        with pytest.raises(pytest.fail.Exception, match=r"-  0: 0-2 .* bold"):
            take(app, update=False)
