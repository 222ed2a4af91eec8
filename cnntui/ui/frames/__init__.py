"""What widgets draw: frozen plain values that states and engines fill in."""
