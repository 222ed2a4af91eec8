"""The commands that open no pane of their own, one file each, found by their ABOUT."""
