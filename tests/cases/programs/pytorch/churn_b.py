import argparse

import pandas as pd
import torch
import torch.nn as nn
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from torch.utils.data import DataLoader, TensorDataset


class ChurnNet(nn.Module):
    def __init__(self, n_in, n_hidden):
        super(ChurnNet, self).__init__()
        self.body = nn.Sequential(
            nn.Linear(n_in, n_hidden),
            nn.ReLU(inplace=True),
            nn.Dropout(0.2),
            nn.Linear(n_hidden, n_hidden // 2),
            nn.ReLU(inplace=True),
        )
        self.out = nn.Linear(n_hidden // 2, 1)

    def forward(self, x):
        x = self.body(x)
        x = self.out(x)
        return x.squeeze(1)


def load(path):
    df = pd.read_csv(path)
    y = df.pop("Churn").values.astype("float32")
    X = pd.get_dummies(df).values.astype("float32")
    X_tr, X_va, y_tr, y_va = train_test_split(X, y, test_size=0.2, random_state=7, stratify=y)
    sc = StandardScaler()
    X_tr = sc.fit_transform(X_tr)
    X_va = sc.transform(X_va)
    return [torch.as_tensor(a, dtype=torch.float32) for a in (X_tr, X_va, y_tr, y_va)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--csv", default="telco.csv")
    parser.add_argument("--lr", type=float, default=1e-3)
    parser.add_argument("--epochs", type=int, default=40)
    parser.add_argument("--hidden", type=int, default=64)
    args = parser.parse_args()

    X_tr, X_va, y_tr, y_va = load(args.csv)
    dl = DataLoader(TensorDataset(X_tr, y_tr), batch_size=128, shuffle=True)
    model = ChurnNet(X_tr.shape[1], args.hidden)
    loss_fn = nn.BCEWithLogitsLoss()
    opt = torch.optim.Adam(model.parameters(), lr=args.lr)
    for epoch in range(args.epochs):
        model.train()
        for xb, yb in dl:
            opt.zero_grad()
            loss = loss_fn(model(xb), yb)
            loss.backward()
            opt.step()
        model.eval()
        with torch.no_grad():
            val = loss_fn(model(X_va), y_va).item()
        print(epoch, round(loss.item(), 4), round(val, 4))


if __name__ == "__main__":
    main()
