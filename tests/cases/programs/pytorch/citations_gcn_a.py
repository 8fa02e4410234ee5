"""Subjects of scientific papers by a two-layer graph convolution on the citation graph."""
from types import SimpleNamespace

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


def load_graph(path):
    raw = np.load(path)
    n = len(raw["y"])
    loops = np.arange(n)
    src = np.concatenate([raw["cites"][:, 0], raw["cites"][:, 1], loops])
    dst = np.concatenate([raw["cites"][:, 1], raw["cites"][:, 0], loops])
    degree = np.bincount(dst, minlength=n).astype(np.float32)
    norm = 1.0 / np.sqrt(degree[src] * degree[dst])
    adj = torch.sparse_coo_tensor(np.stack([dst, src]), norm, (n, n)).coalesce()
    words = torch.from_numpy(raw["words"].astype(np.float32))
    order = np.random.default_rng(0).permutation(n)
    masks = np.zeros((3, n), dtype=bool)
    for mask, part in zip(masks, np.split(order, [int(0.6 * n), int(0.8 * n)])):
        mask[part] = True
    train, val, test = torch.from_numpy(masks)
    return SimpleNamespace(
        x=words / words.sum(1, keepdim=True).clamp(min=1),
        y=torch.from_numpy(raw["y"].astype(np.int64)),
        adj=adj,
        train_mask=train,
        val_mask=val,
        test_mask=test,
    )


class GCN(nn.Module):
    def __init__(self, n_words, hidden, n_subjects, p=0.5):
        super().__init__()
        self.lin1 = nn.Linear(n_words, hidden)
        self.lin2 = nn.Linear(hidden, n_subjects)
        self.p = p

    def forward(self, x, adj):
        x = F.dropout(x, self.p, self.training)
        x = torch.relu(torch.sparse.mm(adj, self.lin1(x)))
        x = F.dropout(x, self.p, self.training)
        return torch.sparse.mm(adj, self.lin2(x))


g = load_graph("papers.npz")
model = GCN(g.x.shape[1], 64, int(g.y.max()) + 1)
optimizer = torch.optim.Adam(model.parameters(), lr=0.001, weight_decay=5e-4)


def train():
    model.train()
    optimizer.zero_grad()
    scores = model(g.x, g.adj)
    loss = F.cross_entropy(scores[g.train_mask], g.y[g.train_mask])
    loss.backward()
    optimizer.step()
    return loss.item()


@torch.no_grad()
def test():
    model.eval()
    right = model(g.x, g.adj).argmax(1) == g.y
    return [right[m].float().mean().item() for m in (g.train_mask, g.val_mask, g.test_mask)]


best_val = final = 0.0
for epoch in range(1, 801):
    loss = train()
    train_acc, val_acc, test_acc = test()
    if val_acc > best_val:
        best_val, final = val_acc, test_acc
    if epoch % 20 == 0:
        print(f"Epoch: {epoch:03d}, Loss: {loss:.4f}, Train: {train_acc:.4f}, Val: {val_acc:.4f}, Test: {final:.4f}")
