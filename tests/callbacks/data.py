"""A task that a small network learns in a second, and rates with which it does and does not."""

import numpy as np

GOOD, FAR_TOO_HIGH = 0.1, 1e5
"""Learning rates of SGD."""

FEATURES, CLASSES = 8, 3


def samples(count=512):
    random = np.random.default_rng(0)
    x = random.standard_normal((count, FEATURES)).astype("float32")
    return x, (x @ random.standard_normal((FEATURES, CLASSES))).argmax(axis=1)


def torch_network():
    import torch

    torch.manual_seed(0)
    return torch.nn.Sequential(torch.nn.Linear(FEATURES, 16), torch.nn.ReLU(), torch.nn.Linear(16, CLASSES))
