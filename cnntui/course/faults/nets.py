"""Networks for the digits whose dense layer takes the wrong number, and the same mended.

``cnntui.course.faults.nets:broken_2`` is a network as the Layers pane opens one; imports torch when
it is built.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cnntui.course.format.formulas import conv_params, dense_params

if TYPE_CHECKING:
    from torch import nn

CLASSES = 10


@dataclass(frozen=True)
class FaultyNet:
    """Two convolutions on ``side`` × ``side`` and two dense layers, and what was put in wrong."""

    side: int
    channels: tuple[int, int]
    padding: int
    units: int
    forgotten: str  # the mistake that led to ``wrong``
    wrong: int

    @property
    def last(self) -> int:
        """The side of the maps before flatten: two pools halve it."""
        first = (self.side + 2 * self.padding - 2) // 2
        return (first + 2 * self.padding - 2) // 2

    @property
    def inputs(self) -> int:
        """What flatten puts out."""
        return self.channels[1] * self.last * self.last

    @property
    def params(self) -> int:
        """Parameters of the mended network."""
        first, second = self.channels
        return (
            conv_params(3, 1, first)
            + conv_params(3, first, second)
            + dense_params(self.inputs, self.units)
            + dense_params(self.units, CLASSES)
        )


NETS = (
    FaultyNet(28, (8, 16), 1, 32, "one of the two pools is forgotten", 16 * 14 * 14),
    FaultyNet(28, (32, 64), 0, 128, "the padding is taken for same, but there is none", 64 * 7 * 7),
    FaultyNet(32, (6, 16), 1, 84, "the channels are forgotten", 8 * 8),
    FaultyNet(32, (16, 32), 0, 64, "the map is taken for one side alone", 32 * 6),
)


def __getattr__(name: str) -> Callable[[], nn.Module]:
    """Return the builder of ``broken_N`` or ``mended_N``."""
    kind, _, number = name.partition("_")
    if kind not in ("broken", "mended") or number not in {str(at) for at in range(len(NETS))}:
        raise AttributeError(name)
    net = NETS[int(number)]

    def build() -> nn.Module:
        return _built(net, net.inputs if kind == "mended" else net.wrong)

    return build


def _built(net: FaultyNet, inputs: int) -> nn.Module:
    from torch import nn

    first, second = net.channels
    layers: list[Any] = [nn.Conv2d(1, first, 3, padding=net.padding), nn.ReLU(), nn.MaxPool2d(2)]
    layers += [nn.Conv2d(first, second, 3, padding=net.padding), nn.ReLU(), nn.MaxPool2d(2)]
    layers += [nn.Flatten(), nn.Linear(inputs, net.units), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(net.units, CLASSES))
