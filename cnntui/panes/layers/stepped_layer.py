"""Opens a layer of a network in a stepper, with what flows into it for a picture; uses torch."""

from __future__ import annotations

from cnntui.engine.tracing.rows import Row
from cnntui.errors import UserError
from cnntui.models.opening import Network
from cnntui.panes.conv.state import ConvolutionState
from cnntui.panes.pool.state import PoolingState
from cnntui.sources.inputs import load_input

PICTURE = "chelsea"


def stepper_of(
    network: Network, row: Row, picture: str = PICTURE
) -> tuple[str, ConvolutionState | PoolingState]:
    """Return the pane's name and its state for a layer and a picture. Raises UserError.

    A network without weights gets random ones, always the same.
    """
    from cnntui.engine.activations import input_of, prepared, stepped
    from cnntui.engine.convolution import Convolution
    from cnntui.models.values import with_values

    if not row.module:
        raise UserError(f"{row.name} is a function, not a layer; choose a convolution or pooling")
    shapes = network.trace.input_shapes
    if len(shapes) != 1 or len(shapes[0]) != 4:
        raise UserError("the network takes no picture, so no picture can be stepped through it")
    model = with_values(network.loaded, network.made_with)
    data = prepared(load_input(picture).values, shapes[0][1:])
    call = int(row.name.rpartition("#")[2]) - 1 if "#" in row.name else 0
    layer = model.get_submodule(row.module)
    operation = stepped(layer, input_of(model, row.module, call, data))
    name = f"{picture} in {network.name} at {row.name}"
    if isinstance(operation, Convolution):
        return "conv", ConvolutionState.on_layer(operation, name, f"{row.module}.weight")
    return "pool", PoolingState.on_layer(operation, name)
