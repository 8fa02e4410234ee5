"""WGAN-GP on 32 x 32 rock textures."""
import itertools

import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset

Z, PENALTY, CRITIC_STEPS, ITERATIONS = 96, 10.0, 5, 40_000
device = "cuda" if torch.cuda.is_available() else "cpu"


def generator():
    return nn.Sequential(
        nn.ConvTranspose2d(Z, 256, 4),
        nn.BatchNorm2d(256),
        nn.ReLU(),
        nn.ConvTranspose2d(256, 128, 4, 2, 1),
        nn.BatchNorm2d(128),
        nn.ReLU(),
        nn.ConvTranspose2d(128, 64, 4, 2, 1),
        nn.BatchNorm2d(64),
        nn.ReLU(),
        nn.ConvTranspose2d(64, 1, 4, 2, 1),
        nn.Tanh(),
    )


def critic():
    return nn.Sequential(
        nn.Conv2d(1, 64, 4, 2, 1),
        nn.LeakyReLU(0.2),
        nn.Conv2d(64, 128, 4, 2, 1),
        nn.GroupNorm(1, 128),
        nn.LeakyReLU(0.2),
        nn.Conv2d(128, 256, 4, 2, 1),
        nn.GroupNorm(1, 256),
        nn.LeakyReLU(0.2),
        nn.Conv2d(256, 1, 4),
        nn.Flatten(0),
    )


def penalty(C, real, fake):
    eps = torch.rand(len(real), 1, 1, 1, device=device)
    mixed = (eps * real + (1 - eps) * fake).requires_grad_()
    (grad,) = torch.autograd.grad(C(mixed).sum(), mixed, create_graph=True)
    return ((grad.flatten(1).norm(dim=1) - 1) ** 2).mean()


def endless(loader):
    for _ in itertools.count():
        for (batch,) in loader:
            yield batch.to(device)


rocks = torch.load("rocks.pt").float().unsqueeze(1) / 127.5 - 1
reals = endless(DataLoader(TensorDataset(rocks), batch_size=64, shuffle=True, drop_last=True))
G, C = generator().to(device), critic().to(device)
opt_g = torch.optim.Adam(G.parameters(), lr=1e-4, betas=(0.0, 0.9))
opt_c = torch.optim.Adam(C.parameters(), lr=1e-4, betas=(0.0, 0.9))

for it in range(ITERATIONS):
    for _ in range(CRITIC_STEPS):
        real = next(reals)
        fake = G(torch.randn(len(real), Z, 1, 1, device=device)).detach()
        loss_c = C(fake).mean() - C(real).mean() + PENALTY * penalty(C, real, fake)
        opt_c.zero_grad()
        loss_c.backward()
        opt_c.step()

    loss_g = -C(G(torch.randn(64, Z, 1, 1, device=device))).mean()
    opt_g.zero_grad()
    loss_g.backward()
    opt_g.step()
    if it % 500 == 0:
        print(f"{it} critic {loss_c.item():.3f} generator {loss_g.item():.3f}")
