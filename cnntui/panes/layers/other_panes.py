"""What other panes show of a network: one of its layers in a stepper, its totals in Compare."""

from __future__ import annotations

from cnntui.engine.comparing import Totals
from cnntui.engine.tracing.rows import Row
from cnntui.errors import UserError
from cnntui.models.opening import Network
from cnntui.panes.compare.state import totals_from
from cnntui.panes.conv.state import ConvolutionState
from cnntui.panes.layers.state import LayersState
from cnntui.panes.pool.state import PoolingState
from cnntui.sources.inputs import load_input

PICTURE = "chelsea"


def chosen_stepper(state: LayersState) -> tuple[str, ConvolutionState | PoolingState]:
    """Return the pane and its state for the chosen layer. Raises UserError for a block."""
    item = state.item
    if state.network is None or item is None:
        raise UserError("there is no network to run; n chooses one")
    if item.block:
        raise UserError(f"{item.name} is a block; space unfolds it, then choose a layer")
    return stepper_of(state.network, item.row)


def comparable(state: LayersState) -> tuple[str, Totals]:
    """Return the pane and the network's sums for one picture at a time. Raises UserError."""
    network = state.network
    if network is None:
        raise UserError("there is no network to compare; n chooses one")
    single = network if state.trace.input_shape[0] == 1 else network.again(batch=1)
    return "compare", totals_from(single)


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
