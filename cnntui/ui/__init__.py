"""Widgets that know nothing of convolutional networks."""
