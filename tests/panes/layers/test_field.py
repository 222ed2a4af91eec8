"""What a unit sees, against the non-zero extent of torch's input gradient in float64."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn

from cnntui.engine.tracing.forward import trace
from cnntui.errors import UserError
from cnntui.ground.lines import plain
from cnntui.panes.layers.field import frame as field_frame
from cnntui.panes.layers.field.frame import picture_of, words_of
from cnntui.panes.layers.field.state import FieldState
from tests.opened import open_network

SIDE = 24


def stack():
    """Positive weights, no activation that saturates: every read cell has a gradient."""
    model = nn.Sequential(
        nn.Conv2d(1, 2, 3, padding=1),
        nn.AvgPool2d(2),
        nn.Conv2d(2, 2, 3, stride=2, padding=1),
        nn.Conv2d(2, 1, (1, 3), dilation=(1, 2), padding=(0, 2)),
    ).double()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.uniform_(0.5, 1.0)
    return model


MODEL = stack()
TRACE = trace(MODEL, (1, SIDE, SIDE), name="stack")


def seen_by_torch(index, unit):
    data = torch.ones(1, 1, SIDE, SIDE, dtype=torch.float64, requires_grad=True)
    MODEL[: index + 1](data)[0, :, unit[0], unit[1]].sum().backward()
    cells = data.grad[0, 0].nonzero()
    first, last = cells.amin(0).tolist(), cells.amax(0).tolist()
    return tuple(zip(first, last, strict=True))


def on(index, unit=(0, 0), picture="chelsea"):
    return FieldState(TRACE, index, picture, unit)


@pytest.mark.parametrize("index", range(4))
def test_the_region_is_where_torch_has_a_gradient(index):
    height, width = TRACE.rows[index].units
    for unit in ((0, 0), (height // 2, width // 2), (height - 1, width - 1), (0, width - 1)):
        assert on(index, unit).region == seen_by_torch(index, unit)


@pytest.mark.parametrize("index", range(4))
@pytest.mark.parametrize("size", [(34, 78), (48, 48), (200, 300)])
def test_the_bright_part_is_the_region(index, size, monkeypatch):
    white = SimpleNamespace(values=np.full((3, 30, 45), 255, np.float32))
    monkeypatch.setattr(field_frame, "load_input", lambda _: white)
    height, width = TRACE.rows[index].units
    for unit in ((0, 0), (height // 2, width // 2), (height - 1, width - 1)):
        (top, bottom), (left, right) = seen_by_torch(index, unit)
        frame = picture_of(on(index, unit), *size)
        assert frame.height == size[0] or frame.width == size[1]
        assert frame.width / frame.height == pytest.approx(1.5, rel=0.05)
        pixels = np.array(frame.palette)[np.frombuffer(frame.indices, np.uint8)]
        pixels = pixels.reshape(frame.height, frame.width, 3)
        # a pixel is bright, or the frame's, where any part of it shows a cell of the region
        red = pixels[..., 0] > 200
        seen = np.outer(touched(frame.height, top, bottom), touched(frame.width, left, right))
        assert np.array_equal(red, seen)
        inside = pixels[..., 2] > 200
        rows, columns = np.nonzero(seen)
        corners = (rows.min(), columns.min()), (rows.max(), columns.max())
        assert not any(inside[corner] for corner in corners)
        assert inside[seen].sum() == max(0, np.ptp(rows) - 1) * max(0, np.ptp(columns) - 1)
        assert np.ptp(pixels[~seen]) <= 4  # dimmed alike


def test_the_picture_is_a_cat_in_colour_and_a_digit_in_grey():
    for name in ("chelsea", "digit"):
        frame = picture_of(on(2, (3, 3), name), 40, 60)
        assert len(frame.indices) == frame.width * frame.height
        assert len(frame.palette) > 2


def touched(pixels, first, last):
    """Which pixels along an axis of SIDE cells overlap the cells first..last."""
    starts = np.arange(pixels) * SIDE / pixels
    ends = (np.arange(pixels) + 1) * SIDE / pixels
    return (ends > first) & (starts < last + 1)


def test_the_unit_stops_at_the_borders():
    state = FieldState.of(TRACE, 3, "chelsea")
    height, width = state.row.units
    assert state.unit == (height // 2, width // 2)
    assert state.moved(-99, 99).unit == (0, width - 1)
    assert state.moved(99, -99).unit == (height - 1, 0)
    assert state.moved(1, 0).unit == (height // 2 + 1, width // 2)
    corner = state.moved(-99, -99).region
    assert min(first for first, _ in corner) == 0
    corner = state.moved(99, 99).region
    assert max(last for _, last in corner) == SIDE - 1


def test_another_layer_is_seen_from_about_the_same_place():
    state = FieldState.of(TRACE, 0, "chelsea")
    for wanted in (1, 2, 3, 3):
        state = state.layer(1)
        assert state.index == wanted
        middle = [(first + last) / 2 for first, last in state.region]
        assert all(SIDE * 0.3 < at < SIDE * 0.7 for at in middle)
    for wanted in (2, 1, 0, 0):
        state = state.layer(-1)
        assert state.index == wanted
        assert all(0 <= at < size for at, size in zip(state.unit, state.row.units, strict=True))


def test_the_words_count_the_cells():
    state = on(2, (0, 0))
    (top, bottom), (left, right) = seen_by_torch(2, (0, 0))
    cells = (bottom - top + 1) * (right - left + 1)
    words = "\n".join(map(plain, words_of(state)))
    assert f"rows {top}–{bottom}, columns {left}–{right}: {cells} of {SIDE * SIDE} cells" in words


def test_a_row_without_a_picture_is_refused():
    found = trace(nn.Sequential(nn.Linear(4, 2)), (4,), name="dense")
    with pytest.raises(UserError, match="no receptive field"):
        FieldState.of(found, 0, "chelsea")


def test_a_global_path_is_told():
    network = open_network("mobilenet_v3_large")
    rows = network.trace.rows
    index = next(i for i, row in enumerate(rows) if row.global_field and row.units[0] > 1)
    words = "\n".join(map(plain, words_of(FieldState.of(network.trace, index, "chelsea"))))
    assert "sees it all" in words
