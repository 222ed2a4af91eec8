"""MNIST and Fashion-MNIST in IDX files, packed or not.

IDX: bytes 0, 0, type, number of dimensions; their sizes as big-endian 32-bit numbers; the values.
"""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from cnntui.datasets.dataset import Dataset, Split, Wanted
from cnntui.datasets.locating import Place, checked, place_of
from cnntui.datasets.member import member_of
from cnntui.datasets.splitting import finished
from cnntui.errors import UserError

ABOUT = {
    "entry": "load",
    "order": 10,
    "shape": [1, 28, 28],
    "train": 60000,
    "test": 10000,
    "offline": False,
    "datasets": [
        {
            "name": "mnist",
            "title": "MNIST, handwritten digits",
            "classes": ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
            "licence": "not stated by its authors; often given as CC BY-SA 3.0",
            "source": "http://yann.lecun.com/exdb/mnist/ (LeCun, Cortes, Burges 1998)",
            "flip": False,
            "files": [
                {
                    "form": "idx",
                    "folders": ["MNIST/raw", "raw", "mnist", "."],
                    "files": {
                        "train-images-idx3-ubyte.gz": "f68b3c2dcbeaaa9fbdd348bbdeb94873",
                        "train-labels-idx1-ubyte.gz": "d53e105ee54ea40749a09fcbcd1e9432",
                        "t10k-images-idx3-ubyte.gz": "9fb629c4189551a2d022fa330f9573f3",
                        "t10k-labels-idx1-ubyte.gz": "ec29112dd5afa0611ce80d1b7f02629c",
                    },
                },
            ],
        },
        {
            "name": "fashion_mnist",
            "title": "Fashion-MNIST, pictures of clothes",
            "classes": [
                "T-shirt/top",
                "Trouser",
                "Pullover",
                "Dress",
                "Coat",
                "Sandal",
                "Shirt",
                "Sneaker",
                "Bag",
                "Ankle boot",
            ],
            "licence": "MIT",
            "source": "https://github.com/zalandoresearch/fashion-mnist "
            "(Xiao, Rasul, Vollgraf 2017)",
            "flip": True,
            "files": [
                {
                    "form": "idx",
                    "folders": ["FashionMNIST/raw", "raw", "fashion-mnist", "fashion_mnist", "."],
                    "files": {
                        "train-images-idx3-ubyte.gz": "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
                        "train-labels-idx1-ubyte.gz": "25c81989df183df01b3e8a0aad5dffbe",
                        "t10k-images-idx3-ubyte.gz": "bef4ecab320f06d8554ea6380940ec79",
                        "t10k-labels-idx1-ubyte.gz": "bb300cfdad3c16e7a12a480ee83cd310",
                    },
                },
            ],
        },
    ],
}

IMAGES, LABELS = 2051, 2049  # magic numbers: bytes in three dimensions, and in one
SIDE = 28
_WORDS = {IMAGES: "images", LABELS: "labels"}
_TYPES = {8: "bytes", 9: "signed bytes", 11: "short", 12: "int", 13: "float", 14: "double"}
_MOST = 2**31  # bytes of values
# the first test labels, which tell the two sets apart: their files have the same names
_FIRST = {
    "mnist": [7, 2, 1, 0, 4, 1, 4, 9, 5, 9],
    "fashion_mnist": [9, 2, 1, 1, 6, 1, 4, 6, 5, 7],
}
Bytes = NDArray[np.uint8]


def load(wanted: Wanted) -> Dataset:
    """Return MNIST or Fashion-MNIST, (N, 1, 28, 28), from the four files. Raises UserError."""
    member = member_of(ABOUT, wanted)
    place = place_of(member, wanted.folder)
    train, test = _split(place, "train"), _split(place, "t10k")
    _check_set(member.name, place, test.labels)
    assert isinstance(member.classes, tuple)
    notes = (*_counts(train, test), *checked(place))
    return finished(wanted, member.title, member.classes, (train, None, test), notes)


