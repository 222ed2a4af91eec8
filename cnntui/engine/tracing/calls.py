"""A call of a torch function by name, with its arguments named.

Names are the documented ones: ``add_`` and ``__iadd__`` are ``add``, ``concat`` is ``cat``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

Shape = tuple[int, ...]

SYNONYMS = {
    "iadd": "add", "radd": "add", "isub": "sub", "rsub": "sub", "subtract": "sub",
    "imul": "mul", "rmul": "mul", "multiply": "mul", "itruediv": "div", "rtruediv": "div",
    "truediv": "div", "true_divide": "div", "divide": "div", "rdiv": "div", "ipow": "pow",
    "rpow": "pow", "rmatmul": "matmul", "imatmul": "matmul", "concat": "cat",
    "concatenate": "cat", "swapaxes": "transpose", "swapdims": "transpose", "moveaxis": "movedim",
    "max_pool1d_with_indices": "max_pool1d", "max_pool2d_with_indices": "max_pool2d",
    "max_pool3d_with_indices": "max_pool3d", "reshape_as": "reshape", "view_as": "view",
    "upsample": "interpolate", "negative": "neg", "special_softmax": "softmax",
    "adaptive_max_pool2d_with_indices": "adaptive_max_pool2d", "clip": "clamp",
}  # fmt: skip

_POOL = "input kernel_size stride padding"
_CONV = "input weight bias stride padding dilation groups"
_TURNED = "input weight bias stride padding output_padding groups dilation"
_UNPOOL = "input indices kernel_size stride padding output_size"
_REDUCED = "input dim keepdim"
_SIGNATURES = {
    **{f"conv{n}d": _CONV for n in "123"},
    **{f"conv_transpose{n}d": _TURNED for n in "123"},
    **{f"max_pool{n}d": f"{_POOL} dilation ceil_mode return_indices" for n in "123"},
    **{f"max_unpool{n}d": _UNPOOL for n in "123"},
    **{f"avg_pool{n}d": f"{_POOL} ceil_mode count_include_pad divisor_override" for n in "123"},
    **{f"lp_pool{n}d": "input norm_type kernel_size stride ceil_mode" for n in "123"},
    **{f"adaptive_{kind}_pool{n}d": "input output_size" for kind in ("avg", "max") for n in "123"},
    **dict.fromkeys(("mean", "sum", "amax", "amin", "std", "var", "logsumexp", "prod"), _REDUCED),
    **dict.fromkeys(("max", "min", "median", "all", "any", "argmax", "argmin"), _REDUCED),
    "norm": "input p dim keepdim",
    "interpolate": "input size scale_factor mode align_corners recompute_scale_factor antialias",
    "pad": "input pad mode value",
    "flatten": "input start_dim end_dim",
    "cat": "tensors dim", "stack": "tensors dim", "hstack": "tensors", "vstack": "tensors",
    "softmax": "input dim", "log_softmax": "input dim", "softmin": "input dim",
    "normalize": "input p dim", "cumsum": "input dim", "cumprod": "input dim",
    "dropout": "input p training inplace",
    **{f"dropout{n}d": "input p training inplace" for n in "123"},
    "alpha_dropout": "input p training inplace",
    "feature_alpha_dropout": "input p training inplace",
    "batch_norm": "input running_mean running_var weight bias training momentum eps",
    "layer_norm": "input normalized_shape weight bias eps",
    "rms_norm": "input normalized_shape weight eps",
    "group_norm": "input num_groups weight bias eps",
    "instance_norm": "input running_mean running_var weight bias use_input_stats momentum eps",
    "local_response_norm": "input size alpha beta k",
    "pixel_shuffle": "input factor", "pixel_unshuffle": "input factor",
    "channel_shuffle": "input groups",
    "transpose": "input dim0 dim1", "movedim": "input source destination",
    "linear": "input weight bias", "bilinear": "input1 input2 weight bias",
    "matmul": "input other", "mm": "input other", "bmm": "input other", "mv": "input other",
    "dot": "input other", "addmm": "bias input other", "baddbmm": "bias input other",
    "addmv": "bias input other", "addbmm": "bias input other",
    "scaled_dot_product_attention": "query key value",
    "multi_head_attention_forward": "query key value embed_dim_to_check num_heads",
    "embedding": "input weight", "embedding_bag": "input weight",
    "leaky_relu": "input negative_slope inplace", "elu": "input alpha inplace",
    "celu": "input alpha inplace", "softplus": "input beta threshold",
    "hardtanh": "input min_val max_val inplace", "threshold": "input threshold value inplace",
    "chunk": "input chunks dim", "split": "input sizes dim", "tensor_split": "input sizes dim",
    "unbind": "input dim", "narrow": "input dim start length", "select": "input dim index",
    "unsqueeze": "input dim", "squeeze": "input dim", "roll": "input shifts dim",
    "flip": "input dim", "index_select": "input dim index", "getitem": "input index",
    "lstm": "input hidden weights", "gru": "input hidden weights",
    "rnn_tanh": "input hidden weights", "rnn_relu": "input hidden weights",
    "unfold": "input kernel_size dilation padding stride",
}  # fmt: skip
SIGNATURES = {name: tuple(text.split()) for name, text in _SIGNATURES.items()}
RENAMED = {"self": "input", "upscale_factor": "factor", "downscale_factor": "factor",
           "axis": "dim", "dims": "dim", "split_size_or_sections": "sizes",
           "split_size": "sizes", "indices_or_sections": "sizes", "mat1": "input",
           "mat2": "other", "tensor": "input"}  # fmt: skip


class Call(NamedTuple):
    """One operand of one call: function, named arguments, the operand's and the output's shape."""

    name: str
    given: Mapping[str, Any]
    shape: Shape
    out: Shape
    operand: int = 0


_documented: dict[str, str] = {}


def documented(name: str) -> str:
    """Return the documented name of a function, method or operator."""
    known = _documented.get(name)
    if known is None:
        bare = name.partition(".")[0].strip("_")  # an operator is called "add.Tensor"
        known = _documented[name] = SYNONYMS.get(bare, bare)
    return known


def named(name: str, args: Sequence[Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of a documented function by name; what has no name is in ``rest``."""
    names = SIGNATURES.get(name, ("input",))
    given = dict(zip(names, args, strict=False))
    if len(args) > len(names):
        given["rest"] = tuple(args[len(names) :])
    for key, value in options.items():
        given[RENAMED.get(key, key)] = value
    return given


def spread(value: Any, axes: int) -> tuple[int, ...]:
    """Return a size as torch takes it, a number or one for each axis, as one for each axis."""
    if isinstance(value, int):
        return (value,) * axes
    sizes = tuple(int(size) for size in value)
    return sizes * axes if len(sizes) == 1 else sizes


def shape_of(tensor: Any) -> Shape:
    """Return a tensor's shape as plain integers."""
    return tuple(int(size) for size in tensor.shape)
