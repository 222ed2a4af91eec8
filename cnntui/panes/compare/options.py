"""The settings of a comparison, each said once for the command line and for links."""

from __future__ import annotations

from cnntui.ground.options import Option, number

NETS, SIZES, ERRORS, SCALING, DENSE, SEPARABLE = VIEWS = (
    "nets",
    "sizes",
    "errors",
    "scaling",
    "dense",
    "separable",
)
OPTIONS = (
    Option("input", metavar="I", help="what your own networks take: 3x224x224"),
    Option("chart", choices=VIEWS, default=NETS, metavar="C"),
    Option("sort", choices=("year", "params"), default="year", help="the order of sizes"),
    Option("phi", number, metavar="P", help="of scaling: 0 to 7"),
)
