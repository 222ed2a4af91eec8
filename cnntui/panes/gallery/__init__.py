"""The Gallery pane."""

ABOUT = {
    "entry": "GalleryPane",
    "title": "Gallery",
    "commands": ("gallery",),
    "key": "9",
    "order": 9,
    "advice": "the handwritten digits; d: other data sets, enter: one picture large",
    "summary": "a data set's pictures, classes and statistics",
}
