"""Benchmarks: what the app costs, each beside a reference timed in the same run."""
