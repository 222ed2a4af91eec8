"""What every room may import: lines, names, tables, bars, options, widths, whole files."""
