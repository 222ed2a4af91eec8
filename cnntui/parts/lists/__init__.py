"""A list with one line chosen: where the cursor is, and which lines are on view."""
