"""What every room may import: lines, names, tables, bars, options, whole files; no torch."""
