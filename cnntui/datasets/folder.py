"""A folder of pictures, a folder a class: train/ val/ test/, or one to be split by a seed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cnntui.datasets.dataset import Dataset, Split, Wanted
from cnntui.datasets.member import chosen, member_of, number, seed_of
from cnntui.datasets.photos import SUFFIXES, Square, squares
from cnntui.datasets.splitting import divided, finished
from cnntui.errors import UserError, printable
from cnntui.ground.names import cut

ABOUT = {
    "entry": "load",
    "order": 20,
    "datasets": [
        {
            "name": "folder",
            "title": "A folder of pictures, a folder a class",
            "classes": None,
            "shape": None,
            "train": None,
            "test": None,
            "licence": "the user's",
            "source": "--dataset PATH: PATH/train/CLASS/…, PATH/val, PATH/test, or PATH/CLASS/…; "
            "jpg jpeg png ppm bmp pgm tif tiff webp",
            "offline": False,
            "flip": True,
            "options": {
                "size": ["32", "pixels of a side, 8 to 512: the picture's middle, resized"],
                "colour": ["auto", "rgb, grey, or auto: grey where every picture is"],
                "seed": ["", "of the split where there is no test/; the run's where left out"],
            },
        },
    ],
}

TEST = 0.2  # of the pictures, where there is no test folder
PARTS = {
    "train": ("train", "training"),
    "validation": ("val", "valid", "validation"),
    "test": ("test", "testing"),
}
MOST = 2**33  # bytes of pictures
_NAMED = 3  # pictures in the note on those left out


@dataclass(frozen=True)
class Files:
    """The picture files of a part, and each one's class."""

    paths: tuple[Path, ...] = ()
    labels: tuple[int, ...] = ()


def load(wanted: Wanted) -> Dataset:
    """Return the pictures as squares, (N, C, size, size). Raises UserError.

    The sorted names of the training folders are the classes. With val/ but no test/, val/ is the
    test, so that what chooses the best epoch never judges it.
    """
    member = member_of(ABOUT, wanted)
    size = number(wanted, member, "size", 8, 512)
    colour = chosen(wanted, member, "colour", ("auto", "rgb", "grey"))
    root = _root(wanted.folder)
    folders, notes = _parts(root)
    classes = _classes(folders["train"])
    parts = {part: _files(folder, classes) for part, folder in folders.items()}
    _check_size(root, sum(len(files.paths) for files in parts.values()), size)
    splits, skipped = _read(parts, size, colour, root)
    train, validation, test = _split(splits, seed_of(wanted))
    if not len(train) or not len(test):
        raise UserError(f"{_short(root)}: too few pictures to train and to test; add some")
    title = printable(root.resolve().name) or member.title
    names = tuple(printable(name) for name in classes)
    return finished(wanted, title, names, (train, validation, test), (*notes, *skipped))


def _root(folder: Path | None) -> Path:
    if folder is None:
        raise UserError("folder: name the folder of pictures: --dataset PATH")
    if not folder.is_dir():
        raise UserError(f"{_short(folder)}: there is no such folder")
    return folder


def _parts(root: Path) -> tuple[dict[str, Path], tuple[str, ...]]:
    """Return the folder of each part that is there, and what is assumed."""
    there = {name.casefold(): root / name for name in _folders(root)}
    parts = {
        part: next((there[name] for name in names if name in there), None)
        for part, names in PARTS.items()
    }
    given = {part: folder for part, folder in parts.items() if folder is not None}
    if "train" not in given:
        return {"train": root}, (f"no train/: a fifth of each class is the test ({_short(root)})",)
    if "test" in given:
        return given, ()
    if "validation" in given:
        note = f"no test/: {given['validation'].name}/ is the test, validation is cut from train/"
        return {"train": given["train"], "test": given["validation"]}, (note,)
    return given, ("no test/: a fifth of each class of train/ is the test",)


def _classes(folder: Path) -> tuple[str, ...]:
    classes = tuple(name for name in _folders(folder) if _pictures(folder / name))
    if len(classes) < 2:
        raise UserError(
            f"{_short(folder)}: has {len(classes)} folders of pictures; a folder a class is "
            f"wanted, at least two, with {', '.join(SUFFIXES)}"
        )
    return classes


