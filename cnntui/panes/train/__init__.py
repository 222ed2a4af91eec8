"""The Training pane."""

ABOUT = {
    "entry": "TrainingPane",
    "title": "Training",
    "commands": ("train", "training"),
    "key": "7",
    "order": 7,
    "advice": "g starts: a small net on handwritten digits, in seconds",
    "summary": "set up a training that outlives the terminal; start it",
}
