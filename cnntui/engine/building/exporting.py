"""A written network as a PyTorch source file that runs on its own.

The residual block's text is that of ``residual.py``, so the two can't differ.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Sequence

from cnntui.engine.building.blueprint import Blueprint, ImageShape
from cnntui.engine.building.parts import CLASSES, Argument, Part, fitting, parts
from cnntui.engine.building.rules import Shape
from cnntui.numbers import shape as by_shape

WIDTH = 88  # of the written file, as black and ruff have it
FOLLOWERS = {"BatchNorm2d", "BatchNorm1d", *CLASSES.values()}  # stand on their layer's line
MOST_NESTED = 3

FILE = '''\
"""A convolutional network for {input} input, in PyTorch."""

import torch
from torch import nn
{classes}

class Net(nn.Module):
    """(N, {shape}) to (N, {output})."""

    def __init__(self) -> None:
        super().__init__()
{modules}

    def forward(self, x: torch.Tensor) -> torch.Tensor:
{steps}


if __name__ == "__main__":
    net = Net().eval()
    with torch.no_grad():
        output = net(torch.zeros(1, {shape}))
    print("output shape:", tuple(output.shape))
    print("parameters:", sum(p.numel() for p in net.parameters()))
'''


def code(
    blueprint: Blueprint, input_shape: ImageShape | None = None, num_classes: int | None = None
) -> str:
    """Return the source of a file with ``class Net(nn.Module)``; raises UserError as ``build``.

    Its modules have the names, and so its state dict the keys, of what ``build`` makes. Run, it
    prints the output's shape and the number of parameters.
    """
    network = fitting(blueprint, input_shape, num_classes)
    made = parts(network)
    needs_residual = any(part.kind == "Residual" for part in made)
    return FILE.format(
        input=by_shape(network.input),
        shape=_commas(network.input),
        output=_commas(network.output),
        classes=f"\n\n{_residual_source()}\n" if needs_residual else "",
        modules="\n".join(map(_assignment, made)),
        steps="\n".join(_forward(made)),
    )


def _residual_source() -> str:
    source = (pkgutil.get_data("cnntui.engine.building", "residual.py") or b"").decode()
    return source[source.index("class Residual") :].replace("\r\n", "\n").rstrip()


def _assignment(part: Part) -> str:
    """Write ``self.conv1 = nn.Conv2d(…)``, on several lines where one is too short."""
    place = " " * 8
    module = "" if part.kind == "Residual" else "nn."
    start = f"{place}self.{part.name} = {module}{part.kind}("
    arguments = [*map(_value, part.positional)]
    arguments += [f"{name}={_value(value)}" for name, value in part.named.items()]
    together = ", ".join(arguments)
    if len(start) + len(together) + 1 <= WIDTH:
        return f"{start}{together})"
    if len(together) + 12 <= WIDTH:
        return f"{start}\n{place}    {together}\n{place})"
    apart = "".join(f"{place}    {argument},\n" for argument in arguments)
    return f"{start}\n{apart}{place})"


def _value(value: Argument) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(value)


def _forward(made: Sequence[Part]) -> list[str]:
    """Write a line for every layer, with its batch norm and activation around it."""
    steps = _steps(made)
    lines = []
    for place, step in enumerate(steps, 1):
        call = "x"
        for part in step:
            call = f"self.{part.name}({call})"
        line = f"        {'return' if place == len(steps) else 'x ='} {call}"
        noted = f"{line}  # (N, {_commas(step[-1].output)})"
        lines.append(noted if len(noted) <= WIDTH else line)
    return lines


def _steps(made: Sequence[Part]) -> list[list[Part]]:
    steps: list[list[Part]] = []
    for part in made:
        if steps and part.kind in FOLLOWERS and len(steps[-1]) < MOST_NESTED:
            steps[-1].append(part)
        else:
            steps.append([part])
    return steps


def _commas(shape: Shape) -> str:
    return ", ".join(map(str, shape))
