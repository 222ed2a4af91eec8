"""What lessons may ask of the Pictures pane: the picture, its resizing, its preprocessing, augment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from cnntui.panes.image.augment import COMBINED, EACH
from cnntui.panes.image.resize import METHODS
from cnntui.panes.image.state import PicturesState

FACTS: Mapping[str, str] = {
    "image": "the picture's name",
    "mode": "numbers, channels, histogram, resize, preprocess, augment",
    "input_shape": "(height, width) of the picture",
    "channels": "channels of the picture: 1 or 3",
    "pixels": "height times width",
    "values": "pixels times channels",
    "dtype": "the type of its numbers: uint8, uint16, float32",
    "white": "the number of white: 255 of bytes",
    "value_min": "the least value of the picture",
    "value_max": "the greatest value of the picture",
    "space": "the colour space: rgb, bgr, gray, gray3, hsv, lab",
    "cursor": "(row, column) of the pixel under the cursor",
    "pixel": "its values as they were read: (red, green, blue), or (grey,)",
    "converted": "the same pixel in the colour space on view",
    "zoom": "steps from the whole picture; how many there are depends on the screen",
    "in_cells": "whether the numbers themselves are shown",
    "resized_to": "(height, width) that resize makes",
    "resized_values": "values of the resized picture",
    "method": "the chosen method of resizing: nearest, box, bilinear, torch bicubic, …",
    "recipe": "the preprocessing: none, unit, imagenet, signed, caffe, or a data set's name",
    "prepared": "the pixel under the cursor after the preprocessing",
    "kind": "the line of augment under the cursor: each, flip, … or combined",
    "strength": "of the augmentation under the cursor; absent on each and combined",
    "combination": "what is combined, as written: flip=0.5,rotate=15",
    "combined": "the names of what is combined, in the order of the list",
    "outside": "what comes in from outside: zeros, edge, reflect, mean",
    "seed": "of the augmented samples",
}


def facts_of(state: PicturesState, about: object = None) -> dict[str, Any]:
    """Return what is so of a picture."""
    photo, (height, width) = state.photo, state.resized_to
    return {
        "image": photo.source.name,
        "mode": state.mode,
        "input_shape": photo.size,
        "channels": photo.channels,
        "pixels": state.pixels,
        "values": state.values,
        "dtype": photo.dtype,
        "white": float(photo.white),
        "value_min": photo.span[0],
        "value_max": photo.span[1],
        "space": state.space,
        "cursor": state.cursor,
        "pixel": state.pixel,
        "converted": state.converted,
        "zoom": min(state.zoom, state.most_zoom),
        "in_cells": state.in_cells,
        "resized_to": (height, width),
        "resized_values": height * width * photo.channels,
        "method": METHODS[state.method].name,
        "recipe": state.recipe.name,
        "prepared": _prepared(state),
        **_augmented(state),
    }


def _prepared(state: PicturesState) -> tuple[float, ...]:
    """Return the pixel under the cursor as the chain leaves it."""
    row, column = state.cursor
    now = state.photo.values[:, row : row + 1, column : column + 1]
    return tuple(float(value) for value in np.ravel(state.recipe.stages(now)[-1]))


def _augmented(state: PicturesState) -> dict[str, Any]:
    own = state.augmenting
    ends = {EACH: "each", COMBINED: "combined"}
    facts: dict[str, Any] = {
        "kind": ends.get(own.row) or (own.kind.name if own.kind else ""),
        "combination": str(own.combination),
        "combined": tuple(item.name for item in own.combination.items),
        "outside": own.fill,
        "seed": own.seed,
    }
    if own.kind is not None:
        facts["strength"] = own.strength(own.kind.name)
    return facts
