"""What lessons may ask of the Filters pane, worked out by the engine."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cnntui.engine.filtering import Filtering, Statistics, filtered, statistics
from cnntui.numbers import number_or_sizes
from cnntui.panes.filters.develop import Developed
from cnntui.panes.filters.state import FiltersState

QUICK = 300_000  # multiply-adds; more is worked out by the pane alone

FACTS: Mapping[str, str] = {
    "picture": "the picture's name",
    "input_shape": "(height, width) of the picture as it was read",
    "output_shape": "(height, width) of the result",
    "channels": "channels of the picture",
    "gray": "whether the picture is read in grey",
    "kernel": "the kernel's name",
    "kernel_size": "a number, or (height, width)",
    "kernel_values": "rows of the kernel: ((1, 0), (0, -1))",
    "kernel_sum": "the sum of the weights",
    "stride": "the stride",
    "times": "how often the filter is applied",
    "macs": "multiply-adds of all applications",
    "display": "how values become colours: clipped, signed, magnitude",
    "editing": "whether the cursor is on the kernel",
    "edited": "whether the kernel was edited",
    "output_min": "the least value of the result; absent until the pane has worked it out",
    "output_max": "the greatest value of the result; absent until then",
    "output_mean": "the mean of the result; absent until then",
    "negative": "the share of values below 0, from 0 to 1; absent until then",
}


def facts_of(state: FiltersState, about: object = None) -> dict[str, Any]:
    """Return what is so of a filtered picture; ``about`` is what the pane has developed of it."""
    filtering = state.filtering
    (height, width), result = filtering.sizes[0], filtering.sizes[-1]
    rows, columns = filtering.kernel.shape
    return {
        "picture": state.picture.source.name,
        "input_shape": (height, width),
        "output_shape": result,
        "channels": filtering.channels,
        "gray": state.picture.gray,
        "kernel": state.chosen.name,
        "kernel_size": number_or_sizes((rows, columns)),
        "kernel_values": tuple(map(tuple, filtering.kernel.tolist())),
        "kernel_sum": float(filtering.kernel.sum(dtype="float64")),
        "stride": filtering.stride,
        "times": filtering.times,
        "macs": filtering.macs,
        "display": state.shown_as,
        "editing": state.editing,
        "edited": bool(state.edits),
        **_output(filtering, about),
    }


def _output(filtering: Filtering, about: object) -> dict[str, float]:
    """Return the figures of the result, where they are known or quick to find."""
    if isinstance(about, Developed) and about.filtering is filtering:
        return _figures(about.output)
    return dict(_quick(filtering)) if filtering.macs <= QUICK else {}


@lru_cache(maxsize=8)
def _quick(filtering: Filtering) -> Mapping[str, float]:
    return _figures(statistics(filtered(filtering), 2))


def _figures(of: Statistics) -> dict[str, float]:
    return {
        "output_min": of.min,
        "output_max": of.max,
        "output_mean": of.mean,
        "negative": of.negative,
    }
