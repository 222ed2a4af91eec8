"""A pane's state as one line of text, ``conv?input=digit:7``, and back."""
