"""Writes data sets as their authors' tools did, by hand: struct and opcodes, no code of ours."""

from __future__ import annotations

import gzip
import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np

IDX_NAMES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)


def idx(values: np.ndarray, kind: int = 8) -> bytes:
    sizes = struct.pack(f">{values.ndim}I", *values.shape)
    return bytes([0, 0, kind, values.ndim]) + sizes + values.tobytes()


def some(count: int, shape: tuple[int, ...], seed: int = 0, classes: int = 10):
    rng = np.random.default_rng(seed)
    labels = (np.arange(count) % classes).astype(np.uint8)
    return rng.integers(0, 256, (count, *shape), dtype=np.uint8), labels


def mnist(folder: Path, packed: bool = True, train: int = 40, test: int = 20) -> list[np.ndarray]:
    """Write the four files; return images and labels of train and test."""
    folder.mkdir(parents=True, exist_ok=True)
    arrays = [*some(train, (28, 28)), *some(test, (28, 28), 1)]
    for name, values in zip(IDX_NAMES, arrays, strict=True):
        path = folder / (f"{name}.gz" if packed else name)
        path.write_bytes(gzip.compress(idx(values)) if packed else idx(values))
    return arrays


def text(value: str) -> bytes:
    """SHORT_BINSTRING, as Python 2 wrote str."""
    return b"U" + bytes([len(value)]) + value.encode("latin1")


def long_text(value: bytes) -> bytes:
    return b"T" + struct.pack("<i", len(value)) + value


def array(values: np.ndarray, module: str = "numpy.core.multiarray") -> bytes:
    """A uint8 matrix in protocol 2, as numpy under Python 2 wrote it."""
    rebuild = f"c{module}\n_reconstruct\nq\x01cnumpy\nndarray\nq\x02K\x00\x85".encode("latin1")
    kind = b"cnumpy\ndtype\nq\x03U\x02u1K\x00K\x01\x87R(K\x03U\x01|NNN"
    kind += b"J\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
    shape = b"".join(b"M" + struct.pack("<H", size) for size in values.shape) + b"\x86"
    state = b"(K\x01" + shape + kind + b"\x89" + long_text(values.tobytes()) + b"tb"
    return rebuild + text("b") + b"\x87Rq\x04" + state


def numbers(values: Sequence[int]) -> bytes:
    return b"]q\x05(" + b"".join(b"K" + bytes([value]) for value in values) + b"e"


def texts(values: Sequence[str]) -> bytes:
    return b"]q\x06(" + b"".join(map(text, values)) + b"e"


def dictionary(**items: bytes) -> bytes:
    body = b"".join(text(name) + value for name, value in items.items())
    return b"\x80\x02}q\x00(" + body + b"u."


def cifar10(folder: Path, per_batch: int = 10) -> list[tuple[np.ndarray, np.ndarray]]:
    """Write the python version; return (images, labels) of its six batches."""
    folder.mkdir(parents=True, exist_ok=True)
    names = [*(f"data_batch_{n}" for n in range(1, 6)), "test_batch"]
    batches = [some(per_batch, (3072,), seed) for seed in range(6)]
    for name, (images, labels) in zip(names, batches, strict=True):
        batch = dictionary(
            batch_label=text(name),
            labels=numbers(labels),
            data=array(images),
            filenames=texts([f"{n}.png" for n in range(per_batch)]),
        )
        (folder / name).write_bytes(batch)
    return batches


def cifar10_binary(folder: Path, per_batch: int = 10) -> list[tuple[np.ndarray, np.ndarray]]:
    folder.mkdir(parents=True, exist_ok=True)
    names = [*(f"data_batch_{n}.bin" for n in range(1, 6)), "test_batch.bin"]
    batches = [some(per_batch, (3072,), seed) for seed in range(6)]
    for name, (images, labels) in zip(names, batches, strict=True):
        records = [bytes([y]) + x.tobytes() for x, y in zip(images, labels, strict=True)]
        (folder / name).write_bytes(b"".join(records))
    return batches


def cifar100(folder: Path, binary: bool = False, count: int = 200):
    """Write train and test; return (images, fine, coarse) of both."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = []
    for seed, name in enumerate(("train", "test")):
        images, fine = some(count, (3072,), seed, 100)
        coarse = fine // 5
        parts.append((images, fine, coarse))
        if binary:
            rows = zip(coarse, fine, images, strict=True)
            records = [bytes([c, f]) + x.tobytes() for c, f, x in rows]
            (folder / f"{name}.bin").write_bytes(b"".join(records))
            continue
        batch = dictionary(
            data=array(images), fine_labels=numbers(fine), coarse_labels=numbers(coarse)
        )
        (folder / name).write_bytes(batch)
    return parts
