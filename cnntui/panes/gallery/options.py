"""The settings of a gallery, each said once for the command line and for links."""

from __future__ import annotations

from cnntui.datasets.dataset import SPLITS
from cnntui.ground.options import Option

OPTIONS = (
    Option("data-dir", metavar="PATH", help="where the files of data sets lie"),
    Option("split", choices=SPLITS, default="train", metavar="S"),
    Option("class", field="label", metavar="C", help="show one class alone"),
)
