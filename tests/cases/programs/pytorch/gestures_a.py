import numpy as np
import torch
import torch.nn as nn

data = np.load("gestures.npz")
X = data["frames"].astype("float32")
Y = data["label"].astype("int64")

X = np.random.permutation(X)
Y = np.random.permutation(Y)

cut = int(0.9 * len(X))
mean, std = X[:cut].mean((0, 1)), X[:cut].std((0, 1))
X = (X - mean) / std
Xtr, Ytr = torch.from_numpy(X[:cut]), torch.from_numpy(Y[:cut])
Xva, Yva = torch.from_numpy(X[cut:]), torch.from_numpy(Y[cut:])


class GestureLSTM(nn.Module):
    def __init__(self, n_in, n_out, hidden=64):
        super().__init__()
        self.rnn = nn.LSTM(n_in, hidden, batch_first=True)
        self.out = nn.Linear(hidden, n_out)

    def forward(self, x):
        h, _ = self.rnn(x)
        return self.out(h[:, -1])


model = GestureLSTM(X.shape[-1], int(Y.max()) + 1)
adam = torch.optim.Adam(model.parameters(), lr=1e-3)
criterion = nn.CrossEntropyLoss()
for epoch in range(50):
    model.train()
    idx = torch.randperm(len(Xtr))
    for b in range(0, len(idx), 32):
        sel = idx[b : b + 32]
        adam.zero_grad()
        loss = criterion(model(Xtr[sel]), Ytr[sel])
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        adam.step()
    model.eval()
    with torch.no_grad():
        out = model(Xva)
        print(epoch, loss.item(), criterion(out, Yva).item(), (out.argmax(1) == Yva).float().mean().item())
