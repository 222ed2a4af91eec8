"""The Watch pane."""

ABOUT = {
    "entry": "WatchingPane",
    "title": "Watch",
    "commands": ("watch", "watching"),
    "key": "8",
    "order": 8,
    "summary": "a run's curves and mistakes, live, wherever it started",
    "views_train": True,  # making a state of a link may begin a training: not before it is shown
    "advice": "tab: what the network gets wrong",
}
