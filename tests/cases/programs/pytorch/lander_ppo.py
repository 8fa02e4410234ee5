import gymnasium as gym
import numpy as np
import torch
import torch.nn as nn
from torch.distributions import Categorical

STEPS, EPOCHS, MINI, UPDATES = 2048, 10, 64, 400
GAMMA, LAM, CLIP, VALUE, ENTROPY = 0.99, 0.95, 0.2, 0.5, 0.01


def init(layer, gain=np.sqrt(2)):
    nn.init.orthogonal_(layer.weight, gain)
    nn.init.zeros_(layer.bias)
    return layer


class ActorCritic(nn.Module):
    def __init__(self, n_obs, n_act):
        super().__init__()
        self.pi = nn.Sequential(init(nn.Linear(n_obs, 64)), nn.Tanh(), init(nn.Linear(64, 64)), nn.Tanh(), init(nn.Linear(64, n_act), 0.01))
        self.v = nn.Sequential(init(nn.Linear(n_obs, 64)), nn.Tanh(), init(nn.Linear(64, 64)), nn.Tanh(), init(nn.Linear(64, 1), 1.0))

    def forward(self, obs):
        return Categorical(logits=self.pi(obs)), self.v(obs).squeeze(-1)


def rollout(env, net, obs):
    obs_, act_, logp_, rew_, end_, val_ = [], [], [], [], [], []
    returns, total = [], 0.0
    for _ in range(STEPS):
        o = torch.as_tensor(obs, dtype=torch.float32)
        with torch.no_grad():
            dist, value = net(o)
            action = dist.sample()
        nxt, reward, terminated, truncated, _ = env.step(action.item())
        obs_.append(o), act_.append(action), logp_.append(dist.log_prob(action))
        rew_.append(reward), end_.append(terminated or truncated), val_.append(value.item())
        total += reward
        obs = nxt
        if terminated or truncated:
            returns.append(total)
            total, (obs, _) = 0.0, env.reset()
    with torch.no_grad():
        last = net(torch.as_tensor(obs, dtype=torch.float32))[1].item()
    adv, run = np.zeros(STEPS, dtype=np.float32), 0.0
    for t in reversed(range(STEPS)):
        alive = 1.0 - end_[t]
        delta = rew_[t] + GAMMA * alive * last - val_[t]
        run = delta + GAMMA * LAM * alive * run
        adv[t], last = run, val_[t]
    adv = torch.from_numpy(adv)
    return obs, returns, torch.stack(obs_), torch.stack(act_), torch.stack(logp_), adv, adv + torch.tensor(val_)


env = gym.make("LunarLander-v3")
net = ActorCritic(env.observation_space.shape[0], env.action_space.n)
opt = torch.optim.Adam(net.parameters(), lr=2.5e-4, eps=1e-5)
anneal = torch.optim.lr_scheduler.LambdaLR(opt, lambda u: 1 - u / UPDATES)
obs, _ = env.reset(seed=0)
for update in range(UPDATES):
    obs, returns, o, a, old_logp, adv, ret = rollout(env, net, obs)
    for _ in range(EPOCHS):
        for i in torch.randperm(STEPS).split(MINI):
            dist, value = net(o[i])
            ratio = (dist.log_prob(a[i]) - old_logp[i]).exp()
            A = (adv[i] - adv[i].mean()) / (adv[i].std() + 1e-8)
            policy = -torch.min(ratio * A, ratio.clamp(1 - CLIP, 1 + CLIP) * A).mean()
            loss = policy + VALUE * (value - ret[i]).pow(2).mean() - ENTROPY * dist.entropy().mean()
            opt.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 0.5)
            opt.step()
    anneal.step()
    if returns:
        print(update, round(float(np.mean(returns)), 1))
