"""What a pane's command prints: pages, JSON, and where they go."""
