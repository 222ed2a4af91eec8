"""The Lessons pane."""

ABOUT = {
    "entry": "LearningPane",
    "title": "Lessons",
    "commands": ("learn", "learning"),
    "key": "f9",
    "order": 0,
    "advice": "then enter: it begins at once, without a mouse",
    "explains": True,  # explaining.py finds the lesson about another pane
    "summary": "a course whose text runs these panes and checks you",
}
