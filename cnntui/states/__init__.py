"""What the user chose in a pane, with its verbs, and the frame that shows it; knows no screen."""
