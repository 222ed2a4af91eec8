"""The Build pane."""

ABOUT = {
    "entry": "BuildingPane",
    "title": "Build",
    "commands": ("build", "building"),
    "key": "5",
    "order": 5,
    "summary": "write a network as text; shapes and totals as you type",
}
