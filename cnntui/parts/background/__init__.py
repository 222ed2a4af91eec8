"""Slow work of a pane, off the event loop."""
