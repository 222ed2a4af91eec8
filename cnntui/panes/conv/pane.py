"""The Convolution pane: its keys, and what they do beyond those of every stepper."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from textual.binding import Binding

from cnntui.engine import reference
from cnntui.ground.lines import Line
from cnntui.panes.conv.frame import frame_of, shift_lines
from cnntui.panes.conv.state import ConvolutionState
from cnntui.parts.choosing.choices import TYPED_KERNEL, kernel_choices, pick
from cnntui.parts.stepping.pane import SteppingPane
from cnntui.sources.inputs import load_input
from cnntui.sources.kernels import load_kernel
from cnntui.sources.tables import typed_number
from cnntui.ui.frames.boards import StepperFrame
from cnntui.ui.shell.pane import Choice


class ConvolutionPane(SteppingPane):
    """Slides a kernel over an input, one output cell a step."""

    TITLE = "Convolution"
    BOARDS = ConvolutionState.boards
    HINTS = "s/S stride  p/P padding  w/W size  d/D dilation  v view  o coverage  t shift"
    HELP = (
        "A kernel slides over the input. The window in brackets is multiplied with the kernel "
        "cell by cell; the sum of the products is one cell of the output. Dots are padding, "
        "strokes are cells that no window reads. Tab to the input to see which outputs read a "
        "cell, to the kernel to see which cells a weight meets."
    )

    BINDINGS = [
        Binding("K", "choose_kernel", "kernel", id="conv.kernel", tooltip="Choose the kernel: by name, typed (1 0 -1; 2 0 -2; 1 0 -1), or from a file"),
        Binding("s", "do('strided',1)", "stride", show=False, id="conv.stride", tooltip="Larger stride"),
        Binding("S", "do('strided',-1)", "less stride", show=False, id="conv.unstride", tooltip="Smaller stride"),
        Binding("p", "do('padded',1)", "padding", show=False, id="conv.pad", tooltip="More padding"),
        Binding("P", "do('padded',-1)", "less padding", show=False, id="conv.unpad", tooltip="Less padding"),
        Binding("n", "do('padded_by_name')", "named padding", show=False, id="conv.named", tooltip="Padding valid, same (as torch), full"),
        Binding("M", "do('in_next_mode')", "padding mode", show=False, id="conv.mode", tooltip="Padding mode: zeros, reflect, replicate, circular"),
        Binding("w", "do('resized',1)", "wider kernel", show=False, id="conv.grow", tooltip="Larger kernel"),
        Binding("W", "do('resized',-1)", "smaller kernel", show=False, id="conv.shrink", tooltip="Smaller kernel"),
        Binding("d", "do('dilated',1)", "dilation", show=False, id="conv.dilate", tooltip="Larger dilation"),
        Binding("D", "do('dilated',-1)", "less dilation", show=False, id="conv.undilate", tooltip="Smaller dilation"),
        Binding("c", "next_plane", "channel", show=False, id="conv.plane", tooltip="Next channel; next filter while the output has the focus"),
        Binding("f", "do('to_filter',1)", "filter", show=False, id="conv.filter", tooltip="Next filter"),
        Binding("G", "do('grouped')", "groups", show=False, id="conv.groups", tooltip="Next number of groups, up to depthwise"),
        Binding("b", "do('with_bias_or_without')", "bias", show=False, id="conv.bias", tooltip="Bias on and off"),
        Binding("B", "ask_bias", "bias value", show=False, id="conv.bias_value", tooltip="Type the bias: one number, or one a filter"),
        Binding("a", "do('activated')", "activation", show=False, id="conv.activation", tooltip="Activation: none, relu, leaky-relu, sigmoid, tanh"),
        Binding("m", "do('with_step_as_row')", "im2col", show=False, id="conv.im2col", tooltip="The step as a row of the im2col matrix times the kernel"),
        Binding("g,colon", "goto", "go to", show=False, id="step.goto", tooltip="Go to a typed row,column of the output"),
    ]  # fmt: skip

    def first_state(self) -> ConvolutionState:
        """Open Sobel x on a handwritten digit."""
        return ConvolutionState.of(load_input("digit"), load_kernel("sobel-x"))

    def framed(self, state: ConvolutionState, width: int, lines: int) -> StepperFrame:
        """Return what is to be seen."""
        return frame_of(state, width, lines, self.report)

    def check(self, state: ConvolutionState) -> tuple[reference.Reference, tuple[Line, ...]]:
        """Compare every output cell with torch's; measure the shift where one is on."""
        return reference.checked_convolution(state.conv, state.device), shift_lines(state)

    def action_next_plane(self) -> None:
        """Show the next filter or channel, whichever the focused grid is about."""
        state = self.state
        if state.focus == "output" and state.conv.filters > 1:
            self.state = state.to_filter(1)
        else:
            self.state = state.to_channel(state.channel + 1)

    def action_ask_bias(self) -> None:
        """Ask for the bias."""
        bias = self.state.conv.bias
        now = "" if bias is None else ", ".join(f"{value:.6g}" for value in bias.tolist())
        self.prompt.ask("bias, one number or one a filter:", self._take_bias, now)

    def _take_bias(self, text: str) -> None:
        """Take the typed bias; nothing typed takes it away."""
        numbers = tuple(typed_number(part) for part in text.replace(",", " ").split())
        self.take(self.state.biased(numbers or None))

    # the kernel

    def choices(self) -> Iterator[tuple[str, Choice]]:
        """Yield every input and kernel."""
        yield from super().choices()
        yield from (("open_kernel", choice) for choice in kernel_choices())

    def action_choose_kernel(self) -> None:
        """Let the user choose a kernel."""
        pick(self, "Kernel", kernel_choices(), TYPED_KERNEL, self.action_open_kernel)

    def action_open_kernel(self, name: str) -> None:
        """Read a kernel by its name, as numbers, or from a file."""
        take = partial(self.action_do, "with_kernel")
        self.background.run("kernel", partial(load_kernel, name), take, self.refuse)
