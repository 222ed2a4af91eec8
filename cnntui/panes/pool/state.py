"""The Pooling pane's state: one window on one input, pooled by maximum and by average."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Self

from cnntui.engine.pooling import Pooling, pooled_block
from cnntui.errors import UserError
from cnntui.parts.boards.grids import Scale
from cnntui.parts.stepping.state import READ, Stepper, grown
from cnntui.sources.inputs import Input

PARTNERS = {"max": "avg", "global-max": "global-avg", "adaptive-max": "adaptive-avg"}
PARTNERS |= {average: maximum for maximum, average in PARTNERS.items()}
FAMILIES = ("max", "global-max", "adaptive-max")


@dataclass(frozen=True, eq=False, kw_only=True)
class PoolingState(Stepper[Pooling]):
    """One pooling window on the screen, with a maximum and an average under it.

    The operation is the pooling the command line asked for, ``partner`` the other one with the
    same window: None where torch has none (average pooling has no dilation).
    """

    boards = ("input", "maximum", "average")
    grids = ("maximum", "average", "input")
    outputs = ("maximum", "average")
    arrays = {"input": "input"}

    partner: Pooling | None

    @classmethod
    def of(cls, source: Input, **settings: Any) -> Self:
        """Open an input; ``settings`` are those of Pooling and READ."""
        read = {name: settings.pop(name) for name in READ if name in settings}
        pool = Pooling(source.values, **settings)
        return replace(cls.on_layer(pool, source.name), kind=source.kind, **read)

    @classmethod
    def on_layer(cls, pool: Pooling, input_name: str) -> Self:
        """Open a layer of a network on what flows into it."""
        return cls(
            operation=pool,
            opened=pool,
            partner=partner_of(pool),
            input_name=input_name,
            focus="maximum" if pool.takes_maximum else "average",
        ).measured()

    @property
    def chosen(self) -> Pooling:
        """The pooling whose board had the focus last."""
        return self.operation

    @property
    def pools(self) -> dict[str, Pooling | None]:
        """The pooling of each board."""
        if self.chosen.takes_maximum:
            return {"maximum": self.chosen, "average": self.partner}
        return {"maximum": self.partner, "average": self.chosen}

    def unshifted_pool(self, grid: str) -> Pooling | None:
        """Return a board's pooling of the input that was not moved; None where none was."""
        pool = self.pools[grid]
        if self.unshifted is None or pool is None:
            return None
        return replace(pool, input=self.unshifted.input)

    # changes of the operation

    def settled(self, operation: Pooling) -> dict[str, Any]:
        """Pool by the other one with the same window as well."""
        return super().settled(operation) | {"partner": partner_of(operation)}

    def board_scales(self) -> tuple[Scale, Scale, Scale]:
        """Measure the input and a part of each output; the colours are the input's."""
        whole, pools = Scale.of(self.chosen.input), self.pools
        maximum, average = (
            Scale(_scale_of(pools[grid]).cell, whole.limit) for grid in self.outputs
        )
        return whole, maximum, average

    def resized(self, by: int) -> Self:
        """Change the window's size, or the output size of an adaptive pooling."""
        if self.chosen.kind.startswith("global"):
            return self.refused("a global pool takes the whole input; g goes back to a window")
        name = "output_size" if self.chosen.kind.startswith("adaptive") else "size"
        return self.changed(**{name: grown(getattr(self.chosen, name), by)})

    def _windowed(self, **changes: object) -> Self:
        if self.chosen.kind not in ("max", "avg"):
            return self.refused(f"{self.chosen.kind} pooling has no such setting; g or A ends it")
        return self.changed(**changes)

    def strided(self, by: int) -> Self:
        """Change the stride; until then it is the window's size."""
        return self._windowed(stride=grown(self.chosen.strides, by))

    def padded(self, by: int) -> Self:
        """Change the padding."""
        return self._windowed(padding=grown(self.chosen.padding, by))

    def dilated(self, by: int) -> Self:
        """Change the dilation; the maximum alone has one."""
        state = self if self.chosen.takes_maximum else self._kind(PARTNERS[self.chosen.kind])
        dilated = state._windowed(dilation=grown(self.chosen.dilation, by))
        return self.refused(dilated.problem) if dilated.problem else dilated

    def with_ceil(self) -> Self:
        """Round the output size up, or down."""
        return self._windowed(ceil_mode=not self.chosen.ceil_mode)

    def with_padding_counted(self) -> Self:
        """Leave the padding out of averages, or take it in."""
        return self._windowed(exclude_pad=not self.chosen.exclude_pad)

    def globally(self) -> Self:
        """Take the whole input as one window, or go back to a sliding one."""
        return self._to_family("global-max")

    def adaptively(self) -> Self:
        """Share the input among a chosen number of outputs, or go back to a sliding window."""
        state = self._to_family("adaptive-max")
        if state.problem:
            return state
        if state.chosen.kind.startswith("adaptive") and state.chosen.output_size == (1, 1):
            return state.changed(output_size=(2, 2))
        return state

    def _to_family(self, family: str) -> Self:
        now = self.chosen.kind
        maximum = now if self.chosen.takes_maximum else PARTNERS[now]
        wanted = FAMILIES[0] if maximum == family else family
        return self._kind(wanted if self.chosen.takes_maximum else PARTNERS[wanted])

    def _kind(self, kind: str) -> Self:
        return self.changed(kind=kind)

    def on(self, grid: str) -> Self:
        """Focus a grid; the pooling of a pooled board becomes the chosen one."""
        state = super().on(grid)
        return state._with_chosen(grid)

    def focused(self, by: int = 1) -> Self:
        """Focus the next grid."""
        state = super().focused(by)
        return state._with_chosen(state.focus)

    def _with_chosen(self, grid: str) -> Self:
        pool = self.pools.get(grid)
        if pool is None or pool is self.chosen:
            return self
        unshifted = self.unshifted_pool(grid)
        return replace(self, operation=pool, partner=self.chosen, unshifted=unshifted)

    def to_channel(self, channel: int) -> Self:
        """Show another channel of the input and of what is pooled from it."""
        channel %= self.input_size[0]
        return replace(self, channel=channel).to_plane(channel)

    @property
    def nearest_channel(self) -> int:
        """The channel of the step."""
        return self.place[0]


def partner_of(pool: Pooling) -> Pooling | None:
    """Return the maximum's average or the average's maximum; None where torch has none."""
    try:
        return replace(pool, kind=PARTNERS[pool.kind])
    except UserError:
        return None


def _scale_of(pool: Pooling | None, side: int = 32, channels: int = 8) -> Scale:
    """Measure the first pooled cells of the first channels; they tell the width of all."""
    if pool is None:
        return Scale(2, 1.0)
    height, width = pool.window.output
    rows, columns = range(min(height, side)), range(min(width, side))
    first = range(min(pool.channels, channels))
    return Scale.of(*(pooled_block(pool, channel, rows, columns) for channel in first))
