"""Models that tracers stumble over; each says what it is."""

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.checkpoint import checkpoint


def conv(i, o, k=3, **settings):
    return nn.Conv2d(i, o, k, padding=k // 2, **settings)


class Branch(nn.Module):
    """Takes one way or the other by its data."""

    def __init__(self):
        super().__init__()
        self.dark, self.bright = conv(3, 4), conv(3, 5)

    def forward(self, x):
        return self.dark(x) if x.mean() > 10 else self.bright(x)


class Item(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = conv(3, 4)

    def forward(self, x):
        return self.conv(x) * x.sum().item()


class Numpy(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = conv(3, 4), conv(4, 2)

    def forward(self, x):
        return self.b(F.relu(torch.from_numpy(self.a(x).numpy() * 2)))


class Repeated(nn.Module):
    """Runs its layer as often as the data say."""

    def __init__(self):
        super().__init__()
        self.conv = conv(3, 3)

    def forward(self, x):
        for _ in range(int(x.sum() > 0) + 1):
            x = self.conv(x)
        return x


class Chosen(nn.Module):
    """Keeps the rows that the data choose."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(4, 2)

    def forward(self, x):
        return self.linear(x[x.sum(1) >= 0])


class Coordinates(nn.Module):
    """Makes tensors of its own on the way."""

    def __init__(self):
        super().__init__()
        self.conv = conv(5, 4)

    def forward(self, x):
        n, _, h, w = x.shape
        lines = torch.linspace(0, 1, h), torch.linspace(0, 1, w)
        grid = torch.stack(torch.meshgrid(*lines, indexing="ij"))[None].expand(n, -1, -1, -1)
        return self.conv(torch.cat([x, grid], 1))


class Shared(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.relu = conv(3, 3), nn.ReLU()

    def forward(self, x):
        return self.relu(self.conv(self.relu(self.conv(x))))


class Several(nn.Module):
    """Three inputs of different shapes."""

    def __init__(self):
        super().__init__()
        self.colour, self.grey, self.facts = conv(3, 4), conv(1, 4), nn.Linear(7, 4)

    def forward(self, x, y, z):
        return self.colour(x) + self.grey(y) + self.facts(z)[:, :, None, None]


class Scripted(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = conv(3, 4)
        self.script = torch.jit.script(nn.Sequential(conv(4, 8), nn.ReLU()))

    def forward(self, x):
        return self.script(self.conv(x))


class Lazy(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.linear = nn.LazyConv2d(4, 3), nn.LazyLinear(10)

    def forward(self, x):
        return self.linear(self.conv(x).flatten(1))


class InPlace(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = conv(3, 3), conv(3, 3)

    def forward(self, x):
        y = self.a(x)
        z = self.b(y)
        z += y
        z.relu_()
        z[:, :1] += 1
        return z


class Answers(nn.Module):
    """Gives a mapping with a tuple in it."""

    def __init__(self):
        super().__init__()
        self.a, self.b = conv(3, 4), conv(3, 5)

    def forward(self, x):
        return {"a": self.a(x), "b": (self.b(x), None)}


class Checkpointed(nn.Module):
    def __init__(self, reentrant=False):
        super().__init__()
        self.a, self.b, self.reentrant = conv(3, 4), conv(4, 5), reentrant

    def forward(self, x):
        return checkpoint(lambda t: F.relu(self.b(self.a(t))), x, use_reentrant=self.reentrant)


class Parametrized(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.utils.parametrizations.weight_norm(conv(3, 4))
        self.b = nn.utils.parametrizations.spectral_norm(nn.Linear(4, 5))

    def forward(self, x):
        return self.b(self.a(x).mean((2, 3)))


class Attentive(nn.Module):
    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(3, 8, 4, 4)
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)
        self.encoder = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)

    def forward(self, x):
        y = self.patches(x).flatten(2).transpose(1, 2)
        return self.encoder(self.attention(y, y, y)[0])


class Tied(nn.Module):
    """Words in and out by the same vectors, an LSTM between."""

    def __init__(self):
        super().__init__()
        self.embed, self.lstm = nn.Embedding(11, 6), nn.LSTM(6, 6, batch_first=True)
        self.out = nn.Linear(6, 11, bias=False)
        self.out.weight = self.embed.weight

    def forward(self, x):
        return self.out(self.lstm(self.embed(x))[0])


class Bare(nn.Module):
    """Parameters used by functions, one of them by none."""

    def __init__(self):
        super().__init__()
        self.weight, self.scale = nn.Parameter(torch.randn(4, 3, 3, 3)), nn.Parameter(torch.ones(4))
        self.norm, self.spare = nn.BatchNorm2d(4), nn.Parameter(torch.ones(7))

    def forward(self, x):
        y = F.conv2d(x, self.weight * 2, padding=1)
        return self.norm(y * self.scale[:, None, None])


class Swish(nn.Module):
    def forward(self, x):
        return x * torch.sigmoid(x)


class Padded(nn.Conv2d):
    """A layer of torch's with another forward."""

    def forward(self, x):
        return F.conv2d(F.pad(x, (1, 1, 1, 1)), self.weight, self.bias, self.stride)


class Own(nn.Module):
    """Layers the user wrote."""

    def __init__(self):
        super().__init__()
        self.conv, self.swish, self.same = Padded(3, 4, 3, 2), Swish(), nn.Identity()

    def forward(self, x):
        return self.same(self.swish(self.conv(x)))


class Inner(nn.Module):
    def __init__(self):
        super().__init__()
        self.one, self.two = (
            nn.Parameter(torch.ones(4, 3, 3, 3)),
            nn.Parameter(torch.ones(5, 4, 3, 3)),
        )

    def forward(self, x):
        return F.conv2d(F.conv2d(x, self.one).relu(), self.two)


class Open(nn.Module):
    """A leaf that is several layers."""

    def __init__(self):
        super().__init__()
        self.inner, self.linear = Inner(), nn.Linear(5, 2)

    def forward(self, x):
        return self.linear(self.inner(x).amax((2, 3)))


class Counting(nn.Module):
    """Changes attributes and buffers, draws random numbers, and looks at its data."""

    def __init__(self):
        super().__init__()
        self.conv, self.last = conv(3, 4), None
        self.register_buffer("calls", torch.zeros(1))
        self.register_buffer("total", torch.zeros(1))

    def forward(self, x):
        self.calls.add_(1)
        self.total = self.total + 1
        self.last = self.conv(x) + torch.randn(1)
        return self.last


class CountingBranch(Counting):
    def forward(self, x):
        return super().forward(x) if float(x.sum()) > -1 else x


class Keyword(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = conv(3, 4)

    def forward(self, x):
        return self.conv(input=x)


class Recovered(nn.Module):
    """Catches the failure of one of its layers."""

    def __init__(self):
        super().__init__()
        self.a, self.b = conv(4, 4), conv(3, 4)

    def forward(self, x):
        try:
            return self.a(x)
        except RuntimeError:
            return self.b(x)
