"""What an output unit really depends on: the non-zero extent of the input gradient in float64."""

import torch
from torch import nn


def positive(model):
    """Give every weight a positive value and take away what saturates or picks one cell."""
    generator = torch.Generator().manual_seed(0)
    for parameter in model.parameters():
        fan = parameter[0].numel() if parameter.dim() > 1 else 1
        with torch.no_grad():
            parameter.copy_((torch.rand(parameter.shape, generator=generator) + 0.5) / fan)
    for module in model.modules():
        for name, child in module.named_children():
            if isinstance(child, nn.MaxPool2d):
                sizes = child.kernel_size, child.stride, child.padding, child.ceil_mode
                setattr(module, name, nn.AvgPool2d(*sizes, count_include_pad=False))
            elif isinstance(child, nn.ReLU | nn.ReLU6):
                setattr(module, name, nn.Identity())
    return model.double().eval()


def by_gradient(model, shape, unit, seed=1):
    """Return the rows and columns of the input that the output unit depends on."""
    generator = torch.Generator().manual_seed(seed)
    x = (torch.rand(1, *shape, generator=generator, dtype=torch.double) + 0.5).requires_grad_()
    y = model(x)
    y[(0, slice(None), *unit)].sum().backward()
    seen = x.grad[0].abs().sum(0).nonzero()
    if not len(seen):
        return None
    return tuple((int(axis.min()), int(axis.max())) for axis in seen.T)
