# %% [markdown]
# Predict which scent notes a molecule has from its fingerprint (multi-label).

# %%
import pandas as pd
import torch
from sklearn.metrics import roc_auc_score
from torch import nn, optim
from torch.utils.data import DataLoader, TensorDataset, random_split

# %%
table = pd.read_csv("fingerprints.csv")
notes = [c for c in table.columns if c.startswith("note_")]
bits = [c for c in table.columns if c.startswith("fp_")]
X = torch.tensor(table[bits].values, dtype=torch.float32)
Y = torch.tensor(table[notes].values, dtype=torch.float32)
print(X.shape, Y.shape, "share of ones", Y.mean().item())

# %%
full = TensorDataset(X, Y)
n_val = len(full) // 5
train_set, val_set = random_split(full, [len(full) - n_val, n_val], generator=torch.Generator().manual_seed(1))


# %%
class Nose(nn.Module):
    def __init__(self, n_in, n_out):
        super(Nose, self).__init__()
        self.fc1 = nn.Linear(n_in, 512)
        self.fc2 = nn.Linear(512, 128)
        self.fc3 = nn.Linear(128, n_out)
        self.act = nn.ReLU()
        self.dropout = nn.Dropout(0.3)

    def forward(self, x):
        h = self.fc1(x)
        h = self.dropout(h)
        h = self.fc2(h)
        return self.fc3(h)


# %%
nose = Nose(len(bits), len(notes))
criterion = nn.BCEWithLogitsLoss()
optimizer = optim.Adam(nose.parameters(), lr=5e-4)
train_loader = DataLoader(train_set, batch_size=100, shuffle=True)

for epoch in range(35):
    nose.train()
    epoch_loss = 0
    for xb, yb in train_loader:
        optimizer.zero_grad()
        loss = criterion(nose(xb), yb)
        loss.backward()
        optimizer.step()
        epoch_loss += loss.item()
    nose.eval()
    with torch.no_grad():
        xv, yv = val_set[:]
        auc = roc_auc_score(yv.numpy(), nose(xv).sigmoid().numpy(), average="micro")
    print("Epoch %d loss %.4f AUC %.3f" % (epoch + 1, epoch_loss / len(train_loader), auc))
