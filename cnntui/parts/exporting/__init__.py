"""Writing a table to a file, as several panes do it."""
