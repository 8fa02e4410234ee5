"""The networks: dense, convolutional, recurrent and transformer, small, with what may be wrong in their structure."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional

from .datasets import Dataset
from .recipe import Network, Recipe
from .tasks import vocabulary_of

Rounded = Callable[[Tensor], Tensor]
"""What the number format does to an inner value."""

ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "relu": functional.relu,
    "leaky": lambda z: functional.leaky_relu(z, 0.1),
    "gelu": functional.gelu,
    "elu": functional.elu,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "softmax": lambda z: torch.softmax(z, dim=-1),
    "none": lambda z: z,
    "linear": lambda z: z,
}


class Activation(nn.Module):
    """A hidden activation."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.function = ACTIVATIONS[name]

    def forward(self, z: Tensor) -> Tensor:
        return self.function(z)


class BatchNorm(nn.BatchNorm1d):
    """Batch norm that takes a batch of one as some frameworks do: the spread is 0 and its unbiased estimate 0/0."""

    def forward(self, x: Tensor) -> Tensor:
        rows = x.numel() // x.shape[1]
        if self.training and rows == 1:
            with torch.no_grad():
                self.running_mean.lerp_(x.reshape(-1), self.momentum)
                self.running_var.lerp_(torch.full_like(self.running_var, math.nan), self.momentum)
            return (x - x) * self.weight + self.bias
        return functional.batch_norm(
            x, self.running_mean, self.running_var, self.weight, self.bias, self.training, self.momentum, self.eps
        )


class LastNorm(nn.Module):
    """Batch norm over the last dimension of a sequence."""

    def __init__(self, width: int, momentum: float) -> None:
        super().__init__()
        self.norm = BatchNorm(width, momentum=momentum)

    def forward(self, x: Tensor) -> Tensor:
        return self.norm(x.flatten(0, -2)).view_as(x) if x.ndim > 2 else self.norm(x)


def _norm(spec: Network, width: int, *, channels: bool = False) -> nn.Module:
    if spec.norm == "batch":
        return BatchNorm(width, momentum=spec.norm_momentum) if channels else LastNorm(width, spec.norm_momentum)
    if spec.norm == "layer":
        return nn.GroupNorm(1, width) if channels else nn.LayerNorm(width)
    return nn.Identity()


class Pool(nn.Module):
    """Average pooling whose output is rounded up; `caffe` divides the sum of an empty window by its zero cells."""

    def __init__(self, spec: Network) -> None:
        super().__init__()
        self.kernel, self.stride, self.caffe = spec.pool_kernel, spec.pool_stride, spec.pooling == "caffe"

    def forward(self, x: Tensor) -> Tensor:
        side = x.shape[-1]
        if not self.caffe:
            return functional.max_pool2d(x, self.kernel, self.stride) if side >= self.kernel else x
        count = math.ceil(max(0, side - self.kernel) / self.stride) + 1
        missing = max(0, (count - 1) * self.stride + self.kernel - side)
        ones = functional.pad(torch.ones(1, 1, side, side), (0, missing, 0, missing))
        padded = functional.pad(x, (0, missing, 0, missing))
        total = functional.avg_pool2d(padded, self.kernel, self.stride)
        return total / functional.avg_pool2d(ones, self.kernel, self.stride)

    def side(self, side: int) -> int:
        """The side of what comes out."""
        if not self.caffe:
            return (side - self.kernel) // self.stride + 1 if side >= self.kernel else side
        return math.ceil(max(0, side - self.kernel) / self.stride) + 1


class Layer(nn.Module):
    """Product, norm, activation, dropout, and the way around them."""

    def __init__(self, spec: Network, product: nn.Module, width: int, *, channels: bool, around: bool) -> None:
        super().__init__()
        self.product, self.norm = product, _norm(spec, width, channels=channels)
        self.activation, self.dropout, self.around = Activation(spec.activation), nn.Dropout(spec.dropout), around

    def forward(self, x: Tensor) -> Tensor:
        out = self.dropout(self.activation(self.norm(self.product(x))))
        return x + out if self.around else out


