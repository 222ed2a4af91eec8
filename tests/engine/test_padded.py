"""Cells of a padded input against ``torch.nn.functional.pad``."""

from __future__ import annotations

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

from cnntui.engine.geometry import Axis, Window
from cnntui.engine.padded import padded_cells, sources

MODES = {
    "zeros": "constant",
    "reflect": "reflect",
    "replicate": "replicate",
    "circular": "circular",
}


@given(st.sampled_from(tuple(MODES)), st.data())
def test_any_cells_are_torchs(mode, data):
    height, width = (data.draw(st.integers(2, 6)) for _ in "hw")
    pads = [tuple(data.draw(st.integers(0, size - 1)) for _ in "ab") for size in (height, width)]
    image = np.random.default_rng(0).normal(size=(2, height, width)).astype(np.float32)
    (top, bottom), (left, right) = pads
    whole = F.pad(
        torch.tensor(image, dtype=torch.float64)[None], (left, right, top, bottom), mode=MODES[mode]
    )[0].numpy()
    axes = [
        Axis(size, 1, before=before, after=after, mode=mode)
        for size, (before, after) in zip((height, width), pads, strict=True)
    ]
    starts = [data.draw(st.integers(axis.span.start, axis.span.stop - 1)) for axis in axes]
    stops = [
        data.draw(st.integers(start + 1, axis.span.stop))
        for start, axis in zip(starts, axes, strict=True)
    ]
    rows, columns = (range(a, b) for a, b in zip(starts, stops, strict=True))
    found = padded_cells(image, Window(*axes), rows, columns)
    expected = whole[
        :, rows.start + top : rows.stop + top, columns.start + left : columns.stop + left
    ]
    assert found.dtype == np.float64
    assert (found == expected).all()


def test_past_the_padding_are_zeros_even_beside_nan():
    axis = Axis(2, 2, before=1, after=1)
    image = np.full((1, 2, 2), np.nan, np.float32)
    found = padded_cells(image, Window(axis, axis), range(-2, 4), range(-2, 4))[0]
    assert np.isnan(found[2:4, 2:4]).all()
    found[2:4, 2:4] = 0
    assert (found == 0).all()
    assert sources(axis, range(-1, 3)).tolist() == [-1, 0, 1, -1]
