import json
import random

import torch
import torch.nn as nn
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import DataLoader, Dataset

torch.manual_seed(3)
AUTHORS = ["blake", "dickinson", "frost", "keats", "poe", "whitman"]


class Verses(Dataset):
    def __init__(self, rows, alphabet):
        self.rows = rows
        self.index = {c: i + 1 for i, c in enumerate(alphabet)}

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, i):
        verse, author = self.rows[i]
        ids = [self.index.get(c, 0) for c in verse.lower()[:160]]
        return torch.tensor(ids), AUTHORS.index(author)


def collate(batch):
    xs, ys = zip(*batch)
    return pad_sequence(xs, batch_first=True), torch.tensor(ys)


class AuthorNet(nn.Module):
    def __init__(self, n_chars):
        super().__init__()
        self.emb = nn.Embedding(n_chars + 1, 32)
        self.gru = nn.GRU(32, 96, batch_first=True, bidirectional=True)
        self.to_author = nn.Linear(192, len(AUTHORS))

    def forward(self, x):
        states, _ = self.gru(self.emb(x))
        return self.to_author(states.mean(dim=1))


rows = [tuple(r) for r in json.load(open("verses.json"))]
random.Random(0).shuffle(rows)
alphabet = sorted({c for verse, _ in rows for c in verse.lower()})
cut = int(0.85 * len(rows))
train_loader = DataLoader(Verses(rows[:cut], alphabet), 64, shuffle=True, collate_fn=collate)
valid_loader = DataLoader(Verses(rows[cut:], alphabet), 256, collate_fn=collate)

net = AuthorNet(len(alphabet))
loss_fn = nn.CrossEntropyLoss()
opt = torch.optim.Adam(net.parameters(), lr=2e-3)

for epoch in range(20):
    net.train()
    running = 0.0
    for x, y in train_loader:
        opt.zero_grad()
        loss = loss_fn(net(x), y)
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 5.0)
        opt.step()
        running += loss.item()
    net.eval()
    right = 0
    with torch.no_grad():
        for x, y in valid_loader:
            right += (net(x).argmax(1) == y).sum().item()
    print(f"{epoch:2d}  loss {running / len(train_loader):.3f}  acc {right / (len(rows) - cut):.3f}")
