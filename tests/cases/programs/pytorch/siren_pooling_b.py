"""Sirens in street noise: does a two-second clip hold an ambulance, a police car, a fire engine or none?

The waves are floats from -1 to 1 at 16 kHz.
"""
import os

import torch
import torch.nn as nn
import torch.nn.functional as F

DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")
CLASSES = ("none", "ambulance", "police", "fire")


class RawAudioNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv1d(1, 32, 80, stride=8)
        self.conv2 = nn.Conv1d(32, 64, 5, padding=2)
        self.conv3 = nn.Conv1d(64, 128, 5, padding=2)
        self.bn1, self.bn2, self.bn3 = nn.BatchNorm1d(32), nn.BatchNorm1d(64), nn.BatchNorm1d(128)
        self.fc = nn.Linear(128, len(CLASSES))

    def forward(self, wave):
        x = F.relu(self.bn1(self.conv1(wave)))
        x = F.max_pool1d(x, kernel_size=3, stride=3)
        x = F.relu(self.bn2(self.conv2(x)))
        x = F.max_pool1d(x, kernel_size=4)
        x = F.relu(self.bn3(self.conv3(x)))
        x = F.adaptive_avg_pool1d(x, 1).squeeze(-1)
        return self.fc(x)


def epoch_of(net, data, optimizer=None):
    net.train(optimizer is not None)
    waves, kinds = data
    order = torch.randperm(len(waves)) if optimizer is not None else torch.arange(len(waves))
    loss_sum, hits = 0.0, 0
    with torch.set_grad_enabled(optimizer is not None):
        for idx in order.split(48):
            wave, kind = waves[idx].unsqueeze(1).to(DEVICE), kinds[idx].to(DEVICE)
            scores = net(wave)
            loss = F.cross_entropy(scores, kind)
            if optimizer is not None:
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            loss_sum += loss.item() * len(idx)
            hits += (scores.argmax(1) == kind).sum().item()
    return loss_sum / len(waves), hits / len(waves)


folder = os.environ.get("SIRENS", ".")
train = torch.load(os.path.join(folder, "sirens_train.pt"))
test = torch.load(os.path.join(folder, "sirens_test.pt"))
net = RawAudioNet().to(DEVICE)
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3, weight_decay=1e-5)
for n in range(30):
    print(n, "train %.3f %.3f" % epoch_of(net, train, optimizer), "test %.3f %.3f" % epoch_of(net, test))
