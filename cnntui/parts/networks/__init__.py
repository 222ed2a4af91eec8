"""Known and traced networks: lists, tables, drawings and training memory, as text."""
