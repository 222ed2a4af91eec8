"""Faults hidden in a real network or training, for the learner to find."""
