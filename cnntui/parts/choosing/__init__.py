"""Choosing from a list, typing and checking, as several panes do it."""
