"""Augmentation of whole batches, what may be asked of it, and a preview on one picture."""
