"""A training in the foreground as it goes: a bar on a terminal, else a line an epoch."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnntui.errors import printable
from cnntui.numbers import counted, short
from cnntui.training.config import Config
from cnntui.training.events import Ended, Epoch, Event, Failed, Noted, Start, Step

if TYPE_CHECKING:
    from rich.progress import Progress

    from cnntui.training.loop.job import Job


class TrainingProgress:
    """Shows a training as it goes: a bar on a terminal, else a line an epoch."""

    def __init__(self, config: Config, out: Any) -> None:
        self.config, self._out = config, out
        self.start: Start | None = None
        self._steps = 1
        self._bar: Progress | None = _bar(out) if out.isatty() else None
        self._task: Any = None

    def __enter__(self) -> TrainingProgress:
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def ready(self, job: Job) -> None:
        """Say what is trained on what."""
        self.start, self._steps = job.about, job.steps
        about = job.about
        self._say(
            f"{about.net} ({counted(about.params)} parameters) on {about.dataset}: "
            f"{counted(about.images[0])} pictures {'x'.join(map(str, about.input_shape))}, "
            f"{about.device}, {about.precision}, {about.threads} threads"
        )
        for note in about.notes:
            self._say(f"note: {note}")
        if self._bar is not None:
            self._task = self._bar.add_task("", total=job.steps, completed=job.step, note="")

    def show(self, event: Event) -> None:
        """Show an event."""
        match event:
            case Step() if self._bar is not None:
                note = f"loss {event.loss:.4f}  {counted(round(event.images_per_second))} im/s"
                self._bar.update(self._task, completed=event.step, note=note)
            case Epoch():
                self._say(_epoch_line(event, self.config.epochs))
            case Noted():
                self._say(event.text)

    def end(self, run: Path, last: Ended | Failed) -> None:
        """Say how it ended and where it lies."""
        if isinstance(last, Failed):
            print(f"cnntui: {printable(last.reason)}; {printable(last.advice)}", file=sys.stderr)
        elif last.stopped == "asked":
            self._say(f"stopped at step {last.step}; go on: cnntui train --resume {run.name}")
        else:
            test = "" if last.test_accuracy is None else f"test {last.test_accuracy:.2%} · "
            self._say(
                f"{test}{last.seconds:.1f} s · {counted(round(last.images_per_second))} images/s"
            )
        self._say(f"run {run}")

    def _say(self, text: str) -> None:
        text = printable(text)
        if not (self._out.encoding or "").lower().startswith("utf"):
            from cnntui.ui.drawing.ascii import in_ascii

            text = in_ascii(text)
        if self._bar is not None:
            self._bar.console.print(text, markup=False, highlight=False)
        else:
            print(text, file=self._out, flush=True)


def _bar(out: Any) -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    return Progress(
        TextColumn("step {task.completed:,.0f}/{task.total:,.0f}"),
        BarColumn(),
        TextColumn("{task.fields[note]}"),
        TimeRemainingColumn(),
        console=Console(file=out),
    )


def _epoch_line(event: Epoch, epochs: int) -> str:
    best = "  best" if event.best else ""
    return (
        f"epoch {event.epoch:>{len(str(epochs))}}/{epochs}  loss {event.train_loss:.4f}  "
        f"validation {event.val_loss:.4f} {event.val_accuracy:.2%}  lr {short(event.lr)}  "
        f"{counted(round(event.images_per_second))} im/s{best}"
    )
