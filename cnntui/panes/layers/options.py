"""The settings of a network to be opened, each said once for the command line and for links."""

from __future__ import annotations

from typing import Any

from cnntui.ground.options import Option, whole
from cnntui.models.opening import NetRequest, shapes_of

FIRST = "resnet18"  # where no network is named
OPTIONS = (
    Option("input", metavar="I", help="channels x height x width: 3x224x224; several: 3x64x64,10"),
    Option("classes", whole("number of classes"), metavar="N"),
    Option("weights", metavar="F", help="a .safetensors file, or a .pt or .pth of tensors alone"),
    Option("batch", whole("batch"), default=1, metavar="N", help="pictures at a time"),
    Option("depth", whole("depth"), metavar="D", help="fold names to so many parts"),
)


def request_of(options: Any, net: str, device: str = "") -> NetRequest:
    """Return what the options ask for, not checked yet. Raises UserError for no shape."""
    return NetRequest(
        text=net,
        shapes=tuple(shapes_of(options.input)) if options.input is not None else None,
        classes=options.classes,
        weights=options.weights,
        batch=options.batch,
        depth=options.depth,
        device=device,
    )
