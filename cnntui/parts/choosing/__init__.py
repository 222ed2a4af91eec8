"""Choosing an input or kernel, typing cells, and torch's word on the outcome."""
