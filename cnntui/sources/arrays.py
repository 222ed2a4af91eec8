"""Reads a stranger's ``.npy`` file without ever unpickling."""

from __future__ import annotations

import math
import os
import warnings
from typing import Any, BinaryIO

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from cnntui.errors import UserError
from cnntui.ground.names import cut

Values = NDArray[np.float32]

MAGIC = b"\x93NUMPY"
_MOST = 2**27  # values: half a gigabyte of float32
_DEEPEST = 32  # dimensions, the fewest that any numpy stops at

# 3.0 differs from 2.0 only in the names of fields, and arrays with fields are refused
_READERS = {
    (1, 0): npy.read_array_header_1_0,
    (2, 0): npy.read_array_header_2_0,
    (3, 0): npy.read_array_header_2_0,
}


def as_float32(values: NDArray[Any]) -> Values:
    """Return ``values`` as float32; NaN and infinities stay what they are.

    Raises UserError where a finite value is beyond float32's range.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        narrow = values.astype(np.float32)
    lost = np.isinf(narrow) & np.isfinite(values)
    if lost.any():
        raise UserError(f"the value {values[lost].flat[0]} does not fit float32 (at most 3.4e38)")
    return narrow


def read_npy(file: BinaryIO) -> Values:
    """Read the array in ``file``, of any number of dimensions; raises UserError.

    What the header claims is checked against the file's size before memory is taken for it.
    """
    shape, in_columns, dtype = _header(file)
    _check_type(dtype)
    count = math.prod(shape)
    if min(shape, default=0) < 0 or count > _MOST or len(shape) > _DEEPEST:
        claim = cut(str(shape))
        raise UserError(f"its header claims the shape {claim}; at most {_MOST:,} values are read")
    there = os.fstat(file.fileno()).st_size - file.tell()
    if count * dtype.itemsize > there:
        raise UserError(
            f"its header claims {count * dtype.itemsize:,} bytes of values, "
            f"{there:,} are there; the file is damaged or cut short"
        )
    data = file.read(count * dtype.itemsize)
    values = np.frombuffer(data, dtype=dtype, count=count)
    return as_float32(values.reshape(shape, order="F" if in_columns else "C"))


def _header(file: BinaryIO) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    """Return (shape, whether columns come first, type of a value) as the file claims them."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            version = npy.read_magic(file)
            shape, in_columns, dtype = _READERS[version](file)
    # the header is a Python literal: numpy lets through whatever Python's tokenizer raises
    except Exception as error:
        why = cut(str(error), 60)
        raise UserError(f"not a valid .npy file ({why}); save it with numpy.save") from error
    return shape, in_columns, dtype


def _check_type(dtype: np.dtype[Any]) -> None:
    if dtype.hasobject:
        raise UserError("holds Python objects, which are never loaded; save a plain numeric array")
    if dtype.kind not in "biuf" or dtype.itemsize > 8:
        kind = cut(str(dtype))
        raise UserError(f"holds values of type {kind}; save bool, whole or float16 to 64 numbers")
