"""A column of the Filters pane: a picture, its title above, its histogram and figures below."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget

from cnntui.ground.lines import Line, cropped, line
from cnntui.panes.filters.frame import Layout
from cnntui.ui.frames.pictures import PictureFrame
from cnntui.ui.picture import PictureView
from cnntui.ui.words import Words


class PictureColumn(Vertical):
    """Shows one of the two pictures, ``source`` or ``result``."""

    DEFAULT_CSS = "PictureColumn .title { height: 1; }"

    def __init__(self, name: str, role: str, glyphs: str) -> None:
        super().__init__(id=f"{name}-column")
        self.role = role
        self.heading, self.view = Words(id=f"{name}-title", classes="title"), PictureView(id=name)
        self.view.glyphs = glyphs
        self.figures = Words(id=f"{name}-figures")

    def compose(self) -> ComposeResult:
        """Compose the title, the picture and its figures."""
        yield self.heading
        yield self.view
        yield self.figures

    def show(
        self, title: str, picture: PictureFrame | None, figures: tuple[Line, ...], plan: Layout
    ) -> None:
        """Show a picture in the room there is."""
        resize(self, plan.body, plan.picture)
        resize(self.view, plan.picture_lines, plan.picture)
        resize(self.figures, plan.bars + 2, plan.picture)
        self.heading.lines = (cropped(line(title, self.role), plan.picture),)
        self.view.frame = picture
        self.figures.lines = figures


def resize(widget: Widget, height: int, width: int | None = None) -> None:
    """Give a widget lines, and columns, where it has others: each change costs a layout."""
    styles = widget.styles
    if width is not None and (styles.width is None or styles.width.value != width):
        styles.width = width
    if styles.height is None or styles.height.value != height:
        styles.height = height
