"""Words for layers: settings in short, one sentence, and a formula."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cnntui.engine.tracing.calls import SIGNATURES, shape_of, spread
from cnntui.engine.tracing.rows import Row

_ACTIVATED = {"leaky_relu": ("negative_slope", 0.01, "slope"), "elu": ("alpha", 1.0, "α"),
              "celu": ("alpha", 1.0, "α")}  # fmt: skip
_NORMS = {"batch_norm": 1e-5, "layer_norm": 1e-5, "group_norm": 1e-5, "instance_norm": 1e-5}


def settings(name: str, given: Mapping[str, Any]) -> str:
    """Return the settings of a call in short, torch's defaults left out: ``k3 s2 p1``.

    k is the kernel, s the stride, p the padding, d the dilation, g the groups.
    """
    if name not in SIGNATURES:
        return ""
    if "pool" in name or name.startswith("conv"):
        return _sliding(name, given)
    if name in _NORMS:
        return _norm(name, given)
    if name in _ACTIVATED:
        key, default, sign = _ACTIVATED[name]
        value = given.get(key, default)
        return "" if value == default else f"{sign} {value:g}"
    if "dropout" in name:
        return f"p{given.get('p', 0.5):g}"
    return _others(name, given)


def _sliding(name: str, given: Mapping[str, Any]) -> str:
    if "adaptive" in name:
        return f"to {_sizes(given['output_size'])}"
    axes = int(next(c for c in name if c.isdigit()))
    kernel = shape_of(given["weight"])[2:] if "weight" in given else given["kernel_size"]
    stride = given.get("stride") or (1 if "weight" in given else kernel)
    words = [f"k{_sizes(kernel)}", f"s{_sizes(stride)}" if _differs(stride, 1, axes) else ""]
    for sign, key, default in (("p", "padding", 0), ("op", "output_padding", 0),
                               ("d", "dilation", 1), ("g", "groups", 1)):  # fmt: skip
        value = given.get(key, default)
        if isinstance(value, str) or _differs(value, default, axes):
            words.append(f"{sign}{_sizes(value)}")
    words.append("ceil" if given.get("ceil_mode") is True else "")
    return " ".join(word for word in words if word)


def _differs(value: Any, default: int, axes: int) -> bool:
    return any(size != default for size in spread(value, axes))


def _sizes(value: Any) -> str:
    """Write a number, ``3×5`` where the axes differ, ``*`` for a size that is kept."""
    if value is None or isinstance(value, (int, float, str)):
        return "*" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
    sizes = [_sizes(size) for size in value]
    return sizes[0] if len(set(sizes)) == 1 else "×".join(sizes)


def _norm(name: str, given: Mapping[str, Any]) -> str:
    words = [f"groups {given['num_groups']}"] if name == "group_norm" else []
    eps = given.get("eps", _NORMS[name])
    return " ".join(words if eps == _NORMS[name] else [*words, f"eps {eps:g}"])


def _others(name: str, given: Mapping[str, Any]) -> str:
    if name == "interpolate":
        factor, size = given.get("scale_factor"), given.get("size")
        to = f"×{_sizes(factor)}" if factor is not None else f"to {_sizes(size)}"
        return f"{to} {given.get('mode', 'nearest')}"
    if name == "pad":
        mode = given.get("mode", "constant")
        return f"{','.join(str(p) for p in given['pad'])}{'' if mode == 'constant' else ' ' + mode}"
    if name in ("softmax", "log_softmax", "cat", "stack", "mean", "sum"):
        dim = given.get("dim", 0 if name in ("cat", "stack") else None)
        return "" if dim is None else f"dim {_listed(dim)}"
    if name in ("pixel_shuffle", "pixel_unshuffle"):
        return f"×{given['factor']}"
    if name in ("linear", "bilinear") and given.get("bias") is None:
        return "no bias"
    return ""


def _listed(dim: Any) -> str:
    return str(dim) if isinstance(dim, int) else ",".join(str(d) for d in dim)


_SENTENCES = {
    "conv": "slides a kernel over its input and sums the products of each patch, over all its "
    "channels, into one number a filter",
    "transposed": "spreads each input cell over a patch of the output, weighted by the kernel, and "
    "adds what overlaps: a learned enlargement",
    "linear": "weighs every input feature for every output feature and adds a bias",
    "batchnorm": "brings each channel to mean 0 and deviation 1 by the running statistics, then "
    "scales and shifts it",
    "norm": "brings each sample to mean 0 and deviation 1, then scales and shifts it",
    "maxpool": "keeps the largest number of each window",
    "avgpool": "takes the mean of each window",
    "globalpool": "takes the mean or maximum of areas so that the output has the asked-for size",
    "relu": "sets what is negative to zero",
    "relu6": "sets what is negative to zero and what is above 6 to 6",
    "leaky": "makes what is negative smaller, by a slope, instead of zero",
    "elu": "bends what is negative towards −α",
    "hardsigmoid": "squeezes each number into 0 to 1 by three straight lines",
    "hardswish": "weighs each number by a sigmoid of straight lines",
    "sigmoid": "squeezes each number into 0 to 1",
    "tanh": "squeezes each number into −1 to 1",
    "gelu": "weighs each number by the probability that a normal one is smaller",
    "silu": "weighs each number by its sigmoid",
    "softmax": "turns logits into probabilities that add up to 1",
    "dropout": "zeroes numbers at random in training, and does nothing in use",
    "flatten": "lays the numbers out as one vector; nothing is computed",
    "add": "adds two feature maps cell by cell: a skip connection",
    "mul": "multiplies cell by cell: one operand gates the other",
    "cat": "puts feature maps one behind the other, channel after channel",
    "interpolate": "enlarges or shrinks the map without parameters",
    "view": "shows the same numbers in another shape or order; nothing is computed",
    "identity": "passes its input on",
    "embedding": "looks up a vector for each index",
    "recurrent": "walks along the sequence and carries a state from step to step",
    "attention": "lets each position gather from all others, weighted by how well they match",
    "matmul": "multiplies two matrices",
    "pad": "adds a border",
}
_FORMULAS = {
    "conv": "y[f,i,j] = b[f] + Σ w[f,c,u,v] · x[c, i·s−p+u·d, j·s−p+v·d]",
    "transposed": "y[f, i·s−p+u·d, j·s−p+v·d] += w[c,f,u,v] · x[c,i,j]",
    "linear": "y = W·x + b",
    "batchnorm": "y = γ·(x − μ)/√(σ² + ε) + β",
    "norm": "y = γ·(x − mean)/√(var + ε) + β",
    "maxpool": "y[c,i,j] = max x[c, i·s−p+u·d, j·s−p+v·d]",
    "avgpool": "y[c,i,j] = 1/k² · Σ x[c, i·s−p+u, j·s−p+v]",
    "relu": "y = max(0, x)",
    "relu6": "y = min(max(0, x), 6)",
    "leaky": "y = max(0, x) + slope·min(0, x)",
    "elu": "y = x for x > 0, else α·(eˣ − 1)",
    "hardsigmoid": "y = min(max(0, x + 3), 6)/6",
    "hardswish": "y = x·min(max(0, x + 3), 6)/6",
    "sigmoid": "y = 1/(1 + e⁻ˣ)",
    "tanh": "y = (eˣ − e⁻ˣ)/(eˣ + e⁻ˣ)",
    "gelu": "y = x·Φ(x)",
    "silu": "y = x/(1 + e⁻ˣ)",
    "softmax": "y[i] = e^z[i] / Σ e^z",
    "dropout": "training: y = x·m/(1 − p); in use: y = x",
    "add": "y = F(x) + x",
    "attention": "y = softmax(Q·Kᵀ/√d)·V",
    "identity": "y = x",
}
_KINDS = (
    ("convtranspose", "transposed"), ("conv_transpose", "transposed"), ("conv", "conv"),
    ("linear", "linear"), ("batchnorm", "batchnorm"), ("batch_norm", "batchnorm"),
    ("adaptive", "globalpool"), ("maxpool", "maxpool"), ("max_pool", "maxpool"),
    ("avgpool", "avgpool"), ("avg_pool", "avgpool"), ("norm", "norm"),
    ("hardswish", "hardswish"), ("hardsigmoid", "hardsigmoid"), ("silu", "silu"),
    ("swish", "silu"), ("gelu", "gelu"), ("sigmoid", "sigmoid"),
    ("tanh", "tanh"), ("relu6", "relu6"), ("leaky", "leaky"), ("prelu", "leaky"),
    ("relu", "relu"), ("elu", "elu"), ("softmax", "softmax"), ("dropout", "dropout"),
    ("flatten", "flatten"), ("add", "add"), ("mul", "mul"), ("cat", "cat"),
    ("interpolate", "interpolate"), ("upsampl", "interpolate"), ("view", "view"),
    ("reshape", "view"), ("permute", "view"), ("transpose", "view"), ("identity", "identity"),
    ("embedding", "embedding"), ("lstm", "recurrent"), ("gru", "recurrent"), ("rnn", "recurrent"),
    ("attention", "attention"), ("matmul", "matmul"), ("bmm", "matmul"), ("pad", "pad"),
)  # the first that is part of the type  # fmt: skip


def kind(type_name: str) -> str:
    """Return the kind of layer a type name stands for; "" for one without words of its own."""
    lowered = type_name.lower()
    return next((name for part, name in _KINDS if part in lowered), "")


def sentence(row: Row) -> str:
    """Return what the layer does, in one sentence; "" for a type without one."""
    words = _SENTENCES.get(kind(row.type), "")
    return f"{row.type} {words}." if words else ""


def formula(row: Row) -> str:
    """Return the layer's formula; "" for a type without one."""
    return _FORMULAS.get(kind(row.type), "")
