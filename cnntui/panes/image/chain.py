"""The preprocessing chain of a picture, step by step with the numbers after each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnntui.engine.preprocessing import (
    Recipe,
    brief,
    normalised,
    recipe_called,
    recipes,
    torch_difference,
)
from cnntui.errors import UserError
from cnntui.ground.lines import Line, cropped, line
from cnntui.ground.widths import padded
from cnntui.numbers import short, tiny
from cnntui.panes.image.reading import Photo
from cnntui.panes.image.state import PicturesState

MOST_CHECKED = 1 << 22  # pixels that torch works out as well
AGREES = 1e-5  # of the largest magnitude: float32 has seven digits


@dataclass(frozen=True)
class ChainStep:
    """One step: its words, the formula of each channel of a pixel, and the numbers after it."""

    words: str
    formulas: tuple[str, ...]
    pixel: tuple[float, ...]
    low: float  # of the whole picture, after the step
    high: float


@dataclass(frozen=True)
class Checked:
    """Torch's word on a chain: how much it differs at most, and on how many pixels."""

    difference: float
    limit: float
    pixels: int

    @property
    def agrees(self) -> bool:
        """Whether it differs by rounding alone."""
        return self.difference <= self.limit


def stages_of(state: PicturesState) -> tuple[ChainStep, ...]:
    """Return every step of the chosen chain, for the pixel under the cursor."""
    photo, recipe = state.photo, state.recipe
    spans = photo.kept(("spans", recipe), lambda: _spans(photo, recipe))
    row, column = state.cursor
    before = state.photo.values[:, row : row + 1, column : column + 1]
    stages = []
    after = state.recipe.stages(before)
    for step, now, span in zip(
        state.recipe.steps_for(state.photo.channels), after, spans, strict=True
    ):
        old = [float(value) for value in np.ravel(before)]
        new = tuple(float(value) for value in np.ravel(now))
        formulas = tuple(step.formula(old, channel) for channel in range(len(new)))
        stages.append(ChainStep(step.words, formulas, new, *span))
        before = now
    return tuple(stages)


def _spans(photo: Photo, recipe: Recipe) -> tuple[tuple[float, float], ...]:
    """Return (least, largest) value of the whole picture after each step.

    Every step but grey keeps or turns the order of a channel's values, so that the extremes of
    each channel are enough; grey is worked out in full.
    """
    steps = recipe.steps_for(photo.channels)
    now = photo.values.reshape(photo.channels, -1)
    spans = []
    for step in steps:
        if step.kind != "gray" and not any(each.kind == "gray" for each in steps):
            now = np.stack([now.min(axis=1), now.max(axis=1)], axis=1)
        now = step.apply(now)
        spans.append((float(now.min()), float(now.max())))
    return tuple(spans)


def checked(photo: Photo, recipe: Recipe) -> Checked:
    """Have torch do the same to the picture, or to every n-th row of a large one. Loads torch."""
    return photo.kept(("checked", recipe), lambda: _checked(photo, recipe))


def _checked(photo: Photo, recipe: Recipe) -> Checked:
    every = -(-photo.pixels // MOST_CHECKED)
    values = photo.values[:, ::every]
    result = recipe.stages(values)[-1]
    largest = float(np.abs(result).max())
    limit = AGREES * max(1.0, largest)
    return Checked(torch_difference(recipe, values, result), limit, values[0].size)


def recipe_of(name: str, photo: Photo) -> Recipe:
    """Return a chain by its name, or that of a data set. Raises UserError.

    A data set's mean and deviation are those of its training pictures.
    """
    scale = photo.white
    try:
        return recipe_called(name, scale)
    except UserError as unknown:
        from cnntui.datasets.figures import figures_of
        from cnntui.datasets.naming import load_dataset, parse_spec

        try:
            parse_spec(name)
        except UserError:
            raise unknown from None
        figures = figures_of(load_dataset(name))
        channels = len(figures.mean)
        if channels not in (1, 3):
            raise UserError(f"{name} has {channels} channels; a picture has 1 or 3") from None
        words = f"mean and deviation of {figures.title}"
        return normalised(name, words, figures.mean, figures.deviation, scale)


# the words


def chain_lines(
    state: PicturesState, torch: Checked | None, unicode: bool, few: bool = False
) -> list[Line]:
    """Return the chain, the formulas of the cursor's pixel and the ranges, in lines.

    ``few`` leaves out the ranges, torch's word and the other chains.
    """
    stages = stages_of(state)
    row, column = state.cursor
    wide = max(24, min(44, state.width - 26))
    name = ((state.recipe.name, "strong"), (f"  {state.recipe.words}", ""))
    if few:
        return [cropped(each, state.width) for each in (name, *_few(state, stages))]
    lines = [
        name,
        line(f"the pixel [{row}, {column}], step by step; the range is the whole picture's", "dim"),
        (
            (padded(f"0 {state.photo.dtype}, as read", wide), "input"),
            (f" range {short(state.photo.span[0])} to {short(state.photo.span[1])}", "dim"),
        ),
        line(f"  {'  '.join(short(value) for value in state.pixel)}"),
    ]
    for at, stage in enumerate(stages, 1):
        title = f"{at} {stage.words}"
        span = f"range {short(stage.low)} to {short(stage.high)}"
        lines.append(((padded(title, wide), "input"), (f" {span}", "dim")))
        lines.append(_formulas(stage, state.width))
    lines.append(_verdict(torch, unicode))
    lines.append(line(""))
    lines += others(state)
    return [cropped(each, state.width) for each in lines]


def _few(state: PicturesState, stages: tuple[ChainStep, ...]) -> list[Line]:
    """Return the pixel and its formulas alone; to float changes no number of it."""
    row, column = state.cursor
    values = " ".join(short(value) for value in state.pixel)
    lines = [line(f"the pixel [{row}, {column}], as read: {values}", "dim")]
    for at, stage in enumerate(stages[1:], 2):
        lines += [line(f"{at} {stage.words}", "input"), _formulas(stage, state.width)]
    return lines


def _formulas(stage: ChainStep, width: int) -> Line:
    """Return the formula of each channel, or the results alone where that is all that fits."""
    pairs = zip(stage.formulas, stage.pixel, strict=True)
    results = [f if f == brief(value) else f"{f} = {brief(value)}" for f, value in pairs]
    text = "  " + "  ".join(results)
    if len(text) > width:
        text = "  " + "  ".join(brief(value) for value in stage.pixel)
    return line(text)


def _verdict(torch: Checked | None, unicode: bool) -> Line:
    if torch is None:
        return line("torch …", "dim")
    signs = ("✓", "✗") if unicode else ("ok", "NOT")
    difference = tiny(torch.difference)
    text = f"torch, {torch.pixels:,} pixels, largest difference {difference}"
    return line(f"{signs[not torch.agrees]} {text}", "good" if torch.agrees else "bad")


def others(state: PicturesState) -> list[Line]:
    """Return what the other chains make of the pixel: a net wants its own."""
    row, column = state.cursor
    pixel = state.photo.values[:, row : row + 1, column : column + 1]
    rows: list[Line] = [line("the same pixel as other nets want it", "dim")]
    for recipe in recipes(state.photo.white):
        if recipe.name != state.recipe.name:
            numbers = " ".join(f"{short(float(v)):>8}" for v in np.ravel(recipe.stages(pixel)[-1]))
            rows.append(((f"  {recipe.name:<9}", "dim"), (numbers, "")))
    return rows
