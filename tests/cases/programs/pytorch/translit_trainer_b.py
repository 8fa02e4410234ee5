import torch
from torch import nn
from torch.nn.utils import clip_grad_norm_
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import DataLoader


class Tagger(nn.Module):
    def __init__(self, vocab, tags, dim=64, hidden=128):
        super().__init__()
        self.emb = nn.Embedding(vocab, dim, padding_idx=0)
        self.lstm = nn.LSTM(dim, hidden, batch_first=True, bidirectional=True)
        self.proj = nn.Linear(2 * hidden, tags)

    def forward(self, tokens):
        states, _ = self.lstm(self.emb(tokens))
        return self.proj(states)


def collate(pairs):
    xs, ys = zip(*pairs)
    return pad_sequence(xs, batch_first=True), pad_sequence(ys, batch_first=True, padding_value=-100)


class Trainer:
    def __init__(self, model, train, dev, lr=1e-3, max_norm=1.0):
        self.model = model
        self.train_dl = DataLoader(train, batch_size=32, shuffle=True, collate_fn=collate)
        self.dev_dl = DataLoader(dev, batch_size=64, collate_fn=collate)
        self.opt = torch.optim.Adam(model.parameters(), lr=lr)
        self.ce = nn.CrossEntropyLoss(ignore_index=-100)
        self.max_norm = max_norm

    def _loss(self, x, y):
        logits = self.model(x)
        return self.ce(logits.flatten(0, 1), y.flatten())

    def train_epoch(self):
        self.model.train()
        total = 0.0
        for x, y in self.train_dl:
            self.opt.zero_grad()
            loss = self._loss(x, y)
            loss.backward()
            clip_grad_norm_(self.model.parameters(), self.max_norm)
            self.opt.step()
            total += loss.item()
        return total / len(self.train_dl)

    @torch.no_grad()
    def validate(self):
        self.model.eval()
        return sum(self._loss(x, y).item() for x, y in self.dev_dl) / len(self.dev_dl)

    def run(self, epochs):
        for e in range(epochs):
            print(e, self.train_epoch(), self.validate())


if __name__ == "__main__":
    train, dev, n_vocab, n_tags = torch.load("tagging.pt", weights_only=False)
    Trainer(Tagger(n_vocab, n_tags), train, dev).run(epochs=12)
