"""Runs: a list of them as data and text, and what is asked of one."""
