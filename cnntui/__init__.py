"""A laboratory for convolutional neural networks in a terminal; knows its version alone."""

__version__ = "0.1.0"
