"""One file a data set, or a format on disk; each says in ABOUT what it holds."""
