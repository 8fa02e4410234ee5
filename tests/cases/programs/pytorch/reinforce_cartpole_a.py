import gymnasium as gym
import numpy as np
import torch
from torch import nn, optim
from torch.distributions import Categorical

GAMMA = 0.99
env = gym.make("CartPole-v1")


class Policy(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(4, 64), nn.ReLU(), nn.Linear(64, 2))

    def forward(self, s):
        return Categorical(logits=self.net(s))


policy = Policy()
optimizer = optim.Adam(policy.parameters(), lr=3e-3)


def discount(rewards):
    out, g = [], 0.0
    for r in reversed(rewards):
        g = r + GAMMA * g
        out.append(g)
    out = torch.tensor(out[::-1], dtype=torch.float32)
    return (out - out.mean()) / (out.std() + 1e-8)


history = []
for episode in range(1000):
    state, _ = env.reset()
    log_probs, rewards = [], []
    done = False
    while not done:
        dist = policy(torch.as_tensor(state, dtype=torch.float32))
        action = dist.sample()
        state, reward, terminated, truncated, _ = env.step(action.item())
        log_probs.append(dist.log_prob(action))
        rewards.append(reward)
        done = terminated or truncated

    returns = discount(rewards)
    loss = (torch.stack(log_probs) * returns).sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    history.append(sum(rewards))
    if episode % 50 == 0:
        print(episode, np.mean(history[-50:]))
