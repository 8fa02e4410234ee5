import librosa
import numpy as np
import torch
import torch.nn as nn
from pathlib import Path
from sklearn.model_selection import GroupShuffleSplit

EMOTIONS = {"01": 0, "02": 1, "03": 2, "04": 3, "05": 4, "06": 5, "07": 6, "08": 7}


def features(path):
    y, sr = librosa.load(path, duration=3, offset=0.5)
    mfcc = librosa.feature.mfcc(y=y, sr=sr, n_mfcc=40)
    mel = librosa.power_to_db(librosa.feature.melspectrogram(y=y, sr=sr))
    return np.hstack([mfcc.mean(axis=1), mfcc.std(axis=1), mel.mean(axis=1)])


class EmotionNet(nn.Module):
    def __init__(self, n_in, n_out, n_hidden=300, keep_prob=0.8):
        super().__init__()
        self.l1 = nn.Linear(n_in, n_hidden)
        self.l2 = nn.Linear(n_hidden, n_hidden)
        self.l3 = nn.Linear(n_hidden, n_out)
        self.drop = nn.Dropout(1 - keep_prob)

    def forward(self, x):
        x = self.drop(torch.relu(self.l1(x)))
        x = self.drop(torch.relu(self.l2(x)))
        return self.l3(x)


files = sorted(Path("ravdess").rglob("*.wav"))
X = np.array([features(f) for f in files], dtype=np.float32)
y = np.array([EMOTIONS[f.stem.split("-")[2]] for f in files])
actor = np.array([f.stem.split("-")[-1] for f in files])

tr, te = next(GroupShuffleSplit(1, test_size=0.25, random_state=3).split(X, y, groups=actor))
mu, sd = X[tr].mean(0), X[tr].std(0)
X = torch.tensor((X - mu) / sd)
y = torch.tensor(y)

net = EmotionNet(X.shape[1], len(EMOTIONS))
opt = torch.optim.Adam(net.parameters(), lr=5e-4)
ce = nn.CrossEntropyLoss()
tr = torch.tensor(tr)
for epoch in range(150):
    net.train()
    for idx in tr[torch.randperm(len(tr))].split(64):
        opt.zero_grad()
        loss = ce(net(X[idx]), y[idx])
        loss.backward()
        opt.step()
    net.eval()
    with torch.no_grad():
        acc = (net(X[te]).argmax(1) == y[te]).float().mean().item()
    if epoch % 10 == 9:
        print(f"epoch {epoch + 1}: loss {loss.item():.3f}, unseen actors {acc:.3f}")
