"""The settings of a picture on view, each said once for the command line and for links."""

from __future__ import annotations

from cnntui.ground.options import Option

SPACES = "rgb, bgr, gray, gray3 (three equal channels), hsv, lab"
CHAINS = "none, unit, imagenet, signed, caffe, or a data set: its mean and deviation"


def seed(text: str) -> int:
    """Read a seed. Raises ValueError."""
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise ValueError(f"{text[:40]!r} is no seed; give a whole number from 0 on")
    return int(text)


OPTIONS = (
    Option("image", str, "chelsea", "a picture's name (cnntui samples) or a file", "I"),
    Option("space", metavar="S", help=SPACES),
    Option("preprocess", metavar="NAME", help=CHAINS),
    Option("augment", metavar="LIST", help="what is combined: flip,rotate=15,shift=0.1,fill=edge"),
    Option("seed", seed, 0, "of the augmented samples", "S"),
)
