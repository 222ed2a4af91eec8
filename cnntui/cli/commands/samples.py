"""``cnntui samples``: every input and kernel there is by name."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnntui.parts.printing.output import Output

ABOUT = {
    "summary": "list the inputs and kernels there are by name",
    "order": 2,
}
INPUTS = "inputs (--input); a file .npy .csv .txt or a picture serves as well"
KERNELS = 'kernels (--kernel); a file or text such as "1 0 -1; 2 0 -2; 1 0 -1" serves as well'


def prepare(command: argparse.ArgumentParser) -> None:
    """Give the command its options."""
    command.add_argument("--json", action="store_true", help="print one JSON object")


def run(options: argparse.Namespace, output: Output) -> int:
    """List them."""
    from cnntui.ground.widths import padded
    from cnntui.numbers import shape
    from cnntui.sources.inputs import listed_inputs
    from cnntui.sources.kernels import listed_kernels

    inputs, kernels = listed_inputs(), listed_kernels()
    if options.json:
        samples = {"inputs": inputs, "kernels": kernels}
        return output.json({kind: [*map(vars, each)] for kind, each in samples.items()})
    for head, listed in ((INPUTS, inputs), (KERNELS, kernels)):
        output.say(head)
        for each in listed:
            output.say(f"  {padded(each.name, 18)} {padded(shape(each.shape), 10)} {each.summary}")
    return 0
