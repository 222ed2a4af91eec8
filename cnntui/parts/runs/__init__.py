"""A list of runs as plain data and text."""
