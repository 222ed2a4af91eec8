"""The Pictures pane's state as a link, and back; reads the picture it names."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from cnntui.engine.preprocessing import recipes
from cnntui.errors import UserError
from cnntui.ground.names import cut, whole
from cnntui.ground.options import given
from cnntui.panes.image.augment import COMBINED, EACH, Augmenting
from cnntui.panes.image.chain import recipe_of
from cnntui.panes.image.options import OPTIONS
from cnntui.panes.image.reading import read_photo
from cnntui.panes.image.resize import METHODS
from cnntui.panes.image.state import FACTORS, FIRST, MODES, PicturesState
from cnntui.parts.links import trust
from cnntui.parts.links.values import (
    LinkText,
    NoLink,
    Values,
    choice_in,
    place_in,
    place_text,
    put,
    whole_in,
)
from cnntui.training.augment.combinations import KINDS, Augmentation, Augmentations, parse

ROWS = ("each", *(kind.name for kind in KINDS), "combined")  # the lines of augment
NAMES = tuple(method.name for method in METHODS)
CELLS = "cells"
NEAREST = len(FACTORS) + 1  # the cells' zoom, however few steps lead there
KEYS = {
    **{option.name: "as of cnntui image" for option in OPTIONS},
    "mode": ", ".join(MODES),
    "cursor": "row,column of the pixel under the cursor; else the middle",
    "zoom": f"0 for the whole picture, steps from there, or {CELLS}",
    "resize": "the size it is resized to, heightxwidth: 224x224",
    "method": f"of resizing: {', '.join(NAMES)}",
    "kind": f"the line of augment under the cursor: {', '.join(ROWS)}",
    "strengths": "of augmentations that are not combined: rotate=30,noise=0.1",
}


def read(values: Values, trusted: bool) -> PicturesState:
    """Return the state that a link names, its picture read. Raises UserError."""
    options = given(OPTIONS, values)
    if not trusted:
        trust.check_input(options.image, "image")
        _check_recipe(options.preprocess)
    photo = read_photo(options.image)
    recipe = None if options.preprocess is None else recipe_of(options.preprocess, photo)
    mode = choice_in(values, "mode", _implied(values), MODES)
    state = PicturesState.of(
        photo, mode, options.space or "rgb", recipe, _augmenting(values, options)
    )
    return replace(
        _resized(state, values),
        cursor=place_in(values, "cursor", state.cursor, photo.size),
        zoom=_zoom(values),
        method=NAMES.index(choice_in(values, "method", NAMES[0], NAMES)),
    )


def _implied(values: Values) -> str:
    """Return the mode of a link that doesn't say it, as ``cnntui image`` has it."""
    shown = {"augment": "augment", "preprocess": "preprocess", "space": "channels"}
    return next((mode for key, mode in shown.items() if key in values), MODES[0])


def _check_recipe(name: str | None) -> None:
    """Refuse what is neither a chain nor a data set of a known name. Raises UserError."""
    if name is not None and name not in {recipe.name for recipe in recipes()}:
        trust.check_dataset(name, "preprocess")


def _augmenting(values: Values, options: Any) -> Augmenting:
    own = Augmenting(seed=options.seed)
    if "strengths" in values:
        given = {item.name: item.strength for item in parse(values["strengths"]).items}
        pairs = zip(KINDS, own.strengths, strict=True)
        own = replace(own, strengths=tuple(given.get(kind.name, s) for kind, s in pairs))
    if options.augment is not None:
        own = own.listed(options.augment)
    return replace(own, row=ROWS.index(choice_in(values, "kind", ROWS[own.row], ROWS)))


def _zoom(values: Values) -> int:
    if values.get("zoom") == CELLS:
        return NEAREST
    try:
        return whole_in(values, "zoom", 0, NEAREST)
    except UserError as problem:
        raise UserError(f"{problem}, or {CELLS}") from None


def _resized(state: PicturesState, values: Values) -> PicturesState:
    text = values.get("resize")
    if text is None:
        return state
    sides = [whole(part) for part in text.split("x")]
    if len(sides) != 2 or sides[0] is None or sides[1] is None:
        listed = ", ".join(_size_text(size) for size in state.sizes)
        raise UserError(f"resize is {cut(text)!r}; give one of {listed}")
    return state.resized((sides[0], sides[1]))


def _size_text(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"


def write(state: PicturesState) -> LinkText:
    """Write a state. Raises UserError where its picture has no name."""
    source, own = state.photo.source, state.augmenting
    if source.kind == "dataset":
        raise NoLink(f"{source.name} has no name of its own")
    values: dict[str, str] = {}
    put(values, "image", source.name, FIRST)
    put(values, "space", state.space, "rgb")
    put(values, "preprocess", state.recipe.name, "imagenet")
    put(values, "augment", str(own.combination), str(Augmenting().combination))
    put(values, "seed", str(own.seed), "0")
    put(values, "mode", state.mode, _implied(values))
    middle = state.photo.size[0] // 2, state.photo.size[1] // 2
    put(values, "cursor", place_text(state.cursor), place_text(middle))
    put(values, "zoom", CELLS if state.zoom >= state.most_zoom else str(state.zoom), "0")
    put(values, "resize", _size_text(state.resized_to), _size_text(state.sizes[0]))
    put(values, "method", NAMES[state.method], NAMES[0])
    put(values, "kind", ROWS[own.row], ROWS[COMBINED if "augment" in values else EACH])
    put(values, "strengths", str(_apart(own)), str(Augmentations()))
    return LinkText(values)


def _apart(own: Augmenting) -> Augmentations:
    """Return the changed strengths of what isn't combined."""
    pairs = zip(KINDS, own.strengths, strict=True)
    return Augmentations(
        tuple(
            Augmentation(kind.name, strength)
            for kind, strength in pairs
            if kind.name not in own.chosen and strength != kind.default
        )
    )
