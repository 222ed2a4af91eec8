"""The Pooling pane: its keys, and what they do beyond those of every stepper."""

from __future__ import annotations

from textual.binding import Binding

from cnntui.engine import reference
from cnntui.ground.lines import Line
from cnntui.panes.pool.frame import frame_of, shift_lines
from cnntui.panes.pool.state import PoolingState
from cnntui.parts.stepping.pane import SteppingPane
from cnntui.sources.inputs import load_input
from cnntui.ui.frames.boards import StepperFrame


class PoolingPane(SteppingPane):
    """Pools an input by maximum and by average, one output cell a step."""

    TITLE = "Pooling"
    BOARDS = PoolingState.boards
    PRIMARY = "maximum"
    HINTS = "s/S stride  p/P padding  w/W window  A adaptive  C ceil  v view  t shift test"
    HELP = (
        "A window slides over the input. The maximum keeps its largest value (marked * in the "
        "window), the average its mean. Both run on the same window, so that every step "
        "compares them. Pooling has no parameters. The shift test moves the input by one cell: "
        "outputs that change are marked !."
    )

    BINDINGS = [
        Binding("w", "do('resized',1)", "window", show=False, id="pool.grow", tooltip="Larger window; more outputs of an adaptive pool"),
        Binding("W", "do('resized',-1)", "smaller window", show=False, id="pool.shrink", tooltip="Smaller window; fewer outputs of an adaptive pool"),
        Binding("s", "do('strided',1)", "stride", show=False, id="pool.stride", tooltip="Larger stride"),
        Binding("S", "do('strided',-1)", "less stride", show=False, id="pool.unstride", tooltip="Smaller stride"),
        Binding("p", "do('padded',1)", "padding", show=False, id="pool.pad", tooltip="More padding, up to half the window"),
        Binding("P", "do('padded',-1)", "less padding", show=False, id="pool.unpad", tooltip="Less padding"),
        Binding("d", "do('dilated',1)", "dilation", show=False, id="pool.dilate", tooltip="Larger dilation (maximum alone)"),
        Binding("D", "do('dilated',-1)", "less dilation", show=False, id="pool.undilate", tooltip="Smaller dilation"),
        Binding("g", "do('globally')", "global", id="pool.global", tooltip="Global: the whole input as one window, or back"),
        Binding("A", "do('adaptively')", "adaptive", show=False, id="pool.adaptive", tooltip="Adaptive: a chosen output size, or back"),
        Binding("C", "do('with_ceil')", "ceil mode", show=False, id="pool.ceil", tooltip="Round the output size up (ceil_mode), or down"),
        Binding("x", "do('with_padding_counted')", "exclude padding", show=False, id="pool.exclude", tooltip="Count the padding in averages, or not (count_include_pad)"),
        Binding("c", "next_channel", "channel", show=False, id="pool.channel", tooltip="Next channel"),
    ]  # fmt: skip

    def first_state(self) -> PoolingState:
        """Open the curriculum's 4×4 example."""
        return PoolingState.of(load_input("pool-4x4"))

    def framed(self, state: PoolingState, width: int, lines: int) -> StepperFrame:
        """Return what is to be seen."""
        return frame_of(state, width, lines, self.report)

    def check(self, state: PoolingState) -> tuple[reference.Reference, tuple[Line, ...]]:
        """Compare every pooled cell of both boards with torch's; measure a shift."""
        results = [
            reference.checked_pooling(pool, state.device)
            for pool in state.pools.values()
            if pool is not None
        ]
        return max(results, key=lambda result: result.max_abs_diff), shift_lines(state)

    def action_next_channel(self) -> None:
        """Show the next channel."""
        self.state = self.state.to_channel(self.state.channel + 1)
