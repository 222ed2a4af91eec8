"""A sheet of small pictures with a cursor, and its frame."""
