import numpy as np
import pandas as pd
import torch
from torch import nn
from sklearn.model_selection import train_test_split

cars = pd.read_csv("cardekho.csv").dropna()
cars = cars[["year", "km_driven", "mileage", "engine", "max_power", "seats", "selling_price"]].apply(pd.to_numeric)
y = np.log(cars.pop("selling_price").to_numpy(dtype=np.float32))

X_train, X_test, y_train, y_test = train_test_split(cars, y, test_size=0.2, random_state=0)
X_train = X_train.to_numpy(dtype=np.float32)
X_test = X_test.to_numpy(dtype=np.float32)

X_train, X_test = torch.from_numpy(X_train), torch.from_numpy(X_test)
y_mean, y_std = y_train.mean(), y_train.std()
y_train = torch.from_numpy((y_train - y_mean) / y_std).view(-1, 1)
y_test = torch.from_numpy((y_test - y_mean) / y_std).view(-1, 1)

model = nn.Sequential(
    nn.Linear(X_train.shape[1], 64),
    nn.ReLU(),
    nn.Linear(64, 32),
    nn.ReLU(),
    nn.Linear(32, 1),
)
criterion = nn.MSELoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)

batch_size = 64
for epoch in range(200):
    model.train()
    perm = torch.randperm(len(X_train))
    epoch_loss = 0.0
    for i in range(0, len(perm), batch_size):
        idx = perm[i:i + batch_size]
        optimizer.zero_grad()
        loss = criterion(model(X_train[idx]), y_train[idx])
        loss.backward()
        optimizer.step()
        epoch_loss += loss.item() * len(idx)
    if epoch % 10 == 0:
        model.eval()
        with torch.no_grad():
            test_loss = criterion(model(X_test), y_test).item()
        print(f"epoch {epoch:3d} | train {epoch_loss / len(perm):.4f} | test {test_loss:.4f}")
