"""What autograd keeps of each torch function for its backward pass; knows names, no tensors.

Read off PyTorch's ``tools/autograd/derivatives.yaml`` and checked against
``torch.autograd.graph.saved_tensors_hooks`` by the tests.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any

from cnntui.engine.tracing.calls import Shape, shape_of

WEIGHED = {
    *(f"conv{n}d" for n in "123"), *(f"conv_transpose{n}d" for n in "123"), "linear", "bilinear",
}  # keep the input where the weight is trained  # fmt: skip
PRODUCTS = {
    "mul", "div", "matmul", "mm", "bmm", "mv", "dot", "addmm", "baddbmm", "einsum",
}  # each operand is kept where another one is trained or depends on what is  # fmt: skip
OUTPUT = {
    "relu", "sigmoid", "tanh", "softmax", "log_softmax", "exp", "sqrt", "rsqrt", "reciprocal",
}  # fmt: skip
OUTPUT_IN_PLACE = {"leaky_relu", "rrelu", "elu", "celu", "selu", "hardtanh", "relu6", "threshold"}
NOTHING = {
    "add", "sub", "neg", "cat", "stack", "hstack", "vstack", "flatten", "reshape", "view",
    "permute", "transpose", "movedim", "squeeze", "unsqueeze", "expand", "expand_as", "contiguous",
    "clone", "to", "float", "getitem", "setitem", "chunk", "split", "unbind", "narrow", "select",
    "mean", "sum", "interpolate", "pad", "pixel_shuffle", "pixel_unshuffle", "repeat", "roll",
    "flip", "t", "T", "mT", "identity", "channel_shuffle", "unfold", "fold", "unflatten", "copy",
    "dropout", "dropout1d", "dropout2d", "dropout3d", "alpha_dropout", "feature_alpha_dropout",
}  # a dropout keeps its mask alone  # fmt: skip


def kept(name: str, in_place: bool, out: Shape) -> str:
    """Return what the function keeps: ``nothing``, ``weighed``, ``products``, ``input``, ….

    ``output`` is its result, ``copy`` a copy of the input that it overwrites.
    """
    for kind, names in (("nothing", NOTHING), ("weighed", WEIGHED), ("products", PRODUCTS)):
        if name in names:
            return kind
    if name.startswith("adaptive_avg_pool") and prod(out[2:]) == 1:
        return "nothing"  # torch takes the mean, which needs sizes alone
    if name in OUTPUT or (in_place and name in OUTPUT_IN_PLACE):
        return "output"
    return "copy" if in_place else "input"


def more(name: str, given: Mapping[str, Any], shape: Shape, out: Shape, item: int) -> int:
    """Return the bytes kept beside operands and results, in proportion to the batch.

    ``item`` is the bytes of one number. Max pooling keeps int64 indices, dropout its mask (on the
    CPU one number a cell), layer and group norm a mean and a deviation per group, attention its
    softmax's normalisation.
    """
    if name.startswith(("max_pool", "adaptive_max_pool")):
        return 8 * prod(out)
    if "dropout" in name:
        return _mask(name, given, out) * item
    if name == "layer_norm":
        return 2 * item * prod(shape[: len(shape) - len(tuple(given["normalized_shape"]))])
    if name == "group_norm":
        return 2 * item * shape[0] * int(given["num_groups"])
    if name == "instance_norm":
        return 2 * item * shape[0] * shape[1]
    if name in ("lstm", "gru", "rnn_tanh", "rnn_relu"):
        return _recurrent(name, given, shape) * item
    return 0


def _mask(name: str, given: Mapping[str, Any], out: Shape) -> int:
    if not given.get("p", 0.5):
        return 0
    return prod(out[:2]) if name[-1] == "d" else prod(out)


def _recurrent(name: str, given: Mapping[str, Any], shape: Shape) -> int:
    """Gates and states of every step and layer: numbers a gate as torch 2.13's CPU keeps."""
    weights = given["weights"] if isinstance(given["weights"], (list, tuple)) else ()
    rows = sum(s[0] for s in map(shape_of, weights) if len(s) == 2) // 2  # gates × hidden
    each = {"lstm": 4.4, "gru": 7 / 3}.get(name, 1)
    return int(prod(shape[:-1]) * rows * each)


def fixed(name: str, given: Mapping[str, Any], shape: Shape) -> int:
    """Return the bytes kept whatever the batch: batch norm's mean and deviation, in float32."""
    return 8 * shape[1] if name == "batch_norm" else 0
