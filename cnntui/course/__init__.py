"""Lessons without a screen: their format, checks, questions and progress."""
