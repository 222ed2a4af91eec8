"""The Convolution pane."""

ABOUT = {
    "entry": "ConvolutionPane",
    "title": "Convolution",
    "commands": ("conv", "convolution"),
    "key": "1",
    "order": 1,
    "advice": "then space: Sobel x slides over a handwritten digit",
    "summary": "slide a kernel over numbers and see every product and sum",
}
