"""The Compare pane's state: which comparison is on view, of what."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Self, TypeVar

from cnntui.engine.comparing import (
    DenseOrConvolution,
    StandardOrSeparable,
    Totals,
    totals_of,
)
from cnntui.engine.scaling import Compound
from cnntui.errors import UserError
from cnntui.models.naming import Net, known_nets
from cnntui.models.opening import NetRequest, Network
from cnntui.panes.compare.options import DENSE, NETS, SCALING, SEPARABLE, VIEWS

T = TypeVar("T")
Shapes = tuple[tuple[int, ...], ...]

FIRST = ("resnet18", "mobilenet_v2")
SORTS = ("year", "params")
LARGEST_PHI = 7.0
PHI_STEP = 0.5


def totals_from(network: Network) -> Totals:
    """Return the totals of a network. Raises UserError for one that stopped in the middle."""
    error = network.trace.error
    if error is not None:
        raise UserError(f"{network.name} stops at {error.name}: {error.message.splitlines()[0]}")
    totals = totals_of(network.trace, network.title)
    if network.loaded.known:
        return totals
    name = f"{network.name} (yours)"
    return replace(totals, name=name, title=name if network.title == network.name else totals.title)


def read_totals(name: str, shapes: Shapes | None = None) -> Totals:
    """Trace a network and return its totals; imports torch. Raises UserError."""
    return totals_from(NetRequest(text=name, shapes=shapes).opened())


@dataclass(frozen=True, eq=False, kw_only=True)
class ComparingState:
    """What is compared.

    ``names`` are the two networks wanted, ``pair`` the totals of those that are traced. ``shapes``
    are what a network of the user's own takes.
    ``quantity`` counts the lines of ``dense`` or ``separable`` that a key changes. ``top`` is the
    first line on view of ``height``, of ``length``, where a view is longer than the screen.
    """

    view: str = NETS
    names: tuple[str, str] = FIRST
    pair: tuple[Totals | None, Totals | None] = (None, None)
    shapes: Shapes | None = None
    sort: str = "year"
    phi: float = 0.0
    dense: DenseOrConvolution = field(default_factory=DenseOrConvolution)
    separable: StandardOrSeparable = field(default_factory=StandardOrSeparable)
    quantity: int = 0
    top: int = 0
    height: int = 20
    length: int = 0
    problem: str = ""

    # what is on view

    @property
    def layer(self) -> DenseOrConvolution | StandardOrSeparable | None:
        """The layers whose sizes are changed in this view."""
        if self.view == DENSE:
            return self.dense
        return self.separable if self.view == SEPARABLE else None

    @property
    def named(self) -> tuple[str, str, int]:
        """The quantity that a key changes: its field, its name, and the largest it may be."""
        assert self.layer is not None
        return self.layer.QUANTITIES[self.quantity]

    @property
    def value(self) -> float:
        """The number that a key changes: φ, or a size."""
        if self.layer is None:
            return self.phi
        return int(getattr(self.layer, self.named[0]))

    @property
    def waiting(self) -> tuple[str, ...]:
        """The networks that are wanted and not traced yet."""
        both = zip(self.pair, self.names, strict=True)
        return tuple(name for totals, name in both if totals is None or totals.name != name)

    @property
    def compound(self) -> Compound:
        """EfficientNet scaled by φ."""
        return Compound(self.phi)

    @cached_property
    def nets(self) -> tuple[Net, ...]:
        """Every known network, in the chosen order."""
        nets = sorted(known_nets(), key=lambda net: net.params)
        return tuple(nets if self.sort == "params" else sorted(nets, key=lambda net: net.year))

    # verbs

    def seeing(self, view: str) -> Self:
        """Go to a view."""
        return replace(self, view=view, quantity=0, top=0, problem="")

    def turned(self, by: int) -> Self:
        """Go to the next view, or to the one before."""
        return self.seeing(VIEWS[(VIEWS.index(self.view) + by) % len(VIEWS)])

    def sized(self, height: int, length: int) -> Self:
        """Take the lines there is room for, and those there are."""
        kept = replace(self, height=max(1, height), length=length)
        return replace(kept, top=max(0, min(self.top, length - kept.height)))

    def moved(self, by: int) -> Self:
        """Choose the next quantity; where there is none, scroll."""
        if self.layer is not None:
            last = len(self.layer.QUANTITIES) - 1
            return replace(self, quantity=max(0, min(self.quantity + by, last)), problem="")
        top = max(0, min(self.top + by, self.length - self.height))
        return replace(self, top=top, problem="")

    def paged(self, by: int) -> Self:
        """Scroll by screens."""
        return self.moved(by * max(1, self.height - 3)) if self.layer is None else self

    def changed(self, by: int) -> Self:
        """Change the number by steps: φ by halves, a size by ones."""
        if self.view == SCALING:
            return self._scaled(self.phi + by * PHI_STEP)
        return self if self.layer is None else self.given(int(self.value) + by)

    def doubled(self, up: bool) -> Self:
        """Double or halve the size."""
        if self.layer is None:
            return self
        size = int(self.value)
        return self.given(size * 2 if up else max(1, size // 2))

    def typed(self, text: str) -> Self:
        """Take a typed number; what is none changes nothing and is said."""
        plain = text.strip().replace(",", "").replace("_", "")
        if self.view == SCALING:
            try:
                return self._scaled(float(plain))
            except ValueError:
                return self.refused(f"{text!r} is no number; phi is 0 to {LARGEST_PHI:g}")
        if self.layer is None:
            return self
        if not plain.removeprefix("-").isdecimal() or len(plain) > 12:
            return self.refused(f"{text!r} is no whole number; {self._limits()}")
        return self.given(int(plain))

    def given(self, size: int) -> Self:
        """Set the chosen quantity; out of its limits it stays and that is said."""
        name, _, largest = self.named
        if not 1 <= size <= largest:
            return self.refused(f"{size:,} is out of reach: {self._limits()}")
        changed = replace(self.layer, **{name: size})  # type: ignore[type-var]
        return replace(self, problem="", **{self.view: changed})  # type: ignore[arg-type]

    def _limits(self) -> str:
        return f"{self.named[1]} can be 1 to {self.named[2]:,}"

    def _scaled(self, phi: float) -> Self:
        if not 0 <= phi <= LARGEST_PHI:
            return self.refused(f"phi {phi:g} is out of reach: 0 is B0, {LARGEST_PHI:g} the last")
        return replace(self, phi=phi, problem="")

    def ordered(self) -> Self:
        """Sort the networks by year, or by size."""
        return replace(self, sort=SORTS[(SORTS.index(self.sort) + 1) % 2], top=0, problem="")

    def wanting(self, side: int, name: str) -> Self:
        """Ask for another network on a side, 0 or 1."""
        return replace(self, names=_put(self.names, side, name), problem="")

    def beside(self, totals: Totals) -> Self:
        """Put a traced network on the first side."""
        return self.seeing(NETS).with_totals(0, totals)

    def with_totals(self, side: int, totals: Totals) -> Self:
        """Take a traced network."""
        names = _put(self.names, side, totals.name)
        return replace(self, pair=_put(self.pair, side, totals), names=names, problem="")

    def swapped(self) -> Self:
        """Exchange the two networks, once both are traced."""
        if self.waiting:
            return self.refused(f"{' and '.join(self.waiting)}: still tracing")
        return replace(self, names=self.names[::-1], pair=self.pair[::-1], problem="")

    def reset(self) -> Self:
        """Put back the sizes this view began with."""
        fresh = type(self)()
        kept = {SCALING: "phi", DENSE: "dense", SEPARABLE: "separable"}.get(self.view)
        back = {kept: getattr(fresh, kept)} if kept else {}
        return replace(self, problem="", quantity=0, top=0, **back)

    def refused(self, problem: UserError | str) -> Self:
        """Say what cannot be done; all else stays."""
        return replace(self, problem=str(problem))

    def without(self, side: int, problem: UserError | str) -> Self:
        """Say why a network cannot be shown; the one before stays, if there was one."""
        before = self.pair[side]
        names = _put(self.names, side, before.name) if before else self.names
        return replace(self, names=names, problem=str(problem))


def _put(pair: tuple[T, T], side: int, thing: T) -> tuple[T, T]:
    return (thing, pair[1]) if side == 0 else (pair[0], thing)
