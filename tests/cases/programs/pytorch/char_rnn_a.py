import torch
from torch import nn

BLOCK = 100
BATCH = 32
CLIP = 5.0

text = open("input.txt", encoding="utf-8").read()
vocab = sorted(set(text))
stoi = {c: i for i, c in enumerate(vocab)}
ids = torch.tensor([stoi[c] for c in text])
n = int(0.95 * len(ids))
train_ids, val_ids = ids[:n], ids[n:]


def get_batch(source):
    start = torch.randint(len(source) - BLOCK - 1, (BATCH,))
    x = torch.stack([source[s : s + BLOCK] for s in start])
    y = torch.stack([source[s + 1 : s + BLOCK + 1] for s in start])
    return x, y


class CharRNN(nn.Module):
    def __init__(self, v, d=64, h=256):
        super().__init__()
        self.emb = nn.Embedding(v, d)
        self.rnn = nn.GRU(d, h, batch_first=True)
        self.out = nn.Linear(h, v)

    def forward(self, x):
        return self.out(self.rnn(self.emb(x))[0])


model = CharRNN(len(vocab))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
loss_fn = nn.CrossEntropyLoss()

for it in range(20000):
    x, y = get_batch(train_ids)
    optimizer.zero_grad()
    loss = loss_fn(model(x).flatten(0, 1), y.flatten())
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP)
    optimizer.step()
    if it % 500 == 0:
        with torch.no_grad():
            xv, yv = get_batch(val_ids)
            val = loss_fn(model(xv).flatten(0, 1), yv.flatten())
        print(it, loss.item(), val.item())
