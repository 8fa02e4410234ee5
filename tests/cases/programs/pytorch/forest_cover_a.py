import argparse

import numpy as np
import pandas as pd
import torch
from sklearn.model_selection import train_test_split
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

N_TYPES = 7  # Cover_Type: 1 spruce/fir ... 7 krummholz


def build(n_in, hidden, n_out):
    return nn.Sequential(
        nn.Linear(n_in, hidden),
        nn.BatchNorm1d(hidden),
        nn.SiLU(),
        nn.Linear(hidden, hidden),
        nn.BatchNorm1d(hidden),
        nn.SiLU(),
        nn.Linear(hidden, n_out),
    )


def tensors(csv_path, seed):
    frame = pd.read_csv(csv_path)
    y = frame["Cover_Type"].to_numpy(np.int64)
    x = frame.drop(columns="Cover_Type").to_numpy(np.float32)
    x_tr, x_va, y_tr, y_va = train_test_split(x, y, test_size=0.2, random_state=seed, stratify=y)
    mean, std = x_tr.mean(0), x_tr.std(0) + 1e-6
    x_tr, x_va = (x_tr - mean) / std, (x_va - mean) / std
    return [TensorDataset(torch.from_numpy(a), torch.from_numpy(b)) for a, b in ((x_tr, y_tr), (x_va, y_va))]


def accuracy(model, loader):
    model.eval()
    hits = total = 0
    with torch.inference_mode():
        for x, y in loader:
            hits += int((model(x).argmax(-1) == y).sum())
            total += len(y)
    return hits / total


def main(args):
    torch.manual_seed(args.seed)
    train_ds, val_ds = tensors(args.csv, args.seed)
    train_dl = DataLoader(train_ds, batch_size=args.batch_size, shuffle=True, drop_last=True)
    val_dl = DataLoader(val_ds, batch_size=4096)
    model = build(train_ds.tensors[0].shape[1], args.hidden, N_TYPES)
    opt = torch.optim.AdamW(model.parameters(), lr=args.lr)
    for epoch in range(args.epochs):
        model.train()
        for x, y in train_dl:
            loss = nn.functional.cross_entropy(model(x), y)
            opt.zero_grad(set_to_none=True)
            loss.backward()
            opt.step()
        print(f"epoch {epoch} loss {loss.item():.4f} val acc {accuracy(model, val_dl):.4f}")


if __name__ == "__main__":
    p = argparse.ArgumentParser()
    p.add_argument("--csv", default="covtype.csv")
    p.add_argument("--hidden", type=int, default=256)
    p.add_argument("--batch-size", type=int, default=512)
    p.add_argument("--lr", type=float, default=1e-3)
    p.add_argument("--epochs", type=int, default=15)
    p.add_argument("--seed", type=int, default=0)
    main(p.parse_args())
