"""Arrays of pictures and labels in an .npz file; nothing is unpickled."""

from __future__ import annotations

import math
import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from cnntui.datasets.dataset import Dataset, Split, Wanted
from cnntui.datasets.member import chosen, member_of, seed_of
from cnntui.datasets.pixels import as_images
from cnntui.datasets.splitting import divided, finished
from cnntui.errors import UserError, printable
from cnntui.ground.names import cut

ABOUT = {
    "entry": "load",
    "order": 21,
    "datasets": [
        {
            "name": "npz",
            "title": "Arrays in an .npz file",
            "classes": None,
            "shape": None,
            "train": None,
            "test": None,
            "licence": "the user's",
            "source": "--dataset FILE.npz with x_train, y_train, x_test, y_test (and x_val, y_val, "
            "classes), or with images and labels",
            "offline": False,
            "flip": True,
            "options": {
                "layout": ["auto", "channels first (NCHW) or last (NHWC), where auto can't tell"],
                "seed": ["", "of the split of images and labels; the run's where it is left out"],
            },
            "suffixes": [".npz"],
        },
    ],
}

TEST = 0.2  # of images and labels
KERAS = ("x_train", "y_train", "x_test", "y_test")
PLAIN = ("images", "labels")
OTHERS = ("x_val", "y_val", "classes")
MOST = 2**33  # bytes of an array
_CLASSES = 10_000
_NUMBERS = "buif"

Arrays = Mapping[str, NDArray[Any]]


def load(wanted: Wanted) -> Dataset:
    """Return the pictures as uint8 (N, C, H, W) of an .npz file. Raises UserError."""
    member = member_of(ABOUT, wanted)
    layout = chosen(wanted, member, "layout", ("auto", "NCHW", "NHWC"))
    path = wanted.folder
    if path is None:
        raise UserError("npz: name the file: --dataset FILE.npz")
    try:
        arrays = read_npz(path, (*KERAS, *PLAIN, *OTHERS))
        parts, notes = _images(arrays, layout)
        labels, classes = _labels(arrays, parts)
        splits = {part: Split(images, labels[part]) for part, images in parts.items()}
        if "test" not in splits:
            splits["train"], splits["test"] = divided(splits["train"], TEST, seed_of(wanted))
        given = (splits["train"], splits.get("validation"), splits["test"])
        return finished(wanted, printable(path.name), classes, given, notes)
    except UserError as error:
        raise UserError(f"{cut(str(path), 100)}: {error}") from error


def read_npz(path: Path, names: tuple[str, ...]) -> dict[str, NDArray[Any]]:
    """Return those arrays of ``names`` that the file has. Raises UserError, without the path."""
    try:
        with zipfile.ZipFile(path) as archive:
            there = {info.filename: info for info in archive.infolist()}
            members = {name: there[f"{name}.npy"] for name in names if f"{name}.npy" in there}
            if not members:
                raise UserError(f"has {_some(there)}; {' '.join(KERAS)} or images labels wanted")
            return {name: _array(archive, info, name) for name, info in members.items()}
    except UserError:
        raise
    except FileNotFoundError:
        raise UserError("there is no such file") from None
    except OSError as error:
        raise UserError(f"{error.strerror or error}") from error
    # a damaged archive lets through zlib's, struct's and Python's tokenizer's errors
    except Exception as error:
        why = cut(str(error) or type(error).__name__, 60)
        raise UserError(f"is no sound .npz file ({why}); save it by numpy.savez") from error


def _array(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> NDArray[Any]:
    """Read an array; what its header claims is checked before memory is taken for it."""
    with archive.open(info) as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        shape, in_columns, dtype = _header(file)
        if dtype.hasobject:
            raise UserError(f"{name} holds Python objects, which are never loaded")
        size = math.prod(shape) * dtype.itemsize
        if min(shape, default=0) < 0 or size > MOST or size > info.file_size:
            raise UserError(f"{name} claims the shape {cut(str(shape))}: damaged or too large")
        data = file.read(size)
    if len(data) < size:
        raise UserError(f"{name} is cut short")
    return np.frombuffer(data, dtype).reshape(shape, order="F" if in_columns else "C")


def _header(file: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    version = npy.read_magic(file)
    read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    shape, in_columns, dtype = read(file)
    return shape, in_columns, dtype


def _images(arrays: Arrays, layout: str) -> tuple[dict[str, NDArray[np.uint8]], tuple[str, ...]]:
    """Return the pictures of each part, all read alike, and what was assumed."""
    keras = {"train": "x_train", "validation": "x_val", "test": "x_test"}
    named = {part: name for part, name in keras.items() if name in arrays}
    if "train" not in named or "test" not in named:
        if "images" not in arrays:
            raise UserError(f"has {_some(arrays)}; {' '.join(KERAS)} or images labels wanted")
        named = {"train": "images"}
    return as_images({part: arrays[name] for part, name in named.items()}, layout)


def _labels(
    arrays: Arrays, parts: Mapping[str, NDArray[np.uint8]]
) -> tuple[dict[str, NDArray[np.int64]], tuple[str, ...]]:
    """Return the labels of each part from 0 on, and the names of the classes."""
    keras = {"train": "y_train", "validation": "y_val", "test": "y_test"}
    names = {part: keras[part] if "test" in parts else "labels" for part in parts}
    labels = {}
    for part, name in names.items():
        if name not in arrays:
            raise UserError(f"lacks {name}; it has {_some(arrays)}")
        labels[part] = _flat(arrays[name], name, len(parts[part]))
    values, indices = np.unique(np.concatenate(list(labels.values())), return_inverse=True)
    bounds = np.cumsum([len(part) for part in labels.values()])[:-1]
    if not 2 <= len(values) <= _CLASSES:
        raise UserError(f"has {len(values)} different labels; 2 to {_CLASSES:,} are wanted")
    if (classes := _named(arrays, values)) is not None:
        indices = np.concatenate(list(labels.values()))
    else:
        classes = tuple(printable(str(value))[:40] for value in values)
    pieces = np.split(indices.astype(np.int64), bounds)
    return dict(zip(labels, pieces, strict=True)), classes


def _flat(labels: NDArray[Any], name: str, count: int) -> NDArray[Any]:
    """Return (N,) labels, whole numbers or texts; Keras writes some as (N, 1)."""
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim == 2:
        raise UserError(f"{name} has the shape {labels.shape}; save {name}.argmax(1), (N,)")
    if labels.shape != (count,):
        raise UserError(f"{name} has the shape {labels.shape} for {count:,} pictures")
    if labels.dtype.kind == "f" and np.isfinite(labels).all() and (labels % 1 == 0).all():
        labels = labels.astype(np.int64)
    if labels.dtype.kind not in "buiU":
        raise UserError(f"{name} holds {labels.dtype}; whole numbers or texts are wanted")
    return labels


def _named(arrays: Arrays, values: NDArray[Any]) -> tuple[str, ...] | None:
    """Return the array ``classes`` where it names every label; None where there is none."""
    names = arrays.get("classes")
    if names is None or names.ndim != 1 or names.dtype.kind != "U" or values.dtype.kind not in "ui":
        return None
    if values.min() < 0 or values.max() >= len(names) or len(set(names.tolist())) < len(names):
        raise UserError(f"has {len(names)} classes for labels {values.min()} to {values.max()}")
    return tuple(printable(str(name))[:40] for name in names)


def _some(names: Mapping[str, Any]) -> str:
    return cut(", ".join(names), 80) or "nothing"
