"""Modernise old proverbs: a GRU encoder, attention and a GRU decoder."""
import random

import torch
from torch import nn
from torch.nn.utils.rnn import pad_sequence

PAD, BOS, EOS = 0, 1, 2


class Attention(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.score = nn.Linear(dim, dim, bias=False)

    def forward(self, query, memory, mask):
        weight = torch.einsum("btd,bsd->bts", self.score(query), memory)
        weight = weight.masked_fill(~mask.unsqueeze(1), -1e9).softmax(dim=-1)
        return weight @ memory


class Rewriter(nn.Module):
    def __init__(self, vocab, dim=256):
        super().__init__()
        self.emb = nn.Embedding(vocab, dim, padding_idx=PAD)
        self.encoder = nn.GRU(dim, dim, batch_first=True)
        self.decoder = nn.GRU(dim, dim, batch_first=True)
        self.attend = Attention(dim)
        self.out = nn.Sequential(nn.Linear(2 * dim, dim), nn.Tanh(), nn.Dropout(0.1), nn.Linear(dim, vocab))

    def forward(self, old, new_in):
        memory, state = self.encoder(self.emb(old))
        states, _ = self.decoder(self.emb(new_in), state)
        context = self.attend(states, memory, old != PAD)
        return self.out(torch.cat([states, context], dim=-1))


class Fitter:
    def __init__(self, model, accumulate=6, lr=0.1):
        self.model = model
        self.accumulate = accumulate
        self.optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
        self.criterion = nn.CrossEntropyLoss(ignore_index=PAD)

    def loss_of(self, batch):
        old, new = batch
        logits = self.model(old, new[:, :-1])
        return self.criterion(logits.flatten(0, 1), new[:, 1:].flatten())

    def epoch(self, batches):
        self.model.train()
        self.optimizer.zero_grad()
        for i, batch in enumerate(batches):
            loss = self.loss_of(batch)
            (loss / self.accumulate).backward()
            if (i + 1) % self.accumulate == 0:
                self.optimizer.step()
                self.optimizer.zero_grad()

    @torch.no_grad()
    def validate(self, batches):
        self.model.eval()
        return sum(self.loss_of(b).item() for b in batches) / len(batches)


def batches_of(pairs, size, shuffle):
    pairs = random.sample(pairs, len(pairs)) if shuffle else pairs
    for i in range(0, len(pairs) - size + 1, size):
        old, new = zip(*pairs[i : i + size])
        yield pad_sequence(old, True, PAD), pad_sequence(new, True, PAD)


data = torch.load("proverbs.pt")  # lists of pairs of LongTensors that begin with BOS and end with EOS
fitter = Fitter(Rewriter(data["vocab"]))
for epoch in range(60):
    fitter.epoch(batches_of(data["train"], 16, True))
    print(epoch, fitter.validate(list(batches_of(data["dev"], 16, False))))
