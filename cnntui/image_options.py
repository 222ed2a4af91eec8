"""The options of ``cnntui image``; imports no command, nor torch."""

from __future__ import annotations

import argparse

SPACES = "rgb, bgr, gray, gray3 (three equal channels), hsv, lab"
CHAINS = "none, unit, imagenet, signed, caffe, or a data set: its mean and deviation"


def fill(command: argparse.ArgumentParser) -> None:
    """Give ``cnntui image`` its options."""
    command.set_defaults(run="image")
    add = command.add_argument
    what = "a picture's name (cnntui samples) or a file"
    add("--image", default="chelsea", metavar="I", help=what)
    add("--space", metavar="S", help=SPACES)
    add("--preprocess", metavar="NAME", help=CHAINS)
    add("--augment", metavar="LIST", help="what is combined: flip,rotate=15,shift=0.1,fill=edge")
    add("--seed", type=_seed, default=0, metavar="S", help="of the augmented samples")
    shown = command.add_mutually_exclusive_group()
    shown.add_argument("--print", action="store_true", help="print as text")
    shown.add_argument("--json", action="store_true", help="print one JSON object")
    shown.add_argument("--out", metavar="F.png", help="write what was asked for as a picture")


def _seed(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is no seed; give a whole number from 0 on")
    return int(text)