def read_idx(path: Path, magic: int) -> Bytes:
    """Read IMAGES as (N, H, W) or LABELS as (N,) from an IDX file, packed by gzip or not.

    Raises UserError that names the file, what it has and what it should have.
    """
    try:
        with path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
            file.seek(0)
            if not packed:
                return _values(file, magic)
            with gzip.GzipFile(fileobj=file) as unpacked:
                return _values(unpacked, magic)
    except UserError as error:
        raise UserError(f"{path}: {error}") from error
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise UserError(f"{path}: is a damaged gzip file ({error}); get it again") from error
    except OSError as error:
        raise UserError(f"{path}: {error.strerror or error}") from error


def _values(file: BinaryIO | gzip.GzipFile, magic: int) -> Bytes:
    wanted = f"{magic}, of {_WORDS[magic]}, is wanted"
    head = file.read(4)
    if len(head) < 4:
        raise UserError(f"has {len(head)} bytes; an IDX file starts with the magic number {magic}")
    (number,) = struct.unpack(">I", head)
    if number != magic:
        raise UserError(f"has the magic number {number}{_meaning(number)}; {wanted}")
    dimensions = magic & 0xFF
    sizes_head = file.read(4 * dimensions)
    if len(sizes_head) < 4 * dimensions:
        raise UserError(f"ends within its header; {dimensions} sizes are wanted")
    shape = struct.unpack(f">{dimensions}I", sizes_head)
    count = math.prod(shape)
    if not 0 < count <= _MOST:
        raise UserError(f"claims {' × '.join(map(str, shape))} values; 1 to {_MOST:,} are read")
    data = _exactly(file, count)
    return np.frombuffer(data, np.uint8).reshape(shape)


def _exactly(file: BinaryIO | gzip.GzipFile, count: int) -> bytearray:
    """Read ``count`` bytes up to the end; memory is taken for what is there, not for the claim."""
    data = bytearray()
    while len(data) <= count and (piece := file.read(min(2**20, count + 1 - len(data)))):
        data += piece
    if len(data) < count:
        raise UserError(f"has {len(data):,} values; its header promises {count:,}: it is cut short")
    if len(data) > count:
        raise UserError(f"has more than the {count:,} values that its header promises")
    return data


def _meaning(magic: int) -> str:
    """Say what another magic number stands for."""
    if magic in _WORDS:
        return f", of {_WORDS[magic]}"
    kind, dimensions = _TYPES.get(magic >> 8), magic & 0xFF
    return f", of {dimensions}-dimensional {kind}" if kind and dimensions else ""


def _split(place: Place, part: str) -> Split:
    """Return the pictures and labels of ``train`` or ``t10k``."""
    pictures, names = (
        place.files[f"{part}-{what}.gz"] for what in ("images-idx3-ubyte", "labels-idx1-ubyte")
    )
    images, labels = read_idx(pictures, IMAGES), read_idx(names, LABELS)
    if images.shape[1:] != (SIDE, SIDE):
        raise UserError(f"{pictures}: has pictures of {images.shape[1]}×{images.shape[2]}; 28×28")
    if len(images) != len(labels):
        raise UserError(f"{names}: has {len(labels):,} labels for {len(images):,} pictures")
    if labels.max() > 9:
        raise UserError(f"{names}: has the label {labels.max()}; 0 to 9 are wanted")
    return Split(images[:, None], labels.astype(np.int64))


def _check_set(name: str, place: Place, labels: NDArray[np.int64]) -> None:
    for other, first in _FIRST.items():
        if other != name and labels[: len(first)].tolist() == first:
            raise UserError(
                f"{place.folder}: these are the files of {other}, not of {name}; "
                f"train with --dataset {other}"
            )


def _counts(train: Split, test: Split) -> tuple[str, ...]:
    if (len(train), len(test)) == (60_000, 10_000):
        return ()
    return (f"{len(train):,} and {len(test):,} pictures; 60,000 and 10,000 were published",)