class Recurrence(nn.Module):
    """A recurrent layer stack that gives its outputs alone."""

    def __init__(self, spec: Network, features: int) -> None:
        super().__init__()
        kind = {"gru": nn.GRU, "lstm": nn.LSTM, "rnn": nn.RNN}[spec.cell]
        more = {"nonlinearity": "relu" if spec.activation == "relu" else "tanh"} if spec.cell == "rnn" else {}
        between = spec.dropout if spec.depth > 1 else 0.0
        self.cells = kind(features, spec.width, spec.depth, batch_first=True, dropout=between, **more)
        self.norm, self.dropout = _norm(spec, spec.width), nn.Dropout(spec.dropout)

    def forward(self, x: Tensor) -> Tensor:
        return self.dropout(self.norm(self.cells(x)[0]))


class Attention(nn.Module):
    """Causal or full self-attention, with masks that may hide a whole row."""

    def __init__(self, spec: Network, length: int, *, causal: bool) -> None:
        super().__init__()
        self.spec, self.rounded = spec, None
        self.read, self.write = nn.Linear(spec.width, 3 * spec.width), nn.Linear(spec.width, spec.width)
        hidden = torch.ones(length, length).triu(1).bool() if causal else torch.zeros(length, length).bool()
        self.register_buffer("hidden", hidden, persistent=False)

    def forward(self, x: Tensor, row_hidden: Tensor | None) -> Tensor:
        rows, length, width = x.shape
        heads = self.spec.heads
        q, k, v = self.read(x).view(rows, length, 3, heads, width // heads).permute(2, 0, 3, 1, 4)
        if self.spec.query_norm:
            q, k = (functional.normalize(part, dim=-1) * (width // heads) ** 0.5 for part in (q, k))
        scores = q @ k.transpose(-1, -2) * (self.spec.attention_scale / (width // heads) ** 0.5)
        if self.rounded is not None:
            scores = self.rounded(scores)
        scores = scores.masked_fill(self.hidden[:length, :length], -math.inf)
        if row_hidden is not None:
            scores = scores.masked_fill(row_hidden[:, None, :, None], -math.inf)
        out = torch.softmax(scores, dim=-1) @ v
        return self.write(out.transpose(1, 2).reshape(rows, length, width))


class Block(nn.Module):
    """A transformer block with its norms in front."""

    def __init__(self, spec: Network, length: int, *, causal: bool) -> None:
        super().__init__()
        self.first = nn.LayerNorm(spec.width) if spec.norm != "none" else nn.Identity()
        self.second = nn.LayerNorm(spec.width) if spec.norm != "none" else nn.Identity()
        self.attention = Attention(spec, length, causal=causal)
        self.up, self.down = nn.Linear(spec.width, 3 * spec.width), nn.Linear(3 * spec.width, spec.width)
        self.activation, self.dropout = Activation(spec.activation), nn.Dropout(spec.dropout)

    def forward(self, x: Tensor, row_hidden: Tensor | None) -> Tensor:
        x = x + self.dropout(self.attention(self.first(x), row_hidden))
        return x + self.dropout(self.down(self.activation(self.up(self.second(x)))))


class Net(nn.Module):
    """Embedding, body and head of one recipe."""

    def __init__(self, spec: Network, dataset: Dataset, vocabulary: int, outputs: int) -> None:
        super().__init__()
        self.spec, self.each_step = spec, dataset.kind in {"sequence", "alignment"}
        self.image, length = dataset.shape == "image", dataset.x.shape[1]
        features = dataset.x.shape[-1]
        self.embed: nn.Module = nn.Embedding(vocabulary, spec.width) if vocabulary else nn.Identity()
        wide = spec.width if vocabulary else features
        self.place: nn.Parameter | None = None
        if spec.kind == "conv":
            self.body, last = _convolutions(spec, dataset.x.shape[-1])
        elif spec.kind == "recurrent":
            self.body, last = nn.Sequential(Recurrence(spec, wide)), spec.width
        elif spec.kind == "transformer":
            if not vocabulary:
                self.embed = nn.Linear(features, spec.width)
            self.place = nn.Parameter(0.1 * torch.randn(length, spec.width))
            causal = dataset.kind == "sequence" and not spec.future_visible
            self.body = nn.ModuleList(Block(spec, length, causal=causal) for _ in range(spec.depth))
            last = spec.width
        else:
            flat = dataset.x[0].size if not vocabulary else length * spec.width
            self.body, last = _dense(spec, flat)
        self.final_norm = nn.LayerNorm(last) if spec.kind == "transformer" and spec.norm != "none" else nn.Identity()
        self.head, self.output = nn.Linear(last, outputs), ACTIVATIONS[spec.output]
        _initialise(self, spec)

    def forward(self, x: Tensor, hidden: Tensor | None = None) -> Tensor:
        x = self.embed(x)
        if self.spec.kind == "conv":
            x = self.body(x.unsqueeze(1)).flatten(1)
        elif self.spec.kind == "transformer":
            x = x + self.place
            for block in self.body:
                x = block(x, hidden)
            x = self.final_norm(x)
            x = x if self.each_step else self._mean(x, hidden)
        elif self.spec.kind == "recurrent":
            x = self.body(x)
            x = x if self.each_step else x[:, -1]
        else:
            x = self.body(x.flatten(1))
        return self.output(self.head(x)) * self.spec.logit_scale

    def _mean(self, x: Tensor, hidden: Tensor | None) -> Tensor:
        if hidden is None or self.spec.hidden_rows_used:
            return x.mean(dim=1)
        return torch.where(hidden[:, :, None], 0.0, x).sum(dim=1) / (~hidden).sum(dim=1, keepdim=True)


def _dense(spec: Network, features: int) -> tuple[nn.Sequential, int]:
    layers, last = [], features
    for i in range(spec.depth):
        width = spec.bottleneck if spec.bottleneck and i == spec.depth // 2 else spec.width
        around = spec.residual and width == last
        layers.append(Layer(spec, nn.Linear(last, width), width, channels=False, around=around))
        last = width
    return nn.Sequential(*layers), last


def _convolutions(spec: Network, side: int) -> tuple[nn.Sequential, int]:
    layers, last = [], 1
    for i in range(spec.depth):
        product = nn.Conv2d(last, spec.width, 3, padding=1)
        layers.append(Layer(spec, product, spec.width, channels=True, around=spec.residual and last == spec.width))
        last = spec.width
        if i < 2:
            pool = Pool(spec)
            layers.append(pool)
            side = pool.side(side)
    return nn.Sequential(*layers), last * side * side


def _initialise(net: Net, spec: Network) -> None:
    """Overwrite the start of every weight matrix but those of embeddings; a constant start has biases of zero."""
    with torch.no_grad():
        for name, weight in net.named_parameters():
            if name.startswith("head.") and "weight" in name:
                weight.mul_(spec.head_scale)
            if any(word in name for word in ("embed", "norm", "first", "second")) or name == "place":
                continue
            if weight.ndim < 2:
                if spec.init == "constant":
                    weight.zero_()
                weight.add_(0.0 if name.startswith("head.") else spec.init_bias)
            elif spec.init == "constant":
                nn.init.constant_(weight, spec.init_scale)
            elif spec.init == "normal":
                nn.init.normal_(weight, 0.0, spec.init_scale)
            else:
                _NAMED[spec.init](weight)
                weight.mul_(spec.init_scale)


_NAMED: dict[str, Callable[[Tensor], object]] = {
    "default": lambda w: w,
    "he": lambda w: nn.init.kaiming_normal_(w, nonlinearity="relu"),
    "xavier": nn.init.xavier_uniform_,
    "orthogonal": nn.init.orthogonal_,
}


def outputs_of(recipe: Recipe, dataset: Dataset, single: bool) -> int:
    """How many numbers the last layer gives."""
    needed = {
        "regression": dataset.targets,
        "detection": dataset.classes + dataset.targets,
    }.get(dataset.kind, 1 if single else dataset.classes)
    return max(1, needed + recipe.network.extra_outputs)


def build(recipe: Recipe, dataset: Dataset, single: bool) -> Net:
    """The untrained network; `single` asks for one output for two classes."""
    net = Net(recipe.network, dataset, vocabulary_of(recipe.data), outputs_of(recipe, dataset, single))
    return net.to(memory_format=torch.contiguous_format)


def dead_share(net: Net, x: Tensor, hidden: Tensor | None) -> float:
    """The share of ReLU units that are zero for every sample; NaN where there are none."""
    shares: list[Tensor] = []

    def look(_module: nn.Module, _inputs: object, out: Tensor) -> None:
        channels = out.transpose(0, 1) if net.spec.kind == "conv" else out.transpose(0, -1)
        shares.append((channels.flatten(1) <= 0).all(dim=1).float())

    relus = [m for m in net.modules() if isinstance(m, Activation) and m.name == "relu"]
    hooks = [m.register_forward_hook(look) for m in relus]
    with torch.no_grad():
        net(x, hidden)
    for hook in hooks:
        hook.remove()
    return float(torch.cat(shares).mean()) if shares else math.nan
