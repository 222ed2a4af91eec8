"""The handwritten digits that come with the program."""

from __future__ import annotations

import numpy as np

from cnntui.datasets.dataset import Dataset, Split, Wanted
from cnntui.datasets.member import chosen, member_of
from cnntui.datasets.splitting import divided, finished
from cnntui.sources import samples

ABOUT = {
    "entry": "load",
    "order": 1,
    "datasets": [
        {
            "name": "digits",
            "title": "Handwritten digits, 8×8",
            "classes": ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
            "shape": [1, 8, 8],
            "train": 1438,
            "test": 359,
            "licence": "CC BY 4.0",
            "source": "UCI Optical Recognition of Handwritten Digits, test set "
            "(Alpaydin and Kaynak 1998), as shipped with scikit-learn",
            "offline": True,
            "flip": False,
            "options": {
                "split": [
                    "random",
                    "random: 80/20 by class; writers: the first 898 train, the last 899 test, "
                    "which is harder: by the file's order, hardly a writer is in both",
                ],
            },
        },
    ],
}

FIRST = 898  # of the split by writers; the file's order suggests who wrote, undocumented
TEST = 0.2


def load(wanted: Wanted) -> Dataset:
    """Return the digits, (N, 1, 8, 8): the file's 0..16 as round(value · 255 / 16)."""
    member = member_of(ABOUT, wanted)
    by_writers = chosen(wanted, member, "split", ("random", "writers")) == "writers"
    with np.load(samples.folder() / "digits.npz", allow_pickle=False) as archive:
        levels, labels = archive["images"], archive["labels"].astype(np.int64)
    images = np.rint(levels * (255 / 16)).astype(np.uint8)[:, None]
    if by_writers:
        train = Split(images[:FIRST], labels[:FIRST])
        test = Split(images[FIRST:], labels[FIRST:])
    else:
        train, test = divided(Split(images, labels), TEST)
    classes = tuple(str(digit) for digit in range(10))
    return finished(wanted, member.title, classes, (train, None, test))
