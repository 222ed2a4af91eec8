"""What a traced network looks like: frozen rows of plain numbers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from cnntui.engine.tracing.axis_reach import Reach

Number = int | float
Shape = tuple[int, ...]


@dataclass(frozen=True)
class Row:
    """One call: of a leaf module, or of a functional operation between activations.

    ``inputs`` are the edges: indices of the rows it reads, -1 for the network's first input, -2
    for the second. ``macs`` follow ``counting.MACS_DEFINITION``; bytes are those of this row's
    output and of the parameters first used here. The receptive field of unit (i, j) is
    ``start + i·jump`` to ``start + i·jump + field - 1`` cells of the input, padding included.
    """

    index: int
    name: str  # unique: "layer1.0.relu", on the second call "layer1.0.relu#2"
    module: str  # the module's qualified name; "" for a functional row
    type: str  # torch's class name, or the function's: "add", "cat", "flatten"
    settings: str  # "k3 s2 p1"; what is torch's default is left out
    path: tuple[str, ...]  # the blocks around it: ("layer1", "0")
    inputs: tuple[int, ...]
    input_shape: Shape  # of the first input, (N, C, H, W)
    output_shape: Shape
    params: int  # 0 where an earlier row has counted them
    trainable_params: int
    params_formula: str  # "3×3×64×128 + 128"
    macs: int
    activation_bytes: int
    parameter_bytes: int
    params_share: float  # of the network's total, 0..1
    macs_share: float
    receptive_field: tuple[int, ...] | None  # (height, width); None where there is no picture
    jump: tuple[Number, ...] | None  # input cells from one unit to the next: the effective stride
    start: tuple[Number, ...] | None  # first input cell of unit 0; negative in the padding
    global_field: bool  # a global path makes the true field the whole picture; this is the local
    rearranges: bool  # only another view of the same numbers: flatten, view, permute
    units: tuple[int, ...]  # output size along each axis of the picture; 1 where folded away
    reaches: tuple[tuple[Reach | None, ...], ...]  # steps from input to output, one Reach an axis

    @property
    def depth(self) -> int:
        """1 for a row of the network itself, one more for each block around it."""
        return len(self.path) + 1

    @property
    def frozen(self) -> bool:
        """Whether it has parameters and none is trainable."""
        return self.params > 0 and self.trainable_params == 0


@dataclass(frozen=True)
class TraceError:
    """Where the forward pass stopped: the layer, torch's own message, and what would fit."""

    name: str  # of the layer or block
    type: str
    message: str
    got: str  # "1×400"; "" where not known
    expected: str
    fix: str  # "in_features=400"; "" where it cannot be computed


@dataclass(frozen=True, eq=False)
class Trace:
    """One forward pass: its rows in call order, and their totals. Compared by identity."""

    name: str
    input_shapes: tuple[Shape, ...]  # with the batch: (N, C, H, W)
    rows: tuple[Row, ...]
    uncalled: tuple[tuple[str, int], ...]  # parameters no call used, by name and count
    total_params: int  # the rows' sum and the uncalled
    trainable_params: int
    parameter_bytes: int
    trainable_bytes: int
    buffer_bytes: int
    how: str  # "meta", "fake" or "real"
    indices: bool = False  # whether the inputs are integers, which the first layer looks up
    why: str = ""  # what the first choice failed with
    error: TraceError | None = None

    @property
    def input_shape(self) -> Shape:
        """The first input's shape."""
        return self.input_shapes[0]

    @cached_property
    def total_macs(self) -> int:
        """Multiply–adds of one forward pass of the traced batch."""
        return sum(row.macs for row in self.rows)

    @property
    def flops(self) -> int:
        """Twice the MACs."""
        return 2 * self.total_macs

    @cached_property
    def activation_bytes(self) -> int:
        """Bytes of every row's output."""
        return sum(row.activation_bytes for row in self.rows)
