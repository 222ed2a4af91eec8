"""A lesson as lines of words: its pages, its questions, its end, its tests."""
