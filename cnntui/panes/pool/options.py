"""The settings of a pooling, each said once for the command line and for links."""

from __future__ import annotations

from cnntui.ground.options import Option, pair, pair_text, switch
from cnntui.parts.stepping.options import INPUT

POOLINGS = ("max", "avg", "global-max", "global-avg", "adaptive-avg", "adaptive-max")
SETTINGS = (
    Option("kind", choices=POOLINGS, default="max", metavar="K"),
    Option("size", pair("size"), (2, 2), "the window", "K", write=pair_text),
    Option("stride", pair("stride"), None, "the window's size unless given", "S", write=pair_text),
    Option("padding", pair("padding"), (0, 0), None, "P", write=pair_text),
    Option("dilation", pair("dilation"), (1, 1), None, "D", write=pair_text),
    switch("ceil-mode", "round the output size up"),
    switch("exclude-pad", "leave the padding out of averages"),
    Option("output-size", pair("output size"), (1, 1), "adaptive-avg", "O", write=pair_text),
)
OPTIONS = (*INPUT, *SETTINGS)
