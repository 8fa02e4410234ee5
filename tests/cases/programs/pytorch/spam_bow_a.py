import numpy as np
import torch
import torch.nn as nn
from sklearn.feature_extraction.text import TfidfVectorizer
from torch.utils.data import DataLoader, TensorDataset

LR = 1e-3
N_EPOCHS = 10


def read(path):
    texts, labels = [], []
    with open(path, encoding="utf-8") as f:
        for line in f:
            label, text = line.rstrip("\n").split("\t", 1)
            texts.append(text)
            labels.append(1.0 if label == "spam" else 0.0)
    return texts, np.array(labels, dtype=np.float32)


train_texts, train_y = read("sms_train.tsv")
dev_texts, dev_y = read("sms_dev.tsv")
vec = TfidfVectorizer(max_features=5000)
train_x = vec.fit_transform(train_texts).toarray().astype(np.float32)
dev_x = vec.transform(dev_texts).toarray().astype(np.float32)

model = nn.Sequential(nn.Linear(train_x.shape[1], 64), nn.ReLU(), nn.Linear(64, 1), nn.Sigmoid())
bce = nn.BCELoss()
optimizer = torch.optim.Adam(model.parameters(), lr=LR)
train_dl = DataLoader(
    TensorDataset(torch.from_numpy(train_x), torch.from_numpy(train_y)), batch_size=32, shuffle=True
)

for epoch in range(N_EPOCHS):
    total = 0.0
    for x, y in train_dl:
        optimizer.zero_grad()
        p = model(x).squeeze(-1)
        loss = bce(p, y)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(x)
    with torch.no_grad():
        dev_p = model(torch.from_numpy(dev_x)).squeeze(-1)
        dev_loss = bce(dev_p, torch.from_numpy(dev_y))
    print("epoch %d train %.4f dev %.4f" % (epoch + 1, total / len(train_y), dev_loss))
