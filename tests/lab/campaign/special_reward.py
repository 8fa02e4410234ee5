"""Learning from rewards: the policy loss is noise around 0 and tells little; the reward rises unseen."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from .record import Record
from .special_record import Logbook, begin, mlp, tensor


def train_gridworld(seed: int) -> Record:
    """Policy gradient with a running baseline on a square world; a step costs, the far corner pays."""
    rng = begin(seed, 31)
    side, walkers, horizon = int(rng.integers(3, 6)), int(rng.integers(12, 40)), 14
    policy = nn.Embedding(side * side, 4)
    nn.init.zeros_(policy.weight)
    entropy_weight = float(rng.choice([0.0, 0.01, 0.03]))
    book = Logbook(policy, torch.optim.Adam(policy.parameters(), float(rng.uniform(0.01, 0.04))), 500, 25)
    moves, baseline, found = torch.tensor([[0, 1], [0, -1], [1, 0], [-1, 0]]), 0.0, []
    for _step in range(book.steps):
        place = torch.zeros(walkers, 2, dtype=torch.long)
        alive, states, actions, masks, rewards = torch.ones(walkers), [], [], [], []
        with torch.no_grad():
            chances = torch.softmax(policy.weight, dim=-1)
        for _ in range(horizon):
            states.append(place[:, 0] * side + place[:, 1])
            actions.append(torch.multinomial(chances[states[-1]], 1)[:, 0])
            masks.append(alive)
            place = (place + moves[actions[-1]]).clamp(0, side - 1)
            there = (place == side - 1).all(dim=1).float()
            rewards.append(alive * (there - 0.04))
            alive = alive * (1 - there)
        to_come = torch.stack(rewards).flip(0).cumsum(0).flip(0)
        mask, scores = torch.stack(masks), torch.log_softmax(policy(torch.stack(states)), dim=-1)
        chosen = scores.gather(-1, torch.stack(actions)[..., None])[..., 0]
        entropy = (-(scores.exp() * scores).sum(-1) * mask).sum() / mask.sum()
        policy_loss = -(chosen * (to_come - baseline) * mask).sum() / walkers
        baseline = 0.9 * baseline + 0.1 * float((to_come * mask).sum() / mask.sum())
        book.move(policy_loss - entropy_weight * entropy)
        found.append(float(1 - alive.mean()))
        book.look(lambda: (-float(np.mean(found[-10:])), -float(np.mean(found[-10:]))))
    quality = float(np.mean(found[-30:]))
    return book.record(quality, quality)


def train_bandit(seed: int) -> Record:
    """Actor and critic on a contextual bandit; the value loss follows the rewards, the total is often negative."""
    rng = begin(seed, 32)
    contexts, arms, batch = int(rng.integers(4, 9)), int(rng.integers(3, 8)), int(rng.integers(16, 65))
    worth = tensor(rng.normal(size=(contexts, arms)))
    noise, entropy_weight, value_weight = float(rng.uniform(0.3, 1.0)), 0.01, float(rng.choice([0.25, 0.5]))
    net = mlp(contexts, int(rng.integers(24, 65)), arms + 1, activation=nn.Tanh)
    book = Logbook(net, torch.optim.Adam(net.parameters(), float(rng.uniform(1e-3, 4e-3))), 1200, 60, clip=0.5)

    def share(x: Tensor) -> float:
        """Of what the best arms pay beyond the mean arm."""
        paid = (torch.softmax(net(x)[:, :arms], -1) * (x @ worth)).sum(1)
        mean = (x @ worth).mean(1)
        return float((paid - mean).mean() / ((x @ worth).max(1).values - mean).mean())

    fixed = torch.randn(400, contexts)
    for _ in range(book.steps):
        x = torch.randn(batch, contexts)
        out = net(x)
        scores, value = torch.log_softmax(out[:, :arms], -1), out[:, arms]
        arm = torch.multinomial(scores.detach().exp(), 1)
        reward = (x @ worth).gather(1, arm)[:, 0] + noise * torch.randn(batch)
        advantage = (reward - value).detach()
        policy_loss = -(scores.gather(1, arm)[:, 0] * advantage).mean()
        value_loss = value_weight * (reward - value).square().mean()
        entropy_loss = entropy_weight * (scores.exp() * scores).sum(1).mean()
        total = policy_loss + value_loss + entropy_loss
        book.move(total, policy=policy_loss, value=value_loss, entropy=entropy_loss)
        book.look(lambda: (-share(fixed), -share(fixed)))
    with torch.no_grad():
        return book.record(share(fixed), share(torch.randn(400, contexts)))
