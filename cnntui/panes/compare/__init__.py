"""The Compare pane."""

ABOUT = {
    "entry": "ComparingPane",
    "title": "Compare",
    "commands": ("compare", "comparing"),
    "key": "6",
    "order": 6,
    "advice": "two networks side by side; v turns to the next comparison",
    "summary": "two networks side by side; sizes, errors, scaling, layers",
}
