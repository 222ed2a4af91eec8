"""How a network is named, built, given weights and recognised; knows no screen and no tracing."""
