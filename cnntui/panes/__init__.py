"""One folder a pane: everything that is private to it, found by its ABOUT."""
