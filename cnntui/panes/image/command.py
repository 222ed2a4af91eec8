"""``cnntui image``: what it prints and writes of a picture, and the state it opens."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from cnntui.errors import UserError
from cnntui.ground.atomic_write import write_whole
from cnntui.ground.lines import plain
from cnntui.ground.options import fill
from cnntui.numbers import as_json, in_json, shape
from cnntui.panes.image.augment import COMBINED, SAMPLES, Augmenting, Sample, samples, small
from cnntui.panes.image.cells import (
    boards_of,
    memory_words,
    pixel_words,
    range_words,
    shape_words,
    space_words,
)
from cnntui.panes.image.chain import chain_lines, checked, recipe_of, stages_of
from cnntui.panes.image.histogram import counts_of
from cnntui.panes.image.options import OPTIONS
from cnntui.panes.image.reading import read_photo
from cnntui.panes.image.sheets import reduced_words
from cnntui.panes.image.state import PicturesState
from cnntui.parts.printing.output import add_forms

if TYPE_CHECKING:
    from cnntui.parts.printing.output import Output

Bytes = npt.NDArray[np.uint8]

PRINTED = 78  # columns of what is printed
CELLS = 9  # lines of cells
GAP = 2  # pixels between the pictures of a file
PAPER = 24  # their grey


def prepare(command: argparse.ArgumentParser) -> None:
    """Give the command its options."""
    fill(command, OPTIONS)
    shown = add_forms(command)
    shown.add_argument("--out", metavar="F.png", help="write what was asked for as a picture")


def run(options: argparse.Namespace, output: Output) -> int:
    """Print a picture's numbers, write what is made of it, or open the pane on it."""
    state = state_with(options)
    if options.out is not None:
        return output.say(write(state, options.out))
    if not output.prints(options):
        return output.open(state)
    shown = {name: getattr(options, name) is not None for name in ("preprocess", "augment")}
    return output.say(text(state, options.json, unicode=output.unicode, **shown))


def state_with(options: argparse.Namespace) -> PicturesState:
    """Return the state that the options ask for, in the mode of the last of them. Raises UserError."""
    own = Augmenting().reseeded(options.seed)
    augmenting = own if options.augment is None else own.listed(options.augment)
    photo = read_photo(options.image)
    recipe = None if options.preprocess is None else recipe_of(options.preprocess, photo)
    state = PicturesState.of(photo, "numbers", options.space or "rgb", recipe, augmenting)
    if options.augment is not None:
        return state.shown("augment")
    if recipe is not None:
        return state.shown("preprocess")
    return state if options.space is None else state.shown("channels")


def text(
    state: PicturesState,
    json: bool = False,
    *,
    preprocess: bool | None = None,
    augment: bool | None = None,
    unicode: bool = True,
) -> str:
    """Return the picture as text, or as one line of JSON.

    What is done to it is left out where it wasn't asked for; None goes by the state's mode.
    Preprocessing and augmentation load torch.
    """
    with_chain = state.mode == "preprocess" if preprocess is None else preprocess
    with_samples = state.mode == "augment" if augment is None else augment
    if json:
        return as_json(in_json(_facts(state, with_chain, with_samples)))
    return _page(state.sized(PRINTED, CELLS), with_chain, with_samples, unicode)


def write(state: PicturesState, path: str) -> str:
    """Write what the mode shows as a PNG: the picture, its channels, the result, or samples.

    Returns what was written, in words. Raises UserError.
    """
    if not path.lower().endswith(".png"):
        raise UserError(f"{path}: pictures are written as PNG; end the name in .png")
    pixels = _written(state)
    _save(pixels, Path(os.path.expanduser(path)))
    return f"written: {path}, {shape(pixels.shape[:2])}"


# as text


def _page(state: PicturesState, chain: bool, augmented: bool, unicode: bool) -> str:
    from cnntui.parts.printing.page import beside
    from cnntui.ui.drawing.cells import grid_text

    photo = state.photo
    lines = [
        f"{photo.source.name}: {', '.join(shape_words(state))}",
        f"{range_words(state)}; {memory_words(state)}",
        *photo.facts,
        "",
        *(plain(each) for each in (*pixel_words(state), *space_words(state))),
        "",
    ]
    boards = boards_of(state, CELLS)
    lines += beside([grid_text(board, unicode) for board in boards], PRINTED)
    lines += ["", *_figures(state)]
    if chain:
        check = checked(photo, state.recipe)
        lines += ["", *(plain(each) for each in chain_lines(state, check, unicode))]
    if augmented:
        lines += ["", *_augment_lines(state)]
    return "\n".join(each.rstrip() for each in lines)


def _figures(state: PicturesState) -> list[str]:
    return [
        f"{channel.name:<11} {channel.low:.4g} to {channel.high:.4g}, mean {channel.mean:.4g}, "
        f"deviation {channel.deviation:.4g}"
        for channel in counts_of(state)
    ]


