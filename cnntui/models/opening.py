"""What network is wanted, as the user wrote it; opens and traces it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from cnntui.engine.tracing.rows import Trace
from cnntui.errors import UserError

if TYPE_CHECKING:
    from cnntui.models.loading import Loaded

LARGEST_INPUT = 1 << 31  # values


class InputWanted(UserError):
    """A network of the user's own: nobody but they know what it takes."""


@dataclass(frozen=True, kw_only=True)
class NetRequest:
    """A network that is wanted, not opened yet.

    ``shapes`` are without the batch; ``depth`` folds the table, ``device`` is where it may
    train, the settings' own where it is empty.
    """

    text: str
    shapes: tuple[tuple[int, ...], ...] | None = None
    classes: int | None = None
    weights: str | None = None
    batch: int = 1
    depth: int | None = None
    device: str = ""

    def check(self) -> None:
        """Refuse what is wrong as far as it shows before torch is imported. Raises UserError."""
        from cnntui.engine.device import check_name
        from cnntui.models.checking import check_file, check_net

        if self.device:
            check_name(self.device)
        if self.depth is not None and self.depth < 1:
            raise UserError(f"a depth of {self.depth} shows nothing; 1 folds the most")
        check_net(self.text)
        if self.weights is not None:
            check_file(self.weights)
        _check_size(list(self.shapes or ()), self.batch)

    def opened(self) -> Network:
        """Load the network, give it weights where asked, and trace one forward pass.

        Imports torch. Raises UserError, InputWanted where nobody says what it takes.
        """
        from cnntui.engine.tracing.forward import trace
        from cnntui.engine.warm import warm_torch
        from cnntui.models.loading import load_model

        warm_torch()
        first = self.shapes[0] if self.shapes else ()
        channels = first[0] if len(first) == 3 else None
        made_with: dict[str, Any] = {"classes": self.classes, "in_channels": channels}
        loaded = load_model(self.text, **made_with)
        if self.weights is not None:
            from cnntui.models.weights import apply_weights

            apply_weights(loaded.model, self.weights)
        shapes = self._taken(loaded)
        inputs: Any = shapes if len(shapes) > 1 else shapes[0]
        traced = trace(loaded.model, inputs, name=loaded.name, batch=self.batch)
        facts = _facts(loaded)
        return Network(loaded.name, loaded.title, facts, traced, loaded, made_with, self)

    def _taken(self, loaded: Loaded) -> list[tuple[int, ...]]:
        """Return the shapes it is traced with. Raises UserError."""
        shapes = list(self.shapes or ()) or ([loaded.input_shape] if loaded.input_shape else [])
        if not shapes:
            raise InputWanted(
                f"{self.text}: say what it takes: --input 3x224x224 (channels, height, width)"
            )
        _check_rank(shapes, loaded)
        _check_size(shapes, self.batch)
        return shapes


@dataclass(frozen=True, eq=False)
class Network:
    """A network as it is shown: what it is called, what is known of it, and its trace."""

    name: str
    title: str
    facts: str  # "2015 · y = F(x) + x"; empty for the user's own
    trace: Trace
    loaded: Loaded
    made_with: dict[str, Any]  # classes and channels: to make it again with values
    request: NetRequest | None = None  # what it was opened by; None where it was made here

    def again(self, **changes: Any) -> Network:
        """Open it anew with other ``shapes`` or ``weights``, else as before. Raises UserError."""
        if self.request is None:
            raise UserError(f"{self.name} was made here; change it where it was made")
        return replace(self.request, **changes).opened()


def shapes_of(text: str) -> list[tuple[int, ...]]:
    """Return the shapes in ``3x224x224`` or, for several inputs, ``3x224x224,10``.

    Raises UserError.
    """
    shapes = []
    for part in text.lower().replace("×", "x").split(","):
        sizes = part.strip().split("x")
        if not all(size.isdecimal() and len(size) < 10 for size in sizes):
            raise UserError(
                f"{text!r} is no input shape; write channels x height x width: 3x224x224"
            )
        shapes.append(tuple(int(size) for size in sizes))
    return shapes


def _check_rank(shapes: list[tuple[int, ...]], loaded: Loaded) -> None:
    """Refuse an input of another rank than a known network's: torch may take it for a batch."""
    usual = loaded.input_shape
    for shape in shapes if usual else ():
        if usual and len(shape) != len(usual):
            text, other = ("x".join(map(str, sizes)) for sizes in (shape, usual))
            raise UserError(
                f"{loaded.name} takes channels x height x width, such as {other}; not {text}"
            )


def _check_size(shapes: list[tuple[int, ...]], batch: int) -> None:
    if batch < 1:
        raise UserError(f"a batch of {batch} holds nothing; 1 is the least")
    for shape in shapes:
        values = batch
        for size in shape:
            values *= size
        if values > LARGEST_INPUT:
            text = "x".join(map(str, shape))
            raise UserError(
                f"an input of {batch} x {text} has {values:,} values; a smaller one fits"
            )


def _facts(loaded: Loaded) -> str:
    if not loaded.known:
        return ""
    from cnntui.models.naming import find_net

    net = find_net(loaded.name)
    return f"{net.year} · {net.idea}"