def _files(folder: Path, classes: tuple[str, ...]) -> Files:
    """List the pictures of a part. Raises UserError for a class that training doesn't have."""
    paths: list[Path] = []
    labels: list[int] = []
    for name in _folders(folder):
        pictures = _pictures(folder / name)
        if pictures and name not in classes:
            raise UserError(
                f"{_short(folder / name)}: no such class is trained; known are "
                f"{cut(', '.join(classes), 80)}"
            )
        paths += pictures
        labels += [classes.index(name)] * len(pictures) if pictures else []
    if not paths:
        raise UserError(f"{_short(folder)}: holds no pictures in folders of classes")
    return Files(tuple(paths), tuple(labels))


def _folders(folder: Path) -> list[str]:
    """Return the names of the folders in a folder, sorted; hidden ones are left out."""
    try:
        with os.scandir(folder) as entries:
            return sorted(e.name for e in entries if e.is_dir() and not e.name.startswith("."))
    except OSError as error:
        raise UserError(f"{_short(folder)}: {error.strerror or error}") from error


def _pictures(folder: Path) -> list[Path]:
    """Return the picture files below ``folder``, sorted; a link back up is not followed."""
    pictures: list[Path] = []
    seen: set[tuple[int, int]] = set()
    for below, folders, files in os.walk(folder, followlinks=True):
        status = os.stat(below)
        if (status.st_dev, status.st_ino) in seen:
            folders.clear()
            continue
        seen.add((status.st_dev, status.st_ino))
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        pictures += [Path(below, name) for name in files if _is_picture(name)]
    return sorted(pictures)


def _is_picture(name: str) -> bool:
    return name.lower().endswith(SUFFIXES) and not name.startswith(".")


def _check_size(root: Path, count: int, size: int) -> None:
    if count * 3 * size**2 > MOST:
        raise UserError(
            f"{_short(root)}: {count:,} pictures of {size}×{size} are more than "
            f"{MOST / 2**30:.0f} GiB; give a smaller one, PATH:size=32"
        )


def _read(
    parts: dict[str, Files], size: int, colour: str, root: Path
) -> tuple[dict[str, Split], tuple[str, ...]]:
    """Return the pictures of each part that can be read, and a line on the others."""
    read = {part: squares(files.paths, size) for part, files in parts.items()}
    sound = [image for part in read.values() for image in part if not isinstance(image, UserError)]
    grey = colour == "grey" or (colour == "auto" and all(len(image) == 1 for image in sound))
    splits = {part: _stacked(read[part], parts[part].labels, grey, size) for part in parts}
    wrong = [
        (path, image)
        for part, files in parts.items()
        for path, image in zip(files.paths, read[part], strict=True)
        if isinstance(image, UserError)
    ]
    return splits, _left_out(wrong, sum(len(files.paths) for files in parts.values()), root)


def _stacked(
    read: Sequence[Square | UserError], labels: tuple[int, ...], grey: bool, size: int
) -> Split:
    kept = [(x, y) for x, y in zip(read, labels, strict=True) if not isinstance(x, UserError)]
    images = np.empty((len(kept), 1 if grey else 3, size, size), np.uint8)
    for index, (image, _) in enumerate(kept):
        images[index] = _luma(image) if grey and len(image) == 3 else image
    return Split(images, np.array([label for _, label in kept], np.int64))


def _luma(image: Square) -> Square:
    """Return one channel of three, by ITU-R 601 as Pillow does."""
    red, green, blue = image.astype(np.float32)
    grey: Square = np.rint(0.299 * red + 0.587 * green + 0.114 * blue).astype(np.uint8)[None]
    return grey


def _left_out(wrong: Sequence[tuple[Path, UserError]], count: int, root: Path) -> tuple[str, ...]:
    if not wrong:
        return ()
    named = [f"{_short(path.relative_to(root))} {error}" for path, error in wrong[:_NAMED]]
    more = f"; and {len(wrong) - _NAMED:,} more" if len(wrong) > _NAMED else ""
    return (f"{len(wrong):,} of {count:,} pictures are left out: {'; '.join(named)}{more}",)


def _split(splits: dict[str, Split], seed: int) -> tuple[Split, Split | None, Split]:
    """Return (train, validation, test); None: validation is still to be cut from train."""
    if "test" in splits:
        return splits["train"], splits.get("validation"), splits["test"]
    train, test = divided(splits["train"], TEST, seed)
    return train, splits.get("validation"), test


def _short(path: Path) -> str:
    return cut(str(path), 100)