def _augment_lines(state: PicturesState) -> list[str]:
    own = state.augmenting
    lines = [f"augmented {reduced_words(state)}: {own.combination}, seed {own.seed}"]
    before, *after = _samples(state)
    for at, sample in enumerate((before, *after)):
        name = "original" if at == 0 else f"sample {at}"
        values = sample.image / 255
        moments = f"mean {values.mean():.4f}, deviation {values.std():.4f}"
        moved = float(np.abs(sample.image.astype(float) - before.image).mean() / 255)
        lines.append(f"{name:<10} {moments}, differs by {moved:.4f}, own label {sample.weight:.2f}")
    return lines


def _samples(state: PicturesState) -> tuple[Sample, ...]:
    from dataclasses import replace

    own = replace(state.augmenting, row=COMBINED)
    return samples(state.photo, own, SAMPLES)


# as plain data


def _facts(state: PicturesState, chain: bool, augmented: bool) -> dict[str, Any]:
    photo, (row, column) = state.photo, state.cursor
    return {
        "image": photo.source.name,
        "facts": list(photo.facts),
        "shape": [*photo.size, photo.channels],
        "dtype": photo.dtype,
        "white": photo.white,
        "range": list(photo.span),
        "pixels": state.pixels,
        "values": state.values,
        "pixel": {"row": row, "column": column, "values": list(state.pixel)},
        "space": _space(state),
        "preprocess": _chain(state) if chain else None,
        "augment": _augmented(state) if augmented else None,
    }


def _space(state: PicturesState) -> dict[str, Any]:
    channels = [
        {
            "name": counts.name,
            "pixel": value,
            "range": [counts.low, counts.high],
            "mean": counts.mean,
            "deviation": counts.deviation,
            "edges": list(counts.edges),
            "counts": list(counts.counts),
        }
        for counts, value in zip(counts_of(state), state.converted, strict=True)
    ]
    return {"name": state.space, "formula": list(state.spaced.formula), "channels": channels}


def _chain(state: PicturesState) -> dict[str, Any]:
    steps = [
        {
            "step": stage.words,
            "formulas": list(stage.formulas),
            "pixel": list(stage.pixel),
            "range": [stage.low, stage.high],
        }
        for stage in stages_of(state)
    ]
    check = checked(state.photo, state.recipe)
    return {
        "name": state.recipe.name,
        "steps": steps,
        "torch_agrees": check.agrees,
        "torch_max_abs_diff": check.difference,
    }


def _augmented(state: PicturesState) -> dict[str, Any]:
    own = state.augmenting
    return {
        "list": str(own.combination),
        "seed": own.seed,
        "size": list(small(state.photo).shape[1:]),
        "samples": [
            {"mean": float(sample.image.mean()) / 255, "own_label": sample.weight}
            for sample in _samples(state)[1:]
        ],
    }


# as a picture


def _written(state: PicturesState) -> Bytes:
    """Return (H, W, 3) of what the mode shows."""
    if state.mode == "augment":
        images = [_rgb(sample.image) for sample in _samples(state)]
        return _beside(images, 4)
    if state.mode == "preprocess":
        return _rgb(_stretched(state.recipe.stages(state.photo.values)[-1]))
    if state.mode == "channels":
        part = state.part(slice(None), slice(None))
        planes = zip(part, state.ranges, strict=True)
        scaled = [_rgb(_scaled(plane[None], span)) for plane, span in planes]
        return _beside([_rgb(state.photo.in_bytes), *scaled], 4)
    return _rgb(state.photo.in_bytes)


def _stretched(values: npt.NDArray[np.floating]) -> Bytes:
    """Return values with their least as black and their largest as white."""
    low, high = float(values.min()), float(values.max())
    return _scaled(values, (low, high if high > low else low + 1))


def _scaled(values: npt.NDArray[np.floating], span: tuple[float, float]) -> Bytes:
    shares = (values - span[0]) / (span[1] - span[0])
    pixels: Bytes = np.rint(shares * 255).clip(0, 255).astype(np.uint8)
    return pixels


def _rgb(image: Bytes) -> Bytes:
    """Return (1 or 3, H, W) as (H, W, 3)."""
    three = image if len(image) == 3 else image.repeat(3, axis=0)
    return np.ascontiguousarray(three.transpose(1, 2, 0))


def _beside(images: list[Bytes], across: int) -> Bytes:
    """Return pictures of one size in rows of ``across``, on dark paper."""
    height, width = images[0].shape[:2]
    rows, columns = -(-len(images) // across), min(across, len(images))
    size = rows * (height + GAP) - GAP, columns * (width + GAP) - GAP
    sheet = np.full((*size, 3), PAPER, np.uint8)
    for at, image in enumerate(images):
        top, left = at // across * (height + GAP), at % across * (width + GAP)
        sheet[top : top + height, left : left + width] = image
    return sheet


def _save(pixels: Bytes, path: Path) -> None:
    """Write a PNG, whole or not at all. Raises UserError."""
    from PIL import Image

    if path.exists() and not path.is_file():
        raise UserError(f"{path} is no regular file; give another name")
    try:
        write_whole(path, lambda beside: Image.fromarray(pixels).save(beside, "PNG"))
    except (OSError, ValueError) as problem:
        raise UserError(f"{path}: {getattr(problem, 'strerror', None) or problem}") from problem
