import torch
from sklearn.datasets import load_wine
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

cfg = {"hidden": 32, "lr": 5e-4, "epochs": 200, "bs": 16}

X, y = load_wine(return_X_y=True)
X_tr, X_te, y_tr, y_te = train_test_split(X, y, test_size=0.25, stratify=y, random_state=1)
scaler = StandardScaler().fit(X_tr)
X_tr = torch.tensor(scaler.transform(X_tr), dtype=torch.float32)
X_te = torch.tensor(scaler.transform(X_te), dtype=torch.float32)
y_tr, y_te = torch.tensor(y_tr), torch.tensor(y_te)

model = nn.Sequential(
    nn.Linear(13, cfg["hidden"]),
    nn.ReLU(),
    nn.Linear(cfg["hidden"], cfg["hidden"]),
    nn.ReLU(),
    nn.Linear(cfg["hidden"], 3),
    nn.Softmax(dim=-1),
)
opt = torch.optim.AdamW(model.parameters(), lr=cfg["lr"])
loader = DataLoader(TensorDataset(X_tr, y_tr), batch_size=cfg["bs"], shuffle=True)

for epoch in range(cfg["epochs"]):
    for xb, yb in loader:
        loss = F.cross_entropy(model(xb), yb)
        opt.zero_grad()
        loss.backward()
        opt.step()
    if epoch % 20 == 0:
        with torch.no_grad():
            acc = (model(X_te).argmax(dim=1) == y_te).float().mean()
        print(f"{epoch:4d} {loss.item():.4f} {acc:.3f}")
