"""A run's directory: written by one worker, read by anybody."""
