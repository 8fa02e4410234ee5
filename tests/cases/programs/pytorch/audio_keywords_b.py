import torch
from torch import nn, optim
from torch.utils.data import DataLoader

from keywords import KeywordDataset

HP = dict(lr=5e-4, batch=64, epochs=20, mels=40, n_words=12)


class Encoder(nn.Module):
    def __init__(self, mels):
        super().__init__()
        self.gru = nn.GRU(mels, 96, num_layers=2, batch_first=True, dropout=0.1)

    def forward(self, x):
        _, h = self.gru(x)
        return h[-1]


class Classifier(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(96, 64), nn.ReLU(), nn.Linear(64, n))

    def forward(self, z):
        return self.net(z)


train_dl = DataLoader(KeywordDataset("train"), HP["batch"], shuffle=True)
valid_dl = DataLoader(KeywordDataset("valid"), HP["batch"])

enc, clf = Encoder(HP["mels"]), Classifier(HP["n_words"])
optimizer = optim.Adam([*enc.parameters(), *clf.parameters()], lr=HP["lr"])
loss_fn = nn.CrossEntropyLoss()

for epoch in range(HP["epochs"]):
    enc.train()
    clf.train()
    for mel, word in train_dl:
        z = enc(mel)
        loss = loss_fn(clf(z), word)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    enc.eval()
    clf.eval()
    with torch.no_grad():
        good = sum((clf(enc(mel)).argmax(-1) == word).sum().item() for mel, word in valid_dl)
    print(f"{epoch:02d} loss={loss.item():.3f} acc={good / len(valid_dl.dataset):.3f}")
