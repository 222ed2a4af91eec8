"""Stepping over an input cell by cell: state, boards, keys, player, link and facts."""
