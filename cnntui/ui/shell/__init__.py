"""The app around the panes: its first screen, footer, help, notices, and what a pane is."""
