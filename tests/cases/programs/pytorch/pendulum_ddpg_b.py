import copy
import random
from collections import deque

import gymnasium as gym
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

GAMMA, TAU, BATCH, NOISE = 0.99, 0.005, 128, 0.1


def mlp(sizes, out=None):
    layers = []
    for i, o in zip(sizes[:-2], sizes[1:-1]):
        layers += [nn.Linear(i, o), nn.ReLU()]
    layers.append(nn.Linear(sizes[-2], sizes[-1]))
    return nn.Sequential(*layers, *([out] if out else []))


class Agent:
    def __init__(self, n_obs, n_act, limit):
        self.limit = limit
        self.actor = mlp([n_obs, 256, 256, n_act], nn.Tanh())
        self.critic = mlp([n_obs + n_act, 256, 256, 1])
        self.actor_slow, self.critic_slow = copy.deepcopy(self.actor), copy.deepcopy(self.critic)
        self.opt_actor = torch.optim.Adam(self.actor.parameters(), lr=1e-4)
        self.opt_critic = torch.optim.Adam(self.critic.parameters(), lr=1e-3)
        self.memory = deque(maxlen=200_000)

    @torch.no_grad()
    def act(self, obs, noise=NOISE):
        a = self.actor(torch.as_tensor(obs, dtype=torch.float32)).numpy()
        return np.clip(a + noise * np.random.randn(*a.shape), -1, 1)

    def learn(self):
        batch = random.sample(self.memory, BATCH)
        s, a, r, s2, done = (torch.as_tensor(np.array(c), dtype=torch.float32) for c in zip(*batch))
        with torch.no_grad():
            q2 = self.critic_slow(torch.cat([s2, self.actor_slow(s2)], 1)).squeeze(1)
            target = r + GAMMA * (1 - done) * q2
        critic_loss = F.mse_loss(self.critic(torch.cat([s, a], 1)).squeeze(1), target)
        self.opt_critic.zero_grad()
        critic_loss.backward()
        self.opt_critic.step()

        actor_loss = -self.critic(torch.cat([s, self.actor(s)], 1)).mean()
        self.opt_critic.zero_grad()
        actor_loss.backward()
        self.opt_actor.step()

        with torch.no_grad():
            for slow, fast in ((self.actor_slow, self.actor), (self.critic_slow, self.critic)):
                for p, q in zip(slow.parameters(), fast.parameters()):
                    p.lerp_(q, TAU)
        return critic_loss.item(), actor_loss.item()


env = gym.make("Pendulum-v1")
agent = Agent(env.observation_space.shape[0], env.action_space.shape[0], float(env.action_space.high[0]))
for episode in range(300):
    obs, _ = env.reset(seed=episode)
    score, over = 0.0, False
    while not over:
        action = agent.act(obs) if len(agent.memory) > 2000 else np.random.uniform(-1, 1, env.action_space.shape)
        nxt, reward, terminated, truncated, _ = env.step(agent.limit * action)
        agent.memory.append((obs, action, reward, nxt, float(terminated)))
        obs, score, over = nxt, score + reward, terminated or truncated
        if len(agent.memory) > 2000:
            losses = agent.learn()
    print(episode, round(score, 1), losses if len(agent.memory) > 2000 else "filling")
