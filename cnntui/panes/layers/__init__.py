"""The Layers pane."""

ABOUT = {
    "entry": "LayersPane",
    "title": "Layers",
    "commands": ("layers",),
    "key": "4",
    "order": 4,
    "advice": "n: LeNet-5 to EfficientNet, layer by layer; enter steps into one",
    "summary": "any network, layer by layer: shapes, parameters, MACs",
}
