"""Cells of a padded input, picked without making the padded input."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cnntui.engine.geometry import Axis, Window

Array = npt.NDArray[np.float32]
Wide = npt.NDArray[np.float64]


def sources(axis: Axis, indices: range) -> npt.NDArray[np.intp]:
    """Return the data index read at each padded index; -1 where a zero is read."""
    sources = (axis.source(index) for index in indices)
    return np.array([-1 if at is None else at for at in sources], dtype=np.intp)


def padded_cells(data: Array, window: Window, rows: range, columns: range) -> Wide:
    """Return ``data`` (C, H, W) at some padded rows and columns, (C, len(rows), len(columns)).

    Index 0 is the first data cell; negative indices and those past the data are padding.
    """
    picked = sources(window.rows, rows), sources(window.columns, columns)
    cells = data[:, picked[0][:, None], picked[1][None, :]].astype(np.float64)
    cells[:, picked[0] < 0, :] = 0.0
    cells[:, :, picked[1] < 0] = 0.0
    return cells
