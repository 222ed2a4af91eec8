"""Curves over steps or epochs: which are on view, their axes, dots and columns."""
