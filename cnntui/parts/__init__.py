"""What several panes are made of, one folder a part; a part knows no pane."""
