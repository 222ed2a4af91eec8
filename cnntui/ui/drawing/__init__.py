"""How boards of text are drawn: glyphs, colours, and only the cells that changed."""
