"""CIFAR-10 and CIFAR-100, the python version and the binary one.

Binary: a record is the label (CIFAR-100: coarse, then fine) and the red, green and blue planes.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

from cnntui.datasets.dataset import Dataset, Split, Wanted
from cnntui.datasets.locating import Place, checked, place_of
from cnntui.datasets.member import Member, chosen, member_of
from cnntui.datasets.pickles import Array, read_pickle
from cnntui.datasets.splitting import finished
from cnntui.errors import UserError, printable

ABOUT = {
    "entry": "load",
    "order": 11,
    "shape": [3, 32, 32],
    "train": 50000,
    "test": 10000,
    "licence": "not stated by its authors",
    "source": "https://www.cs.toronto.edu/~kriz/cifar.html (Krizhevsky 2009)",
    "offline": False,
    "flip": True,
    "datasets": [
        {
            "name": "cifar10",
            "title": "CIFAR-10, small photographs",
            "classes": [
                "airplane",
                "automobile",
                "bird",
                "cat",
                "deer",
                "dog",
                "frog",
                "horse",
                "ship",
                "truck",
            ],
            "files": [
                {
                    "form": "python",
                    "archive": "cifar-10-python.tar.gz",
                    "archive_md5": "c58f30108f718f92721af3b95e74349a",
                    "folders": ["cifar-10-batches-py", "."],
                    "files": {
                        "data_batch_1": "c99cafc152244af753f735de768cd75f",
                        "data_batch_2": "d4bba439e000b95fd0a9bffe97cbabec",
                        "data_batch_3": "54ebc095f3ab1f0389bbae665268c751",
                        "data_batch_4": "634d18415352ddfa80567beed471001a",
                        "data_batch_5": "482c414d41f54cd18b22e5b47cb7c3cb",
                        "test_batch": "40351d587109b95175f43aff81a1287e",
                    },
                },
                {
                    "form": "binary",
                    "archive": "cifar-10-binary.tar.gz",
                    "archive_md5": "c32a1d4ab5d03f1284b67883e8d87530",
                    "folders": ["cifar-10-batches-bin", "."],
                    "files": {
                        "data_batch_1.bin": None,
                        "data_batch_2.bin": None,
                        "data_batch_3.bin": None,
                        "data_batch_4.bin": None,
                        "data_batch_5.bin": None,
                        "test_batch.bin": None,
                    },
                },
            ],
        },
        {
            "name": "cifar100",
            "title": "CIFAR-100, small photographs",
            "classes": 100,
            "options": {"labels": ["fine", "fine: 100 classes; coarse: 20 groups of them"]},
            "files": [
                {
                    "form": "python",
                    "archive": "cifar-100-python.tar.gz",
                    "archive_md5": "eb9058c3a382ffc7106e4002c42a8d85",
                    "folders": ["cifar-100-python", "."],
                    "files": {
                        "train": "16019d7e3df5f24257cddd939b257f8d",
                        "test": "f0ef6b0ae62326f3e7ffdfab6717acfc",
                    },
                },
                {
                    "form": "binary",
                    "archive": "cifar-100-binary.tar.gz",
                    "archive_md5": "03b5dce01913d631647c71ecec9e9cb8",
                    "folders": ["cifar-100-binary", "."],
                    "files": {"train.bin": None, "test.bin": None},
                },
            ],
        },
    ],
}

PIXELS = 3 * 32 * 32
_MOST = 2**30  # bytes of a file
_LABELS = {"cifar10": "labels", "fine": "fine_labels", "coarse": "coarse_labels"}
_NAMES = {
    "cifar10": ("batches.meta", "label_names", "batches.meta.txt", 10),
    "fine": ("meta", "fine_label_names", "fine_label_names.txt", 100),
    "coarse": ("meta", "coarse_label_names", "coarse_label_names.txt", 20),
}


def load(wanted: Wanted) -> Dataset:
    """Return CIFAR-10 or CIFAR-100, (N, 3, 32, 32). Raises UserError."""
    member = member_of(ABOUT, wanted)
    which = member.name
    if which == "cifar100":
        which = chosen(wanted, member, "labels", ("fine", "coarse"))
    place = place_of(member, wanted.folder)
    read = _read_python if place.layout.form == "python" else _read_binary
    parts = [(path, read(path, which)) for path in place.files.values()]
    for path, part in parts:
        _check_labels(path, part.labels, _NAMES[which][3])
    train, test = _joined([part for _, part in parts[:-1]]), parts[-1][1]
    notes = (*_counts(train, test), *checked(place))
    classes = _classes(place, which, member)
    return finished(wanted, member.title, classes, (train, None, test), notes)


def _read_python(path: Path, which: str) -> Split:
    """Read a batch of the python version."""
    try:
        batch = read_pickle(_bytes(path))
        data, labels = batch.get("data"), batch.get(_LABELS[which])
        if not isinstance(data, Array) or not _whole(labels):
            raise UserError(f"lacks data or {_LABELS[which]}; it has {_keys(batch)}")
        images = data.values()
        if images.ndim != 2 or images.shape[1] != PIXELS or len(images) != len(labels):
            raise UserError(
                f"has data of {images.shape} for {len(labels)} labels; (N, {PIXELS}) is wanted"
            )
    except UserError as error:
        raise UserError(f"{path}: {error}") from error
    return Split(np.ascontiguousarray(images).reshape(-1, 3, 32, 32), np.array(labels, np.int64))


def _read_binary(path: Path, which: str) -> Split:
    """Read a file of the binary version."""
    data = np.frombuffer(_bytes(path), np.uint8)
    heads = 1 if which == "cifar10" else 2
    if not len(data) or len(data) % (heads + PIXELS):
        raise UserError(
            f"{path}: has {len(data):,} bytes; a multiple of {heads + PIXELS:,} is wanted: "
            f"records of {heads} label byte{'s' * (heads > 1)} and {PIXELS:,} pixel bytes"
        )
    records = data.reshape(-1, heads + PIXELS)
    labels = records[:, {"cifar10": 0, "coarse": 0, "fine": 1}[which]]
    images = np.ascontiguousarray(records[:, heads:]).reshape(-1, 3, 32, 32)
    return Split(images, labels.astype(np.int64))


def _bytes(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > _MOST:
            raise UserError(f"{path}: has {size:,} bytes; at most {_MOST:,} are read")
        return path.read_bytes()
    except OSError as error:
        raise UserError(f"{path}: {error.strerror or error}") from error


def _whole(labels: Any) -> TypeGuard[list[int]]:
    return isinstance(labels, list) and all(type(n) is int and abs(n) < 2**31 for n in labels)


def _keys(batch: dict[str, Any]) -> str:
    return ", ".join(sorted(key[:20] for key in list(batch)[:8])) or "nothing"


def _check_labels(path: Path, labels: NDArray[np.int64], classes: int) -> None:
    if not len(labels):
        raise UserError(f"{path}: holds no pictures")
    for label in (int(labels.min()), int(labels.max())):
        if not 0 <= label < classes:
            raise UserError(f"{path}: has the label {label}; 0 to {classes - 1} are wanted")


def _joined(parts: Sequence[Split]) -> Split:
    images = np.concatenate([part.images for part in parts])
    return Split(images, np.concatenate([part.labels for part in parts]))


def _classes(place: Place, which: str, member: Member) -> tuple[str, ...]:
    """Return the names that lie beside the batches; else those known, else numbers."""
    pickled, key, plain, count = _NAMES[which]
    names: list[str] = []
    try:
        if place.layout.form == "python":
            listed = read_pickle(_bytes(place.folder / pickled)).get(key)
            names = [_text(name) for name in listed] if isinstance(listed, list) else []
        else:
            names = _bytes(place.folder / plain).decode("latin1").split()
    except UserError:  # they are not needed
        names = []
    if len(set(names)) == count:
        return tuple(printable(name)[:40] for name in names)
    known = member.classes
    return known if isinstance(known, tuple) else tuple(str(label) for label in range(count))


def _text(name: Any) -> str:
    if isinstance(name, bytes):
        return name.decode("latin1")
    return name if isinstance(name, str) else ""


def _counts(train: Split, test: Split) -> tuple[str, ...]:
    if (len(train), len(test)) == (50_000, 10_000):
        return ()
    return (f"{len(train):,} and {len(test):,} pictures; 50,000 and 10,000 were published",)
