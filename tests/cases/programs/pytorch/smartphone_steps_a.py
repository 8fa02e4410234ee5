#!/usr/bin/env python
# coding: utf-8

# # Walking, sitting, stairs: human activity from a phone
# In[1]:
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, Dataset
from tqdm.auto import tqdm

# In[2]:
SIGNALS = ["body_acc_x", "body_acc_y", "body_acc_z", "body_gyro_x", "body_gyro_y", "body_gyro_z"]


def load_signals(subset):
    chans = [np.loadtxt(f"UCI HAR Dataset/{subset}/Inertial Signals/{s}_{subset}.txt") for s in SIGNALS]
    y = np.loadtxt(f"UCI HAR Dataset/{subset}/y_{subset}.txt").astype(int) - 1
    return np.stack(chans, axis=1).astype(np.float32), y


X_train, y_train = load_signals("train")
X_test, y_test = load_signals("test")
m = X_train.mean(axis=(0, 2), keepdims=True)
s = X_train.std(axis=(0, 2), keepdims=True)
X_train, X_test = (X_train - m) / s, (X_test - m) / s


# In[3]:
class HAR(Dataset):
    def __init__(self, X, y):
        self.X, self.y = torch.from_numpy(X), torch.from_numpy(y)

    def __len__(self):
        return len(self.y)

    def __getitem__(self, i):
        return self.X[i], self.y[i]


class ConvNet1D(nn.Module):
    def __init__(self):
        super(ConvNet1D, self).__init__()
        self.conv1 = nn.Conv1d(6, 64, 5)
        self.conv2 = nn.Conv1d(64, 64, 5)
        self.pool = nn.MaxPool1d(2)
        self.fc1 = nn.Linear(64 * 29, 128)
        self.fc2 = nn.Linear(128, 6)

    def forward(self, x):
        x = self.pool(F.relu(self.conv1(x)))
        x = self.pool(F.relu(self.conv2(x)))
        x = torch.flatten(x, 1)
        x = F.relu(self.fc1(x))
        return F.softmax(self.fc2(x), dim=1)


# In[4]:
net = ConvNet1D()
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(net.parameters(), lr=0.001)
trainloader = DataLoader(HAR(X_train, y_train), batch_size=64, shuffle=True)
testloader = DataLoader(HAR(X_test, y_test), batch_size=256)

# In[5]:
for epoch in range(30):
    net.train()
    running_loss = 0.0
    for inputs, labels in tqdm(trainloader):
        optimizer.zero_grad()
        loss = criterion(net(inputs), labels)
        loss.backward()
        optimizer.step()
        running_loss += loss.item()
    net.eval()
    correct = 0
    with torch.no_grad():
        for inputs, labels in testloader:
            correct += (net(inputs).argmax(1) == labels).sum().item()
    print(f"epoch {epoch + 1}  loss {running_loss / len(trainloader):.3f}  test acc {correct / len(y_test):.3f}")
