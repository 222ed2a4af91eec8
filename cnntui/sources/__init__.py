"""Inputs and kernels by name or from a user's file, as float32 arrays."""
