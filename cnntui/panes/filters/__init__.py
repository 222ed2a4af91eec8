"""The Filters pane."""

ABOUT = {
    "entry": "FiltersPane",
    "title": "Filters",
    "commands": ("filters",),
    "key": "3",
    "order": 3,
    "advice": "Sobel x over the picture of a cat; every other filter is one key",
    "summary": "filter a picture: edges, blur, sharpen, your own kernel",
}
