"""What `cnntui learn` does without a terminal: it plays lessons against the app, and prints them."""
