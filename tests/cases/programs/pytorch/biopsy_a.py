import pandas as pd
import torch
from sklearn.model_selection import train_test_split
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

# last column: 2 benign, 4 malignant
df = pd.read_csv("breast-cancer-wisconsin.data", header=None, na_values="?").dropna()
X = df.iloc[:, 1:10].to_numpy("float32")
y = (df.iloc[:, 10] == 4).to_numpy("float32")
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=0)
m, s = X_train.mean(0), X_train.std(0)
X_train, X_test = (X_train - m) / s, (X_test - m) / s

ds = TensorDataset(torch.tensor(X_train), torch.tensor(y_train).unsqueeze(1))
dl = DataLoader(ds, batch_size=32, shuffle=True)
model = nn.Sequential(nn.Linear(9, 16), nn.ReLU(), nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 1))
loss_fn = nn.BCEWithLogitsLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)

for epoch in range(100):
    for xb, yb in dl:
        loss = loss_fn(model(xb), yb)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    if epoch % 10 == 0:
        with torch.no_grad():
            val = loss_fn(model(torch.tensor(X_test)), torch.tensor(y_test).unsqueeze(1))
        print(epoch, loss.item(), val.item())
