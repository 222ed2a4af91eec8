"""The Runs pane."""

ABOUT = {
    "entry": "RunsPane",
    "title": "Runs",
    "commands": ("runs",),
    "key": "0",
    "order": 10,
    "advice": "enter draws a run's curves; v marks two, c compares them",
    "summary": "every run: how it fares; pause, compare, delete",
}
