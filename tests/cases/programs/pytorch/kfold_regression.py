import numpy as np
import pandas as pd
import torch
from sklearn.metrics import r2_score
from sklearn.model_selection import KFold
from sklearn.preprocessing import StandardScaler
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

hp = {
    "folds": 5,
    "epochs": 150,
    "batch_size": 64,
    "lr": 1e-3,
    "weight_decay": 1e-2,
    "widths": [128, 64, 32],
    "dropout": 0.1,
}


def mlp(n_in, widths, p):
    layers = []
    for w in widths:
        layers += [nn.Linear(n_in, w), nn.LayerNorm(w), nn.GELU(), nn.Dropout(p)]
        n_in = w
    layers.append(nn.Linear(n_in, 1))
    return nn.Sequential(*layers)


def tensors(*arrays):
    return [torch.tensor(a, dtype=torch.float32) for a in arrays]


def fit(x, y, xv, yv):
    model = mlp(x.shape[1], hp["widths"], hp["dropout"])
    optimizer = torch.optim.AdamW(model.parameters(), lr=hp["lr"], weight_decay=hp["weight_decay"])
    scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.5, patience=8)
    criterion = nn.MSELoss()
    loader = DataLoader(TensorDataset(x, y), batch_size=hp["batch_size"], shuffle=True)
    best_loss, best_state = float("inf"), None
    for epoch in range(hp["epochs"]):
        model.train()
        for xb, yb in loader:
            optimizer.zero_grad()
            loss = criterion(model(xb), yb)
            loss.backward()
            optimizer.step()
        model.eval()
        with torch.no_grad():
            val = criterion(model(xv), yv).item()
        scheduler.step(val)
        if val < best_loss:
            best_loss = val
            best_state = {k: v.clone() for k, v in model.state_dict().items()}
    model.load_state_dict(best_state)
    return model


def main():
    df = pd.read_csv("superconduct.csv")
    target = "critical_temp"
    X = df.drop(columns=target).to_numpy()
    Y = df[[target]].to_numpy()
    scores = []
    folds = KFold(n_splits=hp["folds"], shuffle=True, random_state=0)
    for k, (tr, va) in enumerate(folds.split(X)):
        torch.manual_seed(k)
        sx, sy = StandardScaler().fit(X[tr]), StandardScaler().fit(Y[tr])
        x, y, xv, yv = tensors(sx.transform(X[tr]), sy.transform(Y[tr]), sx.transform(X[va]), sy.transform(Y[va]))
        model = fit(x, y, xv, yv)
        model.eval()
        with torch.no_grad():
            pred = sy.inverse_transform(model(xv).numpy())
        scores.append(r2_score(Y[va], pred))
        print(f"fold {k}: R2 {scores[-1]:.4f}")
    print("mean", np.mean(scores), "sd", np.std(scores))


if __name__ == "__main__":
    main()
