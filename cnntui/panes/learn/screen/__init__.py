"""What is on the screen of a lesson: its words, the live pane beside them, the solution played."""
