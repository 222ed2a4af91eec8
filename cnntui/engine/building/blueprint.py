"""A written network as data: its layers in order, and what is wrong at which line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from cnntui.engine.building.specs import Activation, Dense, Dropout, Spec, written
from cnntui.errors import UserError

ImageShape = tuple[int, int, int]  # (C, H, W)


@dataclass(frozen=True)
class LineError:
    """What is wrong at a line (from 1), and the fix in words.

    ``instead`` is text that would fit in the line's place ("" for none, several lines with
    newlines); None where the fix can't be written there.
    """

    line: int
    text: str
    fix: str
    instead: str | None = None


@dataclass(frozen=True)
class Layer:
    """One layer of one line; ``rounds`` are the (line, round from 1) of the repeats around it."""

    line: int
    text: str
    spec: Spec
    rounds: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Blueprint:
    """A network as it was written: repeats unrolled, wrong lines in ``errors``."""

    input_shape: ImageShape | None
    layers: tuple[Layer, ...]
    errors: tuple[LineError, ...]

    def fed(self, input_shape: ImageShape) -> Blueprint:
        """Return the same network for an input (C, H, W) of another shape."""
        return replace(self, input_shape=input_shape)

    def for_classes(self, classes: int) -> Blueprint:
        """Return the network with ``classes`` units in its last layer; raises UserError.

        The last layer must be dense, with nothing but activations and dropout after it.
        """
        for place in range(len(self.layers) - 1, -1, -1):
            layer = self.layers[place]
            if isinstance(layer.spec, Dense):
                spec = replace(layer.spec, units=classes)
                other = replace(layer, spec=spec, text=written(spec))
                layers = (*self.layers[:place], other, *self.layers[place + 1 :])
                return replace(self, layers=layers)
            if not isinstance(layer.spec, Activation | Dropout):
                break
        raise UserError(f"no dense layer at the end; add `dense {classes}` as the last line")


def lines_of(text: str) -> list[str]:
    """Split a text at its line ends alone, as an editor counts its lines."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def mended(text: str, error: LineError) -> str:
    """Return the text with the error's line replaced by its fix; its comment and indent stay."""
    if error.instead is None:
        return text
    lines = lines_of(text)
    line = lines[error.line - 1]
    code, mark, comment = line.partition("#")
    indent = code[: len(code) - len(code.lstrip())]
    new = [indent + each for each in error.instead.split("\n") if each]
    if mark:
        new = [*new[:-1], f"{new[-1]}  #{comment}" if new else f"{indent}#{comment}"]
    return "\n".join([*lines[: error.line - 1], *(new or [""]), *lines[error.line :]])


def first_error(errors: Sequence[LineError]) -> UserError:
    """Return the first error as the one line the app and the command line show."""
    first = errors[0]
    more = f" ({len(errors) - 1} more)" if len(errors) > 1 else ""
    return UserError(f"line {first.line}: {first.text}; {first.fix}{more}")


def remedy(hint: str, instead: str | None) -> str:
    """Return the fix as words: the hint, and the line as it would be right."""
    lines = [f"`{line}`" for line in (instead or "").split("\n") if line]
    return f"{hint}: {', then '.join(lines)}" if lines else hint
