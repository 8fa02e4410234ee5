import glob
import os

import librosa
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

GENRES = ["blues", "classical", "country", "disco", "hiphop", "jazz", "metal", "pop", "reggae", "rock"]


def features(path):
    y, sr = librosa.load(path, duration=30)
    mfcc = librosa.feature.mfcc(y=y, sr=sr, n_mfcc=20)
    return np.concatenate([mfcc.mean(1), mfcc.std(1)])


def gather(part):
    X, t = [], []
    for label, genre in enumerate(GENRES):
        for f in sorted(glob.glob(os.path.join("gtzan", part, genre, "*.wav"))):
            X.append(features(f))
            t.append(label)
    return np.array(X, dtype=np.float32), np.array(t)


X_train, t_train = gather("train")
X_test, t_test = gather("test")
mu, sd = X_train.mean(0), X_train.std(0)
train = TensorDataset(torch.from_numpy((X_train - mu) / sd), torch.from_numpy(t_train))
test = TensorDataset(torch.from_numpy((X_test - mu) / sd), torch.from_numpy(t_test))
train_loader = DataLoader(train, batch_size=32, shuffle=True)
test_loader = DataLoader(test, batch_size=128)

model = nn.Sequential(nn.Linear(40, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, len(GENRES)))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
criterion = nn.CrossEntropyLoss()

for epoch in range(80):
    for x, t in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), t)
        loss.backward()
        optimizer.step()
    if epoch % 5 == 0:
        with torch.no_grad():
            hit = sum((model(x).argmax(1) == t).sum().item() for x, t in test_loader)
        print(epoch, loss.item(), hit / len(test))
