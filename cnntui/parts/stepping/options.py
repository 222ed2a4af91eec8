"""The options that convolution and pooling share, on the command line and in a link."""

from __future__ import annotations

from cnntui.ground.options import Option, switch, whole

INPUT = (
    Option(
        "input", default="digit", metavar="I", help="a sample's name (cnntui samples) or a file"
    ),
    Option(
        "cells",
        whole("number of cells"),
        metavar="N",
        help="cells of a picture's longer side",
    ),
    switch("gray", "one channel of three", aliases=("grey",)),
)
STEP = Option("step", whole("step"), metavar="N", help="the step to show, from 0")
