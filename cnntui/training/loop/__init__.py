"""From settings to a trained network: data, loss, optimizer, schedule and the loop itself."""
