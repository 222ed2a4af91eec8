"""The Pictures pane."""

ABOUT = {
    "entry": "PicturesPane",
    "title": "Pictures",
    "commands": ("image", "pictures"),
    "key": "f8",
    "order": 11,
    "advice": "a cat as numbers; + zooms to the cells, tab shows the rest",
    "summary": "a picture as numbers: channels, resizing, augmentation",
}
