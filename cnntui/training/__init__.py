"""Training: a loop that yields events, a run directory, and a worker that joins the two."""
