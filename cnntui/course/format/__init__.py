"""A lesson's file: read, checked, and worked out into prose, tasks and checks."""
