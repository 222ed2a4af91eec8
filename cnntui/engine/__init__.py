"""Arithmetic: arrays in, frozen dataclasses of plain numbers out."""
