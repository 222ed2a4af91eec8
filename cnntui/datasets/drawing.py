"""Numbers from a seed, the same on every machine and under every numpy.

Only PCG64's own stream is used: numpy keeps that for good, its shuffles and normals it may change.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray


def order(count: int, seed: int) -> NDArray[np.int64]:
    """Return 0..count - 1 shuffled."""
    keys = np.random.PCG64(seed).random_raw(count)
    return np.argsort(keys, kind="stable").astype(np.int64)


def uniform(bits: np.random.PCG64, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Return numbers from 0 up to, but not, 1."""
    raw = np.asarray(bits.random_raw(math.prod(shape)), dtype=np.uint64)
    return (raw >> np.uint64(11)).astype(np.float64).reshape(shape) * 2.0**-53


def between(bits: np.random.PCG64, low: float, high: float, count: int) -> NDArray[np.float32]:
    """Return ``count`` numbers from ``low`` to ``high``."""
    return (low + (high - low) * uniform(bits, (count,))).astype(np.float32)


def noise(bits: np.random.PCG64, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Return numbers about 0, the sum of two even throws: -1..1, deviation 0.41."""
    count = math.prod(shape)
    raw = np.asarray(bits.random_raw(-(-count // 4)), dtype="<u8").view(np.uint8)
    pairs = raw.reshape(-1, 2).astype(np.int16)[:count]
    sums = (pairs[:, 0] + pairs[:, 1]).astype(np.float32)  # 0..510
    return ((sums - np.float32(255)) / np.float32(255)).reshape(shape)
