import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader

from news import NewsDataset, pad_batch


class TextCNN(nn.Module):
    def __init__(self, vocab_size, n_classes, dim=128, kernels=(3, 4, 5), n_filters=100, dropout=0.3):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, dim, padding_idx=0)
        self.convs = nn.ModuleList(nn.Conv1d(dim, n_filters, k) for k in kernels)
        self.dropout = nn.Dropout(dropout)
        self.fc = nn.Linear(n_filters * len(kernels), n_classes)

    def forward(self, tokens):
        e = self.embedding(tokens).transpose(1, 2)
        pooled = [F.relu(c(e)).max(dim=2).values for c in self.convs]
        return self.fc(self.dropout(torch.cat(pooled, dim=1)))


train_set, dev_set = NewsDataset("train.jsonl"), NewsDataset("dev.jsonl")
train_it = DataLoader(train_set, batch_size=50, shuffle=True, collate_fn=pad_batch)
dev_it = DataLoader(dev_set, batch_size=200, collate_fn=pad_batch)

model = TextCNN(train_set.vocab_size, train_set.n_classes)
opt = torch.optim.Adam(model.parameters(), lr=1e-3)

for epoch in range(10):
    model.train()
    for tokens, y in train_it:
        opt.zero_grad()
        loss = F.cross_entropy(model(tokens), y)
        loss.backward()
        opt.step()
    model.eval()
    with torch.no_grad():
        acc = sum((model(t).argmax(1) == y).sum().item() for t, y in dev_it) / len(dev_set)
    print(epoch, round(loss.item(), 4), round(acc, 4))
