"""How a network is named, built, given weights, recognised and opened."""
