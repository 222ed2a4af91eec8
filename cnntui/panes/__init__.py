"""One file a pane: keys and composition."""
