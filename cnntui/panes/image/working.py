"""Reads and draws for the Pictures pane, in threads ending in a message. Not a pane itself."""

from __future__ import annotations

from dataclasses import dataclass

from textual import on, work
from textual.message import Message
from textual.worker import get_current_worker

from cnntui.engine.preprocessing import Recipe
from cnntui.errors import UserError
from cnntui.ground.names import shortened
from cnntui.panes.image.chain import recipe_of
from cnntui.panes.image.frame import PicturesFrame, frame_of
from cnntui.panes.image.reading import Photo, read_photo
from cnntui.panes.image.state import PicturesState
from cnntui.parts.choosing.pane import ChoosingPane


class PicturesWorking(ChoosingPane):
    """Reads a picture, a data set's figures, and draws a state."""

    frame: PicturesFrame | None

    @dataclass
    class Read(Message):
        """A picture was read."""

        photo: Photo

    @dataclass
    class Prepared(Message):
        """A preprocessing is known."""

        recipe: Recipe

    @dataclass
    class Drawn(Message):
        """A state is ready to be shown."""

        state: PicturesState
        frame: PicturesFrame

    @property
    def picture_colors(self) -> str:
        """The colours of a picture; without Unicode there are no half blocks, so none."""
        return self.terminal.colors if self.terminal.unicode else "none"

    def sized(self, state: PicturesState) -> PicturesState:
        """Lay a state out for the screen."""
        raise NotImplementedError

    @work(thread=True, exclusive=True, group="draw")
    def draw(self, state: PicturesState) -> None:
        """Make the frame of a state; ends in one message."""
        worker = get_current_worker()
        if worker.is_cancelled:
            return
        try:
            frame = frame_of(state, self.picture_colors, self.terminal.unicode)
        except UserError as problem:
            self.post_message(self.Failed(problem))
            return
        if not worker.is_cancelled:
            self.post_message(self.Drawn(state, frame))

    @on(Drawn)
    def _take_frame(self, event: Drawn) -> None:
        if event.state is self.state:
            self.frame = event.frame

    @work(thread=True, exclusive=True, group="input")
    def read(self, name: str) -> None:
        """Read a picture; ends in one message."""
        worker = get_current_worker()
        try:
            told: Message = self.Read(read_photo(name))
        except UserError as problem:
            told = self.Failed(problem)
        if not worker.is_cancelled:
            self.post_message(told)

    @on(Read)
    def _take_photo(self, event: Read) -> None:
        if self.state is None:
            self.state = self.sized(PicturesState.of(event.photo))
        else:
            self.state = self.state.with_photo(event.photo)

    @work(thread=True, exclusive=True, group="recipe")
    def read_recipe(self, name: str, photo: Photo) -> None:
        """Find a preprocessing; a data set's takes its pictures. Ends in one message."""
        worker = get_current_worker()
        self.app.call_from_thread(self.said, f"reading {shortened(name, 60)} …", False)
        try:
            told: Message = self.Prepared(recipe_of(name, photo))
        except UserError as problem:
            told = self.Failed(problem)
        if not worker.is_cancelled:
            self.post_message(told)

    @on(Prepared)
    def _take_recipe(self, event: Prepared) -> None:
        self.action_do("prepared", event.recipe)
