"""A board of numbers on view: its viewport, and its frame made from an array."""
