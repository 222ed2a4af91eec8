"""The settings of a filtered picture, each said once for the command line and for links."""

from __future__ import annotations

from cnntui.ground.options import Option, switch, whole

SETTINGS = (
    Option("stride", whole("stride"), 1, None, "S"),
    Option("times", whole("number of times"), 1, "1 to 16", "N"),
)
OPTIONS = (
    Option(
        "input", default="chelsea", metavar="I", help="a picture's name (cnntui samples) or a file"
    ),
    Option(
        "kernel", default="sobel-x", metavar="K", help='name, file, or "1 0 -1; 2 0 -2; 1 0 -1"'
    ),
    *SETTINGS,
    switch("gray", "one channel of three", aliases=("grey",)),
    Option(
        "cells",
        whole("number of cells"),
        metavar="N",
        help="pixels of the longer side; else what the screen shows, all of them with --json",
    ),
)
