"""The language of Build: a network as text, read, followed, made a module and exported."""
