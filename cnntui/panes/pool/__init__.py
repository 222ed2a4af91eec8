"""The Pooling pane."""

ABOUT = {
    "entry": "PoolingPane",
    "title": "Pooling",
    "commands": ("pool", "pooling"),
    "key": "2",
    "order": 2,
    "summary": "maximum and average side by side; what a shift changes",
}
