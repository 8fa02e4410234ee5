import torch
import torch.nn as nn
from torch.utils.data import DataLoader

from corpus import ParallelCorpus, collate

PAD = 0


class Seq2Seq(nn.Module):
    def __init__(self, src_vocab, tgt_vocab, d=256):
        super().__init__()
        self.src = nn.Embedding(src_vocab, d, padding_idx=PAD)
        self.tgt = nn.Embedding(tgt_vocab, d, padding_idx=PAD)
        self.encoder = nn.LSTM(d, d, batch_first=True)
        self.decoder = nn.LSTM(d, d, batch_first=True)
        self.project = nn.Linear(d, tgt_vocab)

    def forward(self, src, tgt_in):
        _, state = self.encoder(self.src(src))
        out, _ = self.decoder(self.tgt(tgt_in), state)
        return self.project(out)


def batch_loss(model, batch, criterion):
    src, tgt = batch
    logits = model(src, tgt[:, :-1])
    return criterion(logits.reshape(-1, logits.size(-1)), tgt[:, 1:].reshape(-1))


train_data, valid_data = ParallelCorpus("train"), ParallelCorpus("valid")
train_loader = DataLoader(train_data, batch_size=64, shuffle=True, collate_fn=collate)
valid_loader = DataLoader(valid_data, batch_size=64, collate_fn=collate)
model = Seq2Seq(train_data.n_src, train_data.n_tgt)
criterion = nn.CrossEntropyLoss(ignore_index=PAD)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)

for epoch in range(12):
    model.train()
    for batch in train_loader:
        optimizer.zero_grad()
        loss = batch_loss(model, batch, criterion)
        nn.utils.clip_grad_norm_(model.parameters(), max_norm=1.0)
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        val = sum(batch_loss(model, b, criterion).item() for b in valid_loader) / len(valid_loader)
    print(epoch, loss.item(), val)
