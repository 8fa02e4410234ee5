import copy
import random
from collections import deque, namedtuple

import gymnasium as gym
import torch
import torch.nn as nn
import torch.nn.functional as F

Step = namedtuple("Step", "s a r s2 done")


class QNet(nn.Module):
    def __init__(self, n_obs, n_actions):
        super().__init__()
        self.l1 = nn.Linear(n_obs, 128)
        self.l2 = nn.Linear(128, 128)
        self.l3 = nn.Linear(128, n_actions)

    def forward(self, x):
        return self.l3(F.relu(self.l2(F.relu(self.l1(x)))))


class Memory:
    def __init__(self, size):
        self.items = deque(maxlen=size)

    def push(self, *args):
        self.items.append(Step(*args))

    def sample(self, n):
        s, a, r, s2, d = zip(*random.sample(self.items, n))
        return torch.stack(s), torch.tensor(a), torch.tensor(r), torch.stack(s2), torch.tensor(d, dtype=torch.float32)


class Agent:
    def __init__(self, n_obs, n_actions, lr=1e-4, gamma=0.99, tau=0.005, batch=128):
        self.q = QNet(n_obs, n_actions)
        self.target = copy.deepcopy(self.q)
        self.target.requires_grad_(False)
        self.target.eval()
        self.optimizer = torch.optim.AdamW(self.q.parameters(), lr=lr, amsgrad=True)
        self.memory = Memory(10000)
        self.gamma, self.tau, self.batch, self.n_actions = gamma, tau, batch, n_actions

    def act(self, state, eps):
        if random.random() < eps:
            return random.randrange(self.n_actions)
        with torch.no_grad():
            return self.q(state).argmax().item()

    def learn(self):
        if len(self.memory.items) < self.batch:
            return None
        s, a, r, s2, done = self.memory.sample(self.batch)
        value = self.q(s).gather(1, a.unsqueeze(1)).squeeze(1)
        with torch.no_grad():
            goal = r + self.gamma * (1 - done) * self.target(s2).max(1).values
        loss = F.smooth_l1_loss(value, goal)
        self.optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_value_(self.q.parameters(), 100)
        self.optimizer.step()
        with torch.no_grad():
            for p, tp in zip(self.q.parameters(), self.target.parameters()):
                tp.lerp_(p, self.tau)
        return loss.item()


def main(episodes=600):
    env = gym.make("CartPole-v1")
    agent = Agent(env.observation_space.shape[0], env.action_space.n)
    eps, total = 0.9, 0
    for ep in range(episodes):
        obs, _ = env.reset()
        state = torch.as_tensor(obs, dtype=torch.float32)
        score, done = 0.0, False
        while not done:
            action = agent.act(state, eps)
            obs, reward, terminated, truncated, _ = env.step(action)
            nxt = torch.as_tensor(obs, dtype=torch.float32)
            agent.memory.push(state, action, float(reward), nxt, terminated)
            state, score, done = nxt, score + reward, terminated or truncated
            loss = agent.learn()
            total += 1
            eps = max(0.05, eps * 0.9995)
        if ep % 20 == 0:
            print(ep, total, score, loss)
    torch.save(agent.q.state_dict(), "dqn.pt")


if __name__ == "__main__":
    main()
