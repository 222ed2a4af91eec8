"""The receptive field of a layer's unit, shown on a picture over the Layers pane."""
