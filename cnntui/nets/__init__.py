"""Architectures, one file a family; knows torch alone."""
